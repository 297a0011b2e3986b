// Which models made by others are accepted. Files are written, changed and read.
#include <gmock/gmock.h>

#include "tests/tflite/changed_file.h"

namespace opline::tflite_test {
namespace {

using network::Activation;
using network::NetworkBuilder;
using network::Padding;
using testing::HasSubstr;

TEST_F(FromTflite, PackedAgainItIsTheSame) {
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
}

TEST_F(FromTflite, MissingBiasesAreZeros) {
  operation(0).inputs[2] = -1;
  operation(1).inputs.pop_back();
  const QuantisedNetwork taken = read();
  EXPECT_EQ(taken.constants[0].biases, std::vector<std::int32_t>(9, 0));
  EXPECT_EQ(taken.constants[1].biases, std::vector<std::int32_t>(14, 0));
}

TEST_F(FromTflite, OneScaleCountsForEveryChannel) {
  fb::QuantizationParametersT& numbers = *input_of(0, 1).quantization;
  numbers.scale.resize(1);
  numbers.zero_point.resize(1);
  EXPECT_EQ(read().constants[0].weight_scales,
            std::vector<float>(9, network_.constants[0].weight_scales[0]));
}

// TensorFlow's micro_speech starts like this: a depthwise convolution of one channel is a
// convolution.
TEST_F(FromTflite, DepthMultiplierOfOneChannel) {
  NetworkBuilder builder({5, 4, 1});
  builder.depthwise_conv2d(0, {3, 2, 1, 1, Padding::same}, Activation::relu);
  take(std::move(builder).build());
  fb::TensorT& weights = input_of(0, 1);
  weights.shape = {1, 3, 2, 2};
  model_->buffers[weights.buffer]->data = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  weights.quantization->scale = {0.5F, 0.25F};
  weights.quantization->zero_point = {0, 0};
  operation(0).inputs.pop_back();
  output_of(0).shape = {1, 5, 4, 2};
  operation(0).builtin_options.AsDepthwiseConv2DOptions()->depth_multiplier = 2;
  const QuantisedNetwork taken = read();
  EXPECT_EQ(taken.network.canonical_text(), "input 5x4x1\nconv2d t0 3x2 s1x1 same -> 5x4x2 relu\n");
  EXPECT_EQ(taken.constants[0].weights,
            (std::vector<std::int8_t>{1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12}));
  EXPECT_EQ(taken.constants[0].weight_scales, (std::vector<float>{0.5F, 0.25F}));
}

TEST_F(FromTflite, BordersAreDropped) {
  // float -> QUANTIZE -> ... -> DEQUANTIZE -> float
  const int input = graph().inputs[0];
  const int from = new_tensor("float_in", tensor(input));
  tensor(from).type = fb::TensorType::FLOAT32;
  tensor(from).quantization.reset();
  graph().operators.insert(graph().operators.begin(),
                           new_operator(fb::BuiltinOperator::QUANTIZE, from, input));
  graph().inputs = {from};
  const int last = graph().outputs[0];
  const int to = new_tensor("float_out", tensor(from));
  tensor(to).shape = tensor(last).shape;
  graph().operators.push_back(new_operator(fb::BuiltinOperator::DEQUANTIZE, last, to));
  graph().outputs = {to};
  const QuantisedNetwork taken = read();
  EXPECT_EQ(taken.network.canonical_text(), network_.network.canonical_text());
  EXPECT_EQ(taken.tensors, network_.tensors);
}

TEST_F(FromTflite, UnsignedBordersAreDroppedWhereTheStepsAreTheSame) {
  const int input = graph().inputs[0];
  const int from = new_tensor("pixels", tensor(input));
  tensor(from).type = fb::TensorType::UINT8;
  tensor(from).quantization->zero_point = {network_.tensors[0].zero_point + 128};
  graph().operators.insert(graph().operators.begin(),
                           new_operator(fb::BuiltinOperator::QUANTIZE, from, input));
  graph().inputs = {from};
  EXPECT_EQ(read().tensors, network_.tensors);
  tensor(from).quantization->zero_point = {network_.tensors[0].zero_point};
  EXPECT_THAT(refusal(),
              HasSubstr("operator 0 (QUANTIZE): changes the scale of the model's input"));
}

TEST_F(FromTflite, InputMayBeReshaped) {
  const int input = graph().inputs[0];
  const int from = new_tensor("row", tensor(input));
  tensor(from).shape = {1, 360};
  graph().operators.insert(graph().operators.begin(),
                           new_operator(fb::BuiltinOperator::RESHAPE, from, input));
  graph().inputs = {from};
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
  tensor(from).shape = {1, 361};
  EXPECT_THAT(refusal(), HasSubstr("operator 0 (RESHAPE): changes the number of elements"));
}

TEST_F(FromTflite, ScalesPerChannelOfFullyConnectedLayers) {
  const std::size_t dense = find(fb::BuiltinOperator::FULLY_CONNECTED);
  const std::vector<float> scales = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  input_of(dense, 1).quantization->scale = scales;
  input_of(dense, 1).quantization->zero_point.resize(10, 0);
  EXPECT_EQ(read().constants[dense].weight_scales, scales);
}

// [3, 4] has three rows; a layer without keep_num_dims makes [3, 2] of it or of [1, 3, 4].
TEST_F(FromTflite, FullyConnectedOverTime) {
  NetworkBuilder builder({1, 3, 4});
  builder.fully_connected_per_position(0, 2, Activation::relu);
  take(std::move(builder).build());
  const std::string text = "input 1x3x4\nfully_connected t0 -> 1x3x2 relu\n";
  EXPECT_EQ(read().network.canonical_text(), text);
  output_of(0).shape = {3, 2};
  operation(0).builtin_options.AsFullyConnectedOptions()->keep_num_dims = false;
  EXPECT_EQ(read().network.canonical_text(), text);
  input_of(0, 0).shape = {3, 4};
  EXPECT_EQ(read().network.canonical_text(), text);
  input_of(0, 0).shape = {1, 3, 2, 2};  // flattened to rows of four
  EXPECT_EQ(read().network.canonical_text(),
            "input 3x2x2\nfully_connected t0 as 1x3x4 -> 1x3x2 relu\n");
}

TEST_F(FromTflite, DilationOfASingleTapMeansNothing) {
  operation(1).builtin_options.AsConv2DOptions()->dilation_h_factor = 2;
  operation(1).builtin_options.AsConv2DOptions()->dilation_w_factor = 2;
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
}

TEST_F(FromTflite, MapsMayBeReshaped) {
  const int made = operation(1).outputs[0];
  const int other = new_tensor("turned", tensor(made));
  tensor(other).shape = {1, 10, 6, 14};
  operation(2).inputs[0] = other;
  graph().operators.insert(graph().operators.begin() + 2,
                           new_operator(fb::BuiltinOperator::RESHAPE, made, other));
  output_of(3).shape = {1, 10, 6, 14};
  EXPECT_THAT(refusal(), HasSubstr("CONV_2D): tensor 'layer3_conv2d': is 6x10x9 in the file, but"));
  graph().operators.resize(4);
  graph().outputs = {operation(3).outputs[0]};
  EXPECT_THAT(read().network.canonical_text(),
              HasSubstr("depthwise_conv2d t2 as 10x6x14 3x3 s1x1 same -> 10x6x14 relu6\n"));
}

// As converters write it: [1, h, w, c] to [1, n] before a fully connected layer.
TEST_F(FromTflite, ReshapeBeforeFullyConnectedIsNoLayer) {
  const std::size_t dense = find(fb::BuiltinOperator::FULLY_CONNECTED);
  const int map = operation(dense).inputs[0];
  const int row = new_tensor("row", tensor(map));
  int elements = 1;
  for (const int extent : tensor(map).shape) elements *= extent;
  tensor(row).shape = {1, elements};
  operation(dense).inputs[0] = row;
  graph().operators.insert(graph().operators.begin() + static_cast<std::ptrdiff_t>(dense),
                           new_operator(fb::BuiltinOperator::RESHAPE, map, row));
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
}

TEST_F(FromTflite, OperatorsInAnyOrder) {
  std::reverse(graph().operators.begin(), graph().operators.end());
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
}

TEST_F(FromTflite, BatchMayBeFreeInTheSignature) {
  tensor(graph().inputs[0]).shape_signature = {-1, 12, 10, 3};
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
  tensor(graph().inputs[0]).shape_signature = {-1, -1, 10, 3};
  EXPECT_THAT(refusal(), HasSubstr("tensor 'input' has an extent that is given only at run time"));
}

TEST_F(FromTflite, OldFilesHaveOnlyTheByteOfAnOperatorsCode) {
  for (auto& code : model_->operator_codes) code->builtin_code = fb::BuiltinOperator::ADD;
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
}

TEST_F(FromTflite, VersionsOfOperatorsAreNotLookedAt) {
  for (auto& code : model_->operator_codes) code->version = 99;
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
}

TEST_F(FromTflite, PaddingsAndAxesMayHave64Bits) {
  take(padded_mean());
  for (const std::size_t i : {0, 1}) {
    fb::TensorT& constant = input_of(i, 1);
    std::vector<std::uint8_t>& bytes = model_->buffers[constant.buffer]->data;
    std::vector<std::uint8_t> wide;
    for (std::size_t at = 0; at < bytes.size(); at += 4) {
      wide.insert(wide.end(), &bytes[at], &bytes[at] + 4);
      wide.insert(wide.end(), 4, 0);
    }
    bytes = wide;
    constant.type = fb::TensorType::INT64;
  }
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
}

TEST_F(FromTflite, MeanMayDropItsDimensionsAndCountAxesFromTheEnd) {
  take(padded_mean());
  output_of(1).shape = {1, 5};
  operation(1).builtin_options.AsReducerOptions()->keep_dims = false;
  model_->buffers[input_of(1, 1).buffer]->data = {0xfe, 0xff, 0xff, 0xff,
                                                  0xfd, 0xff, 0xff, 0xff};  // -2, -3
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
}

TEST_F(FromTflite, ConcatenationOfThreeIsAChain) {
  NetworkBuilder builder({2, 2, 3});
  const auto pooled = builder.max_pool_2d(0, {1, 1, 1, 1, Padding::same});
  builder.concatenation(0, pooled);
  take(std::move(builder).build());
  operation(1).inputs = {operation(1).inputs[0], operation(1).inputs[1], operation(1).inputs[0]};
  output_of(1).shape[3] = 9;
  const QuantisedNetwork taken = read();
  EXPECT_THAT(taken.network.canonical_text(),
              testing::EndsWith("concatenation t0 t1 -> 2x2x6\nconcatenation t2 t0 -> 2x2x9\n"));
  EXPECT_EQ(taken.tensors, std::vector<network::TensorQuantisation>(4, network_.tensors[0]));
  EXPECT_EQ(taken.constants.size(), 3U);
}

// Another signature, or what an operator that is refused by its name would call.
TEST_F(FromTflite, SubgraphsThatNothingCallsAreIgnored) {
  model_->subgraphs.push_back(std::make_unique<fb::SubGraphT>());
  EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
  operation(0).opcode_index = new_code(fb::BuiltinOperator::WHILE);
  expect("operator 0 (WHILE): makes the work depend on the input");
}

}  // namespace
}  // namespace opline::tflite_test
