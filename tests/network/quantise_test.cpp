#include "src/network/quantise.h"

#include <gtest/gtest.h>

#include <cmath>

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

// TFLite: beta 1, input scale 1/32: 2^26 / 32 = 2^21 = 0.5 * 2^22; radius 31 * 2^26 / 2^22 = 496.
TEST(Quantise, SoftmaxKnownAnswer) {
  const SoftmaxScale scale = quantise_softmax(1.0 / 32, 1.0);
  EXPECT_EQ(scale.input.multiplier, 1 << 30);
  EXPECT_EQ(scale.input.shift, 22);
  EXPECT_EQ(scale.diff_min, -496);
}

}  // namespace
}  // namespace opline::network
