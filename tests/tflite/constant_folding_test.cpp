// Shapes that a file computes: chains of SHAPE and integer constants into RESHAPE are no layers.
#include <gmock/gmock.h>

#include "tests/tflite/changed_file.h"

namespace opline::tflite_test {
namespace {

using testing::HasSubstr;

/// every_layer() with a RESHAPE to [1, n] before its fully connected layer.
class ConstantFolding : public FromTflite {
 protected:
  ConstantFolding() {
    dense_ = find(fb::BuiltinOperator::FULLY_CONNECTED);
    map_ = operation(dense_).inputs[0];
    row_ = new_tensor("row", tensor(map_));
    tensor(row_).shape = {1, 18};
    operation(dense_).inputs[0] = row_;
  }

  /// Inserts an operator behind the last one that was inserted.
  fb::OperatorT& add(fb::BuiltinOperator code, std::vector<int> inputs, int output) {
    auto added = new_operator(code, inputs[0], output);
    added->inputs = std::move(inputs);
    fb::OperatorT& kept = *added;
    insert(dense_++, std::move(added));
    return kept;
  }
  void slice(int from, int to, int begin, int end, int shrink) {
    fb::OperatorT& made = add(fb::BuiltinOperator::STRIDED_SLICE,
                              {from, new_integers("begin", {begin}), new_integers("end", {end}),
                               new_integers("stride", {1})},
                              to);
    fb::StridedSliceOptionsT options;
    options.shrink_axis_mask = shrink;
    made.builtin_options.Set(options);
  }
  void expect_folded() {
    EXPECT_EQ(read().network.canonical_text(), network_.network.canonical_text());
    EXPECT_EQ(tflite::to_tflite(read()), tflite::to_tflite(network_));
  }

  std::size_t dense_ = 0;
  int map_ = 0;
  int row_ = 0;
};

// What Keras' Flatten and Reshape are converted to.
TEST_F(ConstantFolding, ShapeSliceAndPack) {
  const int shape = computed_integers("shape", {4});
  const int batch = computed_integers("batch", {});
  const int wanted = computed_integers("wanted", {2});
  add(fb::BuiltinOperator::SHAPE, {map_}, shape);
  slice(shape, batch, 0, 1, 1);
  add(fb::BuiltinOperator::PACK, {batch, new_integers("minus_one", {18}, true)}, wanted);
  add(fb::BuiltinOperator::RESHAPE, {map_, wanted}, row_);
  expect_folded();
}

// What tf.keras.layers.Flatten of other versions, and tf.reshape of a product, are converted to.
TEST_F(ConstantFolding, ProductsGathersCastsAndConcatenations) {
  const int shape = computed_integers("shape", {4});
  const int wide = computed_integers("wide", {4});
  tensor(wide).type = fb::TensorType::INT64;
  const int inner = computed_integers("inner", {3});
  tensor(inner).type = fb::TensorType::INT64;
  const int all = computed_integers("all", {});
  const int once = computed_integers("once", {});
  const int line = computed_integers("line", {1});
  const int first = computed_integers("first", {1});
  const int wanted = computed_integers("wanted", {2});
  add(fb::BuiltinOperator::SHAPE, {map_}, shape);
  add(fb::BuiltinOperator::CAST, {shape}, wide);
  slice(wide, inner, 1, 4, 0);
  add(fb::BuiltinOperator::REDUCE_PROD, {inner, new_integers("axis", {0})}, all);
  add(fb::BuiltinOperator::MUL, {all, new_integers("one", {1}, true)}, once);
  add(fb::BuiltinOperator::EXPAND_DIMS, {once, new_integers("dim", {0}, true)}, line);
  add(fb::BuiltinOperator::GATHER, {shape, new_integers("which", {0})}, first);
  add(fb::BuiltinOperator::CONCATENATION, {first, line}, wanted);
  add(fb::BuiltinOperator::RESHAPE, {map_, wanted}, row_);
  expect_folded();
}

TEST_F(ConstantFolding, ExpandDimsAndSqueezeOfMapsAreNoLayers) {
  const int line = new_tensor("line", tensor(map_));
  tensor(line).shape = {1, 1, 2, 9};
  add(fb::BuiltinOperator::EXPAND_DIMS, {map_, new_integers("dim", {1}, true)}, line);
  add(fb::BuiltinOperator::SQUEEZE, {line}, row_);
  expect_folded();
}

// Paddings and axes may be computed as well; and the model's input may be asked for its shape.
TEST_F(ConstantFolding, BehindAFloatInputThatIsAskedForItsShape) {
  const int input = graph().inputs[0];
  const int from = new_tensor("float_in", tensor(input));
  tensor(from).type = fb::TensorType::FLOAT32;
  tensor(from).quantization.reset();
  insert(0, new_operator(fb::BuiltinOperator::QUANTIZE, from, input));
  graph().inputs = {from};
  dense_ += 1;
  const int shape = computed_integers("shape", {4});
  add(fb::BuiltinOperator::SHAPE, {from}, shape);
  add(fb::BuiltinOperator::RESHAPE, {map_, shape}, row_);
  expect_folded();
}

TEST_F(ConstantFolding, WhatIsNotUnderstoodIsRefusedByName) {
  const int shape = computed_integers("shape", {4});
  const int part = computed_integers("part", {0});
  tensor(part).shape = {1};
  add(fb::BuiltinOperator::SHAPE, {map_}, shape);
  slice(shape, part, 3, 2, 0);
  add(fb::BuiltinOperator::RESHAPE, {map_, part}, row_);
  EXPECT_THAT(refusal(), HasSubstr("(STRIDED_SLICE): takes nothing of a shape"));
  operation(dense_ - 2).builtin_options.AsStridedSliceOptions()->ellipsis_mask = 1;
  EXPECT_THAT(refusal(), HasSubstr("(STRIDED_SLICE): slices a shape in a way that is not"));
  operation(dense_ - 2).opcode_index = new_code(fb::BuiltinOperator::GATHER);
  operation(dense_ - 2).inputs = {shape, new_integers("which", {4})};
  EXPECT_THAT(refusal(), HasSubstr("(GATHER): takes number 4 of 4"));
  operation(dense_ - 2).inputs = {map_, new_integers("which", {0})};
  EXPECT_THAT(refusal(), HasSubstr("(GATHER): is supported for shapes and integer constants of one "
                                   "dimension only"));
  operation(dense_ - 2).opcode_index = new_code(fb::BuiltinOperator::MUL);
  operation(dense_ - 2).inputs = {shape, new_integers("three", {1, 2, 3})};
  EXPECT_THAT(refusal(), HasSubstr("(MUL): combines 4 numbers with 3"));
}

}  // namespace
}  // namespace opline::tflite_test
