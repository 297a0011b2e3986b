// Operators as converters write them: operands of other ranks, functions, slices, other axes.
#include <gmock/gmock.h>

#include <cmath>

#include "src/network/compile.h"
#include "tests/tflite/changed_file.h"

namespace opline::tflite_test {
namespace {

using network::ConstantOperand;
using network::LayerType;
using network::NetworkBuilder;
using testing::EndsWith;
using testing::HasSubstr;

class Operands : public FromTflite {
 protected:
  void take_binary(LayerType type, network::Operand a, network::Operand b) {
    NetworkBuilder builder({4, 6, 3});
    builder.binary(type, a, b);
    take(std::move(builder).build());
  }
  std::string text() const { return read().network.canonical_text(); }
};

TEST_F(Operands, ConstantsOfFewerDimensionsAreAlignedAtTheLast) {
  take_binary(LayerType::sub, 0, ConstantOperand{{1, 1, 3}});
  for (const std::vector<int>& shape :
       {std::vector<int>{3}, std::vector<int>{1, 3}, std::vector<int>{1, 1, 3}}) {
    input_of(0, 1).shape = shape;
    EXPECT_THAT(text(), EndsWith("sub t0 constant 1x1x3 -> 4x6x3\n"));
  }
  take_binary(LayerType::mul, 0, ConstantOperand{{4, 6, 1}});
  input_of(0, 1).shape = {4, 6, 1};
  EXPECT_THAT(text(), EndsWith("mul t0 constant 4x6x1 -> 4x6x3\n"));
  take_binary(LayerType::add, 0, ConstantOperand{});
  input_of(0, 1).shape = {};
  EXPECT_THAT(text(), EndsWith("add t0 constant 1x1x1 -> 4x6x3\n"));
}

TEST_F(Operands, AConstantInFrontIsTheSecondOperandOfASum) {
  take_binary(LayerType::add, 0, ConstantOperand{{1, 1, 3}});
  std::swap(operation(0).inputs[0], operation(0).inputs[1]);
  const QuantisedNetwork taken = read();
  EXPECT_EQ(taken.network.canonical_text(), network_.network.canonical_text());
  EXPECT_EQ(taken.constants, network_.constants);
}

TEST_F(Operands, RefusesConstantsThatDoNotFit) {
  take_binary(LayerType::mul, 0, ConstantOperand{{1, 1, 3}});
  input_of(0, 1).shape = {2, 1, 1, 3};
  expect("operator 0 (MUL): tensor 'layer0_constant': has a batch of 2; only 1 is supported");
  input_of(0, 1).shape = {1, 1, 1, 1, 3};
  expect("operator 0 (MUL): tensor 'layer0_constant': has 5 dimensions, the output 4");
  input_of(0, 1).shape = {1, 1, 1, 4};
  expect("operator 0 (MUL): tensor 'layer0_constant': has 3 B for 4 elements");
  input_of(0, 1).shape = {1, 1, 1, 3};
  input_of(0, 1).type = fb::TensorType::INT16;
  expect("tensor 'layer0_constant' is INT16");
  take_binary(LayerType::prelu, 0, ConstantOperand{{1, 1, 3}});
  std::swap(operation(0).inputs[0], operation(0).inputs[1]);
  expect("m.tflite: prelu: its slopes are the second operand");
}

TEST_F(Operands, QuantizeWithinAModelIsALayer) {
  const int made = operation(2).outputs[0];
  const int scaled = new_tensor("rescaled", tensor(made));
  tensor(scaled).quantization->scale[0] *= 3;
  operation(3).inputs[0] = scaled;
  graph().operators.insert(graph().operators.begin() + 3,
                           new_operator(fb::BuiltinOperator::QUANTIZE, made, scaled));
  EXPECT_THAT(text(), HasSubstr("quantize t3 -> 6x10x14\nconv2d t4"));
}

class Functions : public FromTflite {
 protected:
  void take_function(LayerType type) {
    NetworkBuilder builder({2, 3, 4});
    builder.lookup(type, 0);
    take(std::move(builder).build());
  }
};

TEST_F(Functions, RefusesOutputsThatTensorFlowLiteRefuses) {
  take_function(LayerType::logistic);
  output_of(0).quantization->scale[0] = 1.0F / 128;
  expect(
      "operator 0 (LOGISTIC): tensor 'layer0_logistic': has the scale 0.0078125 and zero point "
      "-128; 1/256 and -128 are expected");
  take_function(LayerType::tanh);
  output_of(0).quantization->zero_point[0] = 1;
  expect("1/128 and 0 are expected");
  take_function(LayerType::hard_swish);
  output_of(0).quantization->scale[0] = 1e-6F;
  expect("m.tflite: hard_swish: the input's scale");
  take_function(LayerType::leaky_relu);
  operation(0).builtin_options.AsLeakyReluOptions()->alpha = std::nanf("");
  expect("operator 0 (LEAKY_RELU): has no finite alpha");
}

// Above a scale of 16 the exponential of one step rounds to 0: TFLM takes it, the largest gets all.
TEST_F(Functions, SoftmaxOfLargeScales) {
  NetworkBuilder builder({1, 1, 4});
  builder.softmax(0);
  take(std::move(builder).build());
  tensor(graph().inputs[0]).quantization->scale[0] = 20;
  const network::CompiledNetwork compiled = network::compile(read());
  EXPECT_THAT(compiled.output, testing::UnorderedElementsAre(127, -128, -128, -128));
}

class Movements : public FromTflite {
 protected:
  /// The input of 4x6x3 in two slices.
  void take_slices(network::Range h0, network::Range h1) {
    NetworkBuilder builder({4, 6, 3});
    builder.slice(0, h0, {0, 6}, {0, 3});
    builder.slice(0, h1, {0, 6}, {0, 3});
    take(std::move(builder).build());
  }
  std::string text() const { return read().network.canonical_text(); }
  /// The first operator makes both slices, the second goes.
  void make_one_operator(fb::BuiltinOperator code, const std::vector<int>& inputs) {
    operation(0).opcode_index = new_code(code);
    operation(0).builtin_options.Reset();
    operation(0).inputs = inputs;
    operation(0).outputs = {operation(0).outputs[0], operation(1).outputs[0]};
    graph().operators.pop_back();
  }
};

TEST_F(Movements, SplitsAreSlices) {
  take_slices({0, 2}, {2, 2});
  const std::string slices = text();
  const int input = operation(0).inputs[0];
  make_one_operator(fb::BuiltinOperator::SPLIT, {new_integers("numbers", {1}), input});
  EXPECT_EQ(text(), slices);
  operation(0).inputs[0] = new_integers("numbers", {-3});
  EXPECT_EQ(text(), slices);
  operation(0).inputs[0] = new_integers("numbers", {4});
  expect("operator 0 (SPLIT): makes 2 outputs of 2 parts along axis 4");
}

TEST_F(Movements, SplitsOfGivenSizesAreSlices) {
  take_slices({0, 1}, {1, 3});
  const std::string slices = text();
  const int input = operation(0).inputs[0];
  make_one_operator(fb::BuiltinOperator::SPLIT_V,
                    {input, new_integers("numbers", {1, 3}), new_integers("numbers", {1})});
  EXPECT_EQ(text(), slices);
  operation(0).inputs[1] = new_integers("numbers", {1, -1});
  EXPECT_EQ(text(), slices);
  operation(0).inputs[1] = new_integers("numbers", {1, 4});
  expect("operator 0 (SPLIT_V): its part 1 has 4 of 4 elements");
}

TEST_F(Movements, SliceTakesSizes) {
  take_slices({1, 2}, {0, 1});
  const std::string slices = text();
  operation(0).opcode_index = new_code(fb::BuiltinOperator::SLICE);
  operation(0).builtin_options.Reset();
  operation(0).inputs = {operation(0).inputs[0], new_integers("numbers", {0, 1, 0, 0}),
                         new_integers("numbers", {1, 2, -1, 3})};
  EXPECT_EQ(text(), slices);
  operation(0).inputs[1] = new_integers("numbers", {0, 3, 0, 0});
  expect("operator 0 (SLICE): takes 2 of 4 from 3 on along dimension 1");
}

TEST_F(Movements, MasksAndNegativeEndsOfStridedSlices) {
  take_slices({1, 3}, {3, 1});
  const std::string slices = text();
  fb::StridedSliceOptionsT& options = *operation(0).builtin_options.AsStridedSliceOptions();
  operation(0).inputs[1] = new_integers("numbers", {7, -3, 5, 0});
  operation(0).inputs[2] = new_integers("numbers", {0, 0, -6, 9});
  options.begin_mask = 0b0101;
  options.end_mask = 0b0111;
  EXPECT_EQ(text(), slices);
  options.ellipsis_mask = 1;
  expect("operator 0 (STRIDED_SLICE): has an ellipsis or a new axis");
  take_slices({1, 3}, {3, 1});
  operation(0).inputs[3] = new_integers("numbers", {1, -1, 1, 1});
  expect("operator 0 (STRIDED_SLICE): has a step of -1 along dimension 1");
  take_slices({1, 3}, {3, 1});
  operation(1).builtin_options.AsStridedSliceOptions()->shrink_axis_mask = 0b0010;
  output_of(1).shape = {1, 6, 3};
  EXPECT_EQ(text(), slices);
}

TEST_F(Movements, AxesOfOneMoveWithoutALayer) {
  NetworkBuilder builder({1, 5, 3});
  builder.lookup(LayerType::relu, builder.transpose(0, {1, 0, 2}));
  take(std::move(builder).build());
  EXPECT_EQ(text(), "input 1x5x3\nrelu t0 as 5x1x3 -> 5x1x3\n");
  operation(0).inputs[1] = new_integers("numbers", {0, 1, 1, 3});
  expect("operator 0 (TRANSPOSE): its permutation is not one of 4 dimensions");
  operation(0).inputs[1] = new_integers("numbers", {3, 1, 0, 2});
  expect("operator 0 (TRANSPOSE): moves the batch of tensor 'input'");
}

TEST_F(Movements, PadsOfChannels) {
  NetworkBuilder builder({2, 2, 3});
  builder.pad(0, {0, 0, 0, 0, 2, 300});
  take(std::move(builder).build());
  EXPECT_THAT(text(), EndsWith("pad t0 top 0 left 0 front 2 -> 2x2x305\n"));
}

}  // namespace
}  // namespace opline::tflite_test
