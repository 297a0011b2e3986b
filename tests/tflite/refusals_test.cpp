// The messages for models that are not accepted: file, operator, tensor and what to do.
#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "tests/tflite/changed_file.h"

namespace opline::tflite_test {
namespace {

using network::Activation;
using network::NetworkBuilder;
using network::Padding;
using testing::HasSubstr;
using testing::StartsWith;

class FromTfliteRefuses : public FromTflite {};

TEST_F(FromTfliteRefuses, OtherOperators) {
  operation(4).opcode_index = new_code(fb::BuiltinOperator::LOG_SOFTMAX);
  expect("operator 4 (LOG_SOFTMAX): is not supported");
  operation(4).opcode_index = new_code(fb::BuiltinOperator::UNIDIRECTIONAL_SEQUENCE_LSTM);
  expect("operator 4 (UNIDIRECTIONAL_SEQUENCE_LSTM): is recurrent, with a state of 16 bits");
  operation(4).opcode_index = new_code(fb::BuiltinOperator::IF);
  expect("operator 4 (IF): makes the work depend on the input");
  operation(4).opcode_index = new_code(fb::BuiltinOperator::CUSTOM);
  model_->operator_codes.back()->custom_code = "MicroWhatever";
  expect("operator 4 (CUSTOM 'MicroWhatever'): is not supported");
  operation(4).opcode_index = new_code(static_cast<fb::BuiltinOperator>(4000));
  expect("operator 4 (code 4000): is not supported");
}

TEST_F(FromTfliteRefuses, OtherActivations) {
  operation(0).builtin_options.AsConv2DOptions()->fused_activation_function = fb::Activation::TANH;
  expect("operator 0 (CONV_2D): the fused activation TANH is not supported");
}

TEST_F(FromTfliteRefuses, FloatModels) {
  tensor(graph().inputs[0]).type = fb::TensorType::FLOAT32;
  expect("tensor 'input' is FLOAT32; only int8 is supported: quantise the model completely");
}

TEST_F(FromTfliteRefuses, Int16ActivationsWithTheSwitchOfTheConverter) {
  output_of(2).type = fb::TensorType::INT16;
  expect(
      "tensor 'layer2_depthwise_conv2d' is INT16: models with int16 activations are not "
      "supported; convert with supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]");
}

TEST_F(FromTfliteRefuses, TheOldUint8Scheme) {
  output_of(2).type = fb::TensorType::UINT8;
  expect("tensor 'layer2_depthwise_conv2d' is UINT8: the uint8 scheme of TensorFlow 1");
}

TEST_F(FromTfliteRefuses, ModelsCompiledForAnAccelerator) {
  for (const std::string custom : {"ethos-u", "edgetpu-custom-op"}) {
    fb::OperatorCodeT& code = *model_->operator_codes[operation(0).opcode_index];
    code.builtin_code = fb::BuiltinOperator::CUSTOM;
    code.deprecated_builtin_code = static_cast<std::int8_t>(fb::BuiltinOperator::CUSTOM);
    code.custom_code = custom;
    expect("operator 0 (CUSTOM '" + custom + "'): is a model compiled for an accelerator");
  }
}

TEST_F(FromTfliteRefuses, NamesWithoutTheirControlCharactersAndShortened) {
  output_of(2).type = fb::TensorType::UINT8;
  output_of(2).name = "\x1b[2J\nforged: " + std::string(100'000, 'n');
  const std::string message =
      message_of([&] { (void)tflite::from_tflite(pack(*model_), "x.tflite"); });
  EXPECT_THAT(message, StartsWith("x.tflite: tensor '\\x1b[2J\\nforged: nnn"));
  EXPECT_THAT(message, HasSubstr("... (100013 bytes) ..."));
}

TEST_F(FromTfliteRefuses, Batches) {
  tensor(graph().inputs[0]).shape[0] = 4;
  expect("tensor 'input' has a batch of 4; only 1 is supported");
}

TEST_F(FromTfliteRefuses, DynamicShapes) {
  tensor(graph().inputs[0]).shape[1] = -1;
  expect("tensor 'input' has an extent of -1; shapes must be fixed");
}

TEST_F(FromTfliteRefuses, MissingQuantisation) {
  output_of(3).quantization.reset();
  expect("tensor 'layer3_conv2d' is int8 without a scale");
}

TEST_F(FromTfliteRefuses, ScalesThatAreNone) {
  for (const float scale : {0.0F, -1.0F, std::numeric_limits<float>::infinity(), std::nanf("")}) {
    output_of(3).quantization->scale = {scale};
    expect("tensor 'layer3_conv2d' has the scale");
  }
  take(network::every_layer());
  input_of(0, 1).quantization->scale[2] = 0;
  expect("operator 0 (CONV_2D): tensor 'layer0_weights': has the scale 0; it must be positive");
  take(network::every_layer());
  output_of(3).quantization->zero_point = {300};
  expect("tensor 'layer3_conv2d' has the zero point 300");
}

TEST_F(FromTfliteRefuses, FullyConnectedLayersWithOtherNumbersOfScales) {
  const std::size_t dense = find(fb::BuiltinOperator::FULLY_CONNECTED);
  input_of(dense, 1).quantization->scale.resize(9, 0.5F);
  input_of(dense, 1).quantization->zero_point.resize(9, 0);
  expect(
      fmt::format("operator {} (FULLY_CONNECTED): tensor 'layer{}_weights': has 9 scales; 1 or "
                  "10 are expected",
                  dense, dense));
}

TEST_F(FromTfliteRefuses, AsymmetricWeights) {
  input_of(0, 1).quantization->zero_point[8] = 3;
  expect("tensor 'layer0_weights': has the zero point 3; int8 weights must be symmetric");
}

TEST_F(FromTfliteRefuses, ScalesAlongAnotherDimension) {
  input_of(2, 1).quantization->quantized_dimension = 0;
  expect(
      "operator 2 (DEPTHWISE_CONV_2D): tensor 'layer2_weights': its scales are along dimension "
      "0; "
      "3");
}

TEST_F(FromTfliteRefuses, WeightsOfAnotherSizeOrType) {
  model_->buffers[input_of(0, 1).buffer]->data.pop_back();
  expect("operator 0 (CONV_2D): tensor 'layer0_weights': has 242 B for 243 elements");
  take(network::every_layer());
  input_of(0, 1).type = fb::TensorType::INT4;
  expect("operator 0 (CONV_2D): tensor 'layer0_weights': has 243 B for 243 elements");
  take(network::every_layer());
  input_of(0, 1).type = fb::TensorType::INT16;
  expect("operator 0 (CONV_2D): tensor 'layer0_weights': is INT16; only int8 and int4 weights");
  take(network::every_layer());
  input_of(0, 2).type = fb::TensorType::INT64;
  expect("operator 0 (CONV_2D): tensor 'layer0_biases': biases must be constant and int32");
}

TEST_F(FromTfliteRefuses, WeightsForOtherNumbersOfChannels) {
  input_of(0, 1).shape = {27, 3, 1, 2};
  model_->buffers[input_of(0, 1).buffer]->data.resize(162);
  expect("is for 2 channels, the input has 3; get the file again");
  take(network::every_layer());
  const std::size_t dense = find(fb::BuiltinOperator::FULLY_CONNECTED);
  input_of(dense, 1).shape = {9, 20};
  expect("is for 20 inputs, and the input has 18; get the file again");
}

TEST_F(FromTfliteRefuses, SparseWeightsAndVariables) {
  input_of(0, 1).sparsity = std::make_unique<fb::OpaqueT>();
  expect("operator 0 (CONV_2D): tensor 'layer0_weights': sparse weights are not supported");
  take(network::every_layer());
  output_of(1).is_variable = true;
  expect("tensor 'layer1_conv2d' is a variable");
}

TEST_F(FromTfliteRefuses, PoolsThatChangeTheScale) {
  const std::size_t pool = find(fb::BuiltinOperator::MAX_POOL_2D);
  output_of(pool).quantization->scale[0] *= 2;
  expect(fmt::format("operator {} (MAX_POOL_2D): tensor 'layer{}_max_pool_2d': has the scale", pool,
                     pool));
}

TEST_F(FromTfliteRefuses, SoftmaxWithAnotherScale) {
  const std::size_t softmax = find(fb::BuiltinOperator::SOFTMAX);
  output_of(softmax).quantization->scale = {1.0F / 128};
  expect("1/256 and -128 are expected");
}

TEST_F(FromTfliteRefuses, PaddingOfTheBatchOrBeyondMeasure) {
  take(padded_mean());
  std::vector<std::uint8_t>& pads = model_->buffers[input_of(0, 1).buffer]->data;
  pads[0] = 1;
  expect("operator 0 (PAD): pads the batch of tensor 'input' by 1; 0 to 0 are supported");
  pads[0] = 0;
  pads[9] = 1;  // 256 and 1 above the rows
  expect("operator 0 (PAD): pads the height of tensor 'input' by 257; 0 to 255 are supported");
  pads[11] = 0x80;
  expect("operator 0 (PAD): pads the height of tensor 'input' by -");
  pads.resize(12);
  expect("operator 0 (PAD): has 3 paddings for 4 dimensions");
}

TEST_F(FromTfliteRefuses, MeanOverOtherDimensions) {
  take(padded_mean());
  model_->buffers[input_of(1, 1).buffer]->data = {1, 0, 0, 0};
  expect("operator 1 (MEAN): is over other dimensions than height and width");
  model_->buffers[input_of(1, 1).buffer]->data = {7, 0, 0, 0};
  expect("operator 1 (MEAN): has the axis 7, and its input has 4 dimensions");
}

TEST_F(FromTfliteRefuses, ConcatenationsOfOtherScales) {
  NetworkBuilder builder({2, 2, 3});
  const auto pooled = builder.max_pool_2d(0, {1, 1, 1, 1, Padding::same});
  builder.concatenation(0, pooled);
  take(std::move(builder).build());
  output_of(1).quantization->zero_point[0] += 1;
  expect("operator 1 (CONCATENATION): tensor 'layer1_concatenation': has the scale");
}

TEST_F(FromTfliteRefuses, FloatOperatorsBehindADequantize) {
  const int made = operation(2).outputs[0];
  const int real = new_tensor("real", tensor(made));
  tensor(real).type = fb::TensorType::FLOAT32;
  operation(3).inputs[0] = real;
  graph().operators.insert(graph().operators.begin() + 3,
                           new_operator(fb::BuiltinOperator::DEQUANTIZE, made, real));
  expect(
      "operator 4 (CONV_2D): tensor 'real': is a constant or float where a computed int8 tensor "
      "is "
      "expected");
}

TEST_F(FromTfliteRefuses, ConstantInputsOrNone) {
  graph().inputs.push_back(1);
  expect("tensor 'layer0_weights' is an input of the model and a constant");
  graph().inputs.clear();
  expect("has no inputs");
}

TEST_F(FromTfliteRefuses, IndicesOutOfRange) {
  operation(3).inputs[0] = 1000;
  expect("operator 3 (CONV_2D) refers to tensor 1000");
  operation(3).inputs[0] = -2;
  expect("operator 3 (CONV_2D) refers to tensor -2");
  take(network::every_layer());
  operation(3).opcode_index = 99;
  expect("operator 3 refers to operator code 99");
  take(network::every_layer());
  output_of(3).buffer = 99;
  expect("tensor 'layer3_conv2d' refers to buffer 99");
  take(network::every_layer());
  graph().outputs = {99};
  expect("the model's list of outputs refers to tensor 99");
}

TEST_F(FromTfliteRefuses, CyclesAndTensorsWithoutSource) {
  operation(0).inputs[0] = operation(2).outputs[0];
  expect("the operator graph contains a cycle");
  take(network::every_layer());
  operation(3).inputs[0] = new_tensor("nothing", output_of(2));
  expect("operator 3 (CONV_2D): tensor 'nothing': is neither a constant nor computed");
  take(network::every_layer());
  operation(3).outputs[0] = operation(2).outputs[0];
  expect("is also written by another operator");
}

TEST_F(FromTfliteRefuses, OutputsThatAreNotTheLastLayers) {
  graph().outputs = {operation(2).outputs[0]};
  expect("the last operator's result is not a model output");
}

TEST_F(FromTfliteRefuses, ShapesThatContradictTheOperator) {
  output_of(1).shape[2] += 1;
  expect(
      "operator 1 (CONV_2D): tensor 'layer1_conv2d': is 6x11x14 in the file, but the operator "
      "makes 6x10x14");
}

TEST_F(FromTfliteRefuses, WhatTheBuilderRefuses) {
  operation(0).builtin_options.AsConv2DOptions()->stride_w = 0;
  expect("m.tflite: a kernel, dilation or stride is 0");
}

// A file of a few kilobytes can name one buffer a thousand times.
TEST_F(FromTfliteRefuses, ConstantsThatGrowBeyondMeasure) {
  NetworkBuilder builder({1, 1, 1000});
  builder.fully_connected(0, 1000, Activation::none);
  take(std::move(builder).build());
  for (int i = 1; i < 200; ++i) {
    auto again = std::make_unique<fb::OperatorT>(operation(0));
    again->inputs[0] = graph().outputs[0];
    again->outputs = {new_tensor(fmt::format("more{}", i), output_of(0))};
    graph().outputs = again->outputs;
    graph().operators.push_back(std::move(again));
  }
  EXPECT_LT(pack(*model_).size(), 3'000'000U);
  expect("its operators read more than 134217728 B of constants");
}

TEST(FromTfliteBytes, WhatIsNoFlatbuffer) {
  for (const std::string text : {"", "TFL3", "no file of TensorFlow", "\x1c\0\0\0TFL2 and so on"}) {
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    EXPECT_THAT(message_of([&] { (void)tflite::from_tflite(bytes, "x.tflite"); }),
                HasSubstr("x.tflite: has no identifier TFL3"));
  }
  const std::vector<std::uint8_t> whole =
      tflite::to_tflite(random_numbers(network::every_layer(), 1));
  const std::vector<std::uint8_t> half(
      whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 2));
  EXPECT_THAT(message_of([&] { (void)tflite::from_tflite(half, "x.tflite"); }),
              HasSubstr("x.tflite: is damaged"));
}

TEST(FromTfliteBytes, AGitLfsPointerIsNamedAsOne) {
  const std::string text = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n";
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  EXPECT_THAT(message_of([&] { (void)tflite::from_tflite(bytes, "x.tflite"); }),
              HasSubstr("x.tflite: is a Git LFS pointer"));
}

// flatbuffers' verifier accepts vectors of 64-bit numbers at any multiple of 4; reading them as
// aligned numbers was undefined behaviour (UBSan: misaligned load).
TEST(FromTfliteBytes, ZeroPointsMayBeMisaligned) {
  const QuantisedNetwork network = random_numbers(network::every_layer(), 1);
  std::vector<std::uint8_t> bytes = tflite::to_tflite(network);
  const fb::Model* model = fb::GetModel(bytes.data());
  const fb::Tensor* input = model->subgraphs()->Get(0)->tensors()->Get(
      static_cast<flatbuffers::uoffset_t>(model->subgraphs()->Get(0)->inputs()->Get(0)));
  const std::int64_t zero_point = input->quantization()->zero_point()->Get(0);
  const std::uint8_t* field = reinterpret_cast<const flatbuffers::Table*>(input->quantization())
                                  ->GetAddressOf(fb::QuantizationParameters::VT_ZERO_POINT);
  const auto at = static_cast<std::size_t>(field - bytes.data());
  while (bytes.size() % 8 != 0) bytes.push_back(0);  // numbers follow their count: at 4 of 8
  const auto offset = static_cast<std::uint32_t>(bytes.size() - at);
  const std::uint32_t count = 1;
  std::memcpy(bytes.data() + at, &offset, sizeof offset);
  bytes.resize(bytes.size() + sizeof count + sizeof zero_point);
  std::memcpy(bytes.data() + bytes.size() - 12, &count, sizeof count);
  std::memcpy(bytes.data() + bytes.size() - 8, &zero_point, sizeof zero_point);
  EXPECT_EQ(tflite::from_tflite(bytes, "x.tflite").tensors, network.tensors);
}

}  // namespace
}  // namespace opline::tflite_test
