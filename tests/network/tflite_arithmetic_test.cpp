#include "src/network/tflite_arithmetic.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "src/base/error.h"

namespace opline::network {
namespace {

double value_of(const opline_multiplier& m) {
  return std::ldexp(static_cast<double>(m.multiplier), m.shift - 31);
}

TEST(Quantise, MultiplierIsNormalisedAndClose) {
  for (double scale = 1e-9; scale < 1e6; scale *= 1.37) {
    const opline_multiplier m = quantise_multiplier(scale);
    EXPECT_GE(m.multiplier, 1 << 30);
    EXPECT_NEAR(value_of(m) / scale, 1.0, 1e-9);
  }
}

TEST(Quantise, RoundingUpToOneCarries) {
  const opline_multiplier m = quantise_multiplier(1.0 - 1e-12);
  EXPECT_EQ(m.multiplier, 1 << 30);
  EXPECT_EQ(m.shift, 1);
  EXPECT_EQ(quantise_multiplier(0).multiplier, 0);
  EXPECT_EQ(quantise_multiplier(1e-12).multiplier, 0);
}

// Finite scales of a damaged file may have an infinite product.
TEST(Quantise, AnInfiniteFactorIsAnError) {
  EXPECT_THROW((void)quantise_multiplier(std::numeric_limits<double>::infinity()), Error);
  EXPECT_THROW((void)quantise_fully_connected(1e30F, 1e30F, 1.0F), Error);
}

// TFLite: beta 1, input scale 1/32: 2^26 / 32 = 2^21 = 0.5 * 2^22; radius 31 * 2^26 / 2^22 = 496.
TEST(Quantise, SoftmaxKnownAnswer) {
  const SoftmaxMultiplier scale = quantise_softmax(1.0 / 32, 1.0);
  EXPECT_EQ(scale.input.multiplier, 1 << 30);
  EXPECT_EQ(scale.input.shift, 22);
  EXPECT_EQ(scale.diff_min, -496);
}

// float(0.3f * 0.7f) isn't 0.3f * 0.7f: TFLite rounds the product of a fully connected layer, not
// that of a convolution.
TEST(Quantise, ProductsAreRoundedWhereTfliteRoundsThem) {
  const float a = 0.3F;
  const float b = 0.7F;
  const opline_multiplier convolution = quantise_product(a, b, 1.0F);
  const opline_multiplier dense = quantise_fully_connected(a, b, 1.0F);
  EXPECT_EQ(value_of(dense), static_cast<double>(a * b));
  EXPECT_NEAR(value_of(convolution), double{a} * double{b}, 1e-10);
  EXPECT_NE(convolution.multiplier, dense.multiplier);
}

TEST(Quantise, AddBringsBothInputsToTwiceTheLargerScale) {
  const SumMultipliers add = quantise_add(0.5F, 0.125F, 1.0F);
  EXPECT_EQ(value_of(add.input), 0.5);
  EXPECT_EQ(value_of(add.input2), 0.125);
  EXPECT_EQ(value_of(add.output), 1.0 / (1 << 20));
}

// 49 positions: 2^31 / 2 << 5 over 49, rounded down; the shift takes the five octaves back.
TEST(Quantise, MeanHoldsTheDivision) {
  const opline_multiplier mean = quantise_mean(0.25F, 0.25F, 49);
  EXPECT_EQ(mean.multiplier, (std::int64_t{1} << 35) / 49);
  EXPECT_EQ(mean.shift, 1 - 5);
  EXPECT_NEAR(value_of(mean) * 49, 1.0, 1e-8);
  for (std::uint32_t positions = 1; positions < 3000; ++positions)
    ASSERT_GE(quantise_mean(0.3F, 0.7F, positions).multiplier, 1 << 29) << positions;
  EXPECT_EQ(quantise_mean(1.0F, 1.5e9F, 4000).shift,
            -31);  // no room for all of the division's octaves
}

TEST(Quantise, ActivationLimitsAreTflites) {
  EXPECT_EQ(activation_limits(Activation::none, {0.1F, 5}), (ActivationLimits{-128, 127}));
  EXPECT_EQ(activation_limits(Activation::relu, {0.1F, 5}), (ActivationLimits{5, 127}));
  EXPECT_EQ(activation_limits(Activation::relu6, {0.1F, 5}), (ActivationLimits{5, 65}));
  EXPECT_EQ(activation_limits(Activation::relu6, {6.0F / 255, -128}),
            (ActivationLimits{-128, 127}));
  EXPECT_EQ(activation_limits(Activation::relu6, {1e-30F, -128}), (ActivationLimits{-128, 127}));
  EXPECT_EQ(activation_limits(Activation::relu_n1_to_1, {0.1F, 5}), (ActivationLimits{-5, 15}));
  EXPECT_EQ(activation_limits(Activation::relu_n1_to_1, {0.02F, -100}),
            (ActivationLimits{-128, -50}));
}

}  // namespace
}  // namespace opline::network
