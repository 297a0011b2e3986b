#include <gmock/gmock.h>

#include "src/base/error.h"
#include "src/network/layer_work.h"
#include "tests/error_message.h"
#include "tests/network/example_networks.h"

namespace opline::network {
namespace {

using testing::HasSubstr;

TEST(NetworkBuilder, CanonicalTextNamesEverythingThatMatters) {
  EXPECT_EQ(every_layer().canonical_text(),
            "input 12x10x3\n"
            "conv2d t0 3x3 s2x1 same -> 6x10x9 relu6\n"
            "conv2d t1 1x1 s1x1 same -> 6x10x14 relu\n"
            "depthwise_conv2d t2 3x3 s1x1 same -> 6x10x14 relu6\n"
            "conv2d t3 1x1 s1x1 same -> 6x10x9\n"
            "add t1 t4 -> 6x10x9\n"
            "depthwise_conv2d t5 5x5 s1x2 valid -> 2x3x9\n"
            "max_pool_2d t6 2x2 s1x1 valid -> 1x2x9\n"
            "average_pool_2d t7 1x2 s1x1 same -> 1x2x9\n"
            "fully_connected t8 -> 1x1x10\n"
            "softmax t9 -> 1x1x10\n");
  EXPECT_EQ(every_layer().id(), every_layer().id());
  EXPECT_NE(kws_s().id(), kws_m().id());
}

TEST(NetworkBuilder, LayersOfImportedModels) {
  EXPECT_EQ(joined_branches().canonical_text(),
            "input 11x9x3\n"
            "pad t0 top 0 left 2 -> 12x12x3\n"
            "conv2d t1 3x3 s2x2 valid -> 5x5x10 relu\n"
            "conv2d t2 1x1 s1x1 same -> 5x5x7 relu6\n"
            "depthwise_conv2d t2 3x3 s1x1 same -> 5x5x10\n"
            "max_pool_2d t4 2x2 s1x1 same -> 5x5x10 relu\n"
            "concatenation t3 t5 -> 5x5x17\n"
            "conv2d t6 1x1 s1x1 same -> 5x5x12 relu\n"
            "mean t7 -> 1x1x12\n"
            "fully_connected t8 -> 1x1x5\n"
            "softmax t9 -> 1x1x5\n");
  NetworkBuilder builder({4, 4, 2});
  const TensorId other = builder.conv2d(0, 3, {1, 1, 2, 2, Padding::same}, Activation::none);
  EXPECT_THAT(message_of([&] { builder.pad(0, {0, 256, 0, 0}); }), HasSubstr("a padding is 256"));
  EXPECT_THAT(message_of([&] { builder.pad(0, {-1, 0, 0, 0}); }), HasSubstr("a padding is -1"));
  EXPECT_THAT(message_of([&] { builder.concatenation(0, other); }),
              HasSubstr("4x4 and 2x2 differ"));
}

TEST(NetworkBuilder, VariantsAreNamedWhereTheyAreOnes) {
  EXPECT_EQ(every_variant().canonical_text(),
            "input 7x6x4\n"
            "conv2d t0 3x2 s1x1 same d2x3 -> 7x6x6 relu\n"
            "conv2d t1 3x3 s2x1 same g3 -> 4x6x9\n"
            "depthwise_conv2d t2 3x3 s1x1 same d1x2 -> 4x6x18 relu6\n"
            "fully_connected t3 -> 4x6x5\n"
            "conv2d t4 as 1x24x5 1x3 s1x1 valid d1x2 -> 1x20x3 relu\n"
            "fully_connected t5 -> 1x1x4\n"
            "softmax t6 -> 1x1x4\n");
  EXPECT_EQ(signature_of(every_variant().layers()[0]),
            "conv2d 7x6x4 -> 7x6x6 3x2 s1x1 same d2x3 relu");
}

// Between the taps of an axis that has one, dilation means nothing.
TEST(NetworkBuilder, DilationOfOneTapIsNone) {
  NetworkBuilder builder({4, 4, 2});
  builder.conv2d(0, 2, {1, 3, 1, 1, Padding::same, 2, 1}, Activation::none);
  EXPECT_EQ(std::move(builder).build().canonical_text(),
            "input 4x4x2\nconv2d t0 1x3 s1x1 same -> 4x4x2\n");
}

TEST(NetworkBuilder, RefusesVariantsThatCannotBe) {
  NetworkBuilder builder({4, 600, 6});
  const auto refusal = [&](const Window& window, int groups) {
    return message_of([&] { builder.conv2d(0, 9, window, Activation::none, groups); });
  };
  EXPECT_THAT(refusal({}, 2),
              HasSubstr("conv2d: 2 groups; a number that divides its 6 input and 9"));
  EXPECT_THAT(refusal({}, 0), HasSubstr("conv2d: 0 groups"));
  EXPECT_THAT(refusal({3, 3, 1, 1, Padding::same, 256, 1}, 1),
              HasSubstr("a kernel, dilation or stride is 256"));
  EXPECT_THAT(refusal({3, 3, 1, 1, Padding::valid, 2, 1}, 1), HasSubstr("a 5x3 VALID window"));
  EXPECT_THAT(refusal({1, 5, 1, 1, Padding::same, 1, 150}, 1),
              HasSubstr("has 300 rows or columns of padding before its input"));
  EXPECT_THAT(message_of([&] {
                builder.max_pool_2d(0, {2, 2, 1, 1, Padding::same, 2, 1});
              }),
              HasSubstr("max_pool_2d: pools are not dilated"));
  EXPECT_THAT(message_of([&] { builder.depthwise_conv2d(0, {}, Activation::none, 20000); }),
              HasSubstr("20000 channels of each of 6"));
  EXPECT_THAT(message_of([&] {
                (void)builder.reshape(0, {1, 1, 7});
              }),
              HasSubstr("reshape: 1x1x7 has another number of elements than 4x600x6"));
}

TEST(NetworkBuilder, GatesActivationsAndMovements) {
  EXPECT_EQ(gated().canonical_text(),
            "input 10x9x4\n"
            "conv2d t0 3x3 s2x2 same -> 5x5x12\n"
            "hard_swish t1 -> 5x5x12\n"
            "mean t2 -> 1x1x12\n"
            "fully_connected t3 -> 1x1x6 relu\n"
            "fully_connected t4 -> 1x1x12\n"
            "logistic t5 -> 1x1x12\n"
            "mul t2 t6 -> 5x5x12\n"
            "add t7 constant 1x1x12 -> 5x5x12 relu\n"
            "conv2d t8 1x1 s1x1 same -> 5x5x12\n"
            "prelu t9 constant 1x1x12 -> 5x5x12\n"
            "sub constant 1x1x1 t10 -> 5x5x12\n"
            "leaky_relu t11 -> 5x5x12\n"
            "slice t12 from 0x1x2 step 1x2 -> 5x2x7\n"
            "slice t12 from 0x0x0 step 2x1 -> 3x2x5\n"
            "pad t14 top 1 left 0 front 1 -> 5x2x7\n"
            "concatenation t13 t15 -> 5x2x14\n"
            "transpose t16 axes 2 0 1 -> 14x5x2\n"
            "resize_nearest_neighbor t17 -> 20x7x2\n"
            "conv2d t18 1x1 s1x1 same -> 20x7x8\n"
            "tanh t19 -> 20x7x8\n"
            "quantize t20 -> 20x7x8\n"
            "conv2d t21 1x1 s1x1 same -> 20x7x5\n"
            "relu t22 -> 20x7x5\n");
  NetworkBuilder builder({4, 6, 2});
  // A constant in front of a sum or product becomes the second operand.
  builder.binary(LayerType::mul, ConstantOperand{{1, 6, 1}}, 0, Activation::relu6);
  EXPECT_THAT(
      message_of([&] { builder.binary(LayerType::add, ConstantOperand{}, ConstantOperand{}); }),
      HasSubstr("both operands are constants"));
  EXPECT_THAT(message_of([&] { builder.binary(LayerType::prelu, ConstantOperand{}, 0); }),
              HasSubstr("slopes are the second operand"));
  EXPECT_THAT(message_of([&] {
                builder.binary(LayerType::sub, 0, ConstantOperand{{2, 1, 1}});
              }),
              HasSubstr("4x6x2 and 2x1x1 differ"));
  EXPECT_THAT(message_of([&] { builder.transpose(0, {0, 1, 1}); }), HasSubstr("must occur once"));
  EXPECT_THAT(message_of([&] {
                builder.slice(0, {0, 3, 2}, {0, 6}, {0, 2});
              }),
              HasSubstr("3 of the height from 0 in steps of 2"));
  EXPECT_THAT(message_of([&] {
                builder.slice(0, {0, 1}, {6, 1}, {0, 2});
              }),
              HasSubstr("1 of the width from 6"));
  EXPECT_EQ(std::move(builder).build().layers().at(0).constant, Constant::second);
}

// TFLite's GetNearestNeighbor: rows and columns by hand.
TEST(NetworkBuilder, NearestNeighbours) {
  NetworkBuilder builder({3, 4, 1});
  builder.resize_nearest_neighbor(0, 5, 2);
  builder.resize_nearest_neighbor(0, 5, 2, {true, false});
  builder.resize_nearest_neighbor(0, 5, 2, {false, true});
  const Network network = std::move(builder).build();
  const auto rows = [&](std::size_t i) { return network.layers()[i].rows; };
  EXPECT_EQ(rows(0), (std::vector<int>{0, 0, 1, 1, 2}));
  EXPECT_EQ(rows(1), (std::vector<int>{0, 1, 1, 2, 2}));  // 0, 0.5, 1, 1.5, 2
  EXPECT_EQ(rows(2), (std::vector<int>{0, 0, 1, 2, 2}));  // 0.3, 0.9, 1.5, 2.1, 2.7
  EXPECT_EQ(network.layers()[0].columns, (std::vector<int>{0, 2}));
  EXPECT_EQ(network.layers()[1].columns, (std::vector<int>{0, 3}));
}

TEST(NetworkBuilder, ShapesFollowTflite) {
  NetworkBuilder builder({49, 10, 1});
  EXPECT_EQ(builder.shape(builder.conv2d(0, 8, {10, 4, 2, 2, Padding::same}, Activation::relu)),
            (Shape{25, 5, 8}));
  EXPECT_EQ(builder.shape(builder.conv2d(0, 8, {10, 4, 2, 2, Padding::valid}, Activation::relu)),
            (Shape{20, 4, 8}));
  EXPECT_EQ(padding_before(49, 25, 10, 2), 4);
  EXPECT_EQ(padding_before(49, 49, 10, 1), 4);
  EXPECT_EQ(padding_before(10, 10, 4, 1), 1);
  EXPECT_EQ(padding_before(5, 5, 1, 1), 0);
}

TEST(NetworkBuilder, RefusesWithTheReason) {
  NetworkBuilder builder({4, 4, 2});
  const TensorId other = builder.conv2d(0, 3, {}, Activation::none);
  EXPECT_THAT(message_of([&] { builder.conv2d(0, 0, {}, Activation::none); }),
              HasSubstr("width is 0"));
  EXPECT_THAT(message_of([&] {
                builder.max_pool_2d(0, {5, 1, 1, 1, Padding::valid});
              }),
              HasSubstr("5x1 VALID window"));
  EXPECT_THAT(message_of([&] {
                builder.conv2d(0, 1, {1, 1, 0, 1, Padding::same}, Activation::none);
              }),
              HasSubstr("stride is 0"));
  EXPECT_THAT(message_of([&] { builder.add(0, other, Activation::none); }),
              HasSubstr("4x4x2 and 4x4x3 differ"));
  EXPECT_THAT(message_of([] { NetworkBuilder({65536, 1, 1}); }), HasSubstr("65536"));
  EXPECT_THAT(message_of([] { NetworkBuilder({65535, 65535, 2}); }), HasSubstr("2^31"));
  EXPECT_THAT(message_of([] {
                (void)NetworkBuilder({1, 1, 1}).build();
              }),
              HasSubstr("at least one layer"));
}

}  // namespace
}  // namespace opline::network
