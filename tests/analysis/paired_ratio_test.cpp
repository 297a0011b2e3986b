#include "analysis/validation/paired_ratio.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "src/base/error.h"

namespace opline::analysis {
namespace {

TEST(PairedRatio, IsGeometricAndSymmetric) {
  const std::vector<double> a = {2, 8, 4, 16};
  const std::vector<double> b = {1, 2, 2, 4};
  const PairedRatio ratio = paired_ratio(a, b);
  EXPECT_NEAR(ratio.value, std::sqrt(8.0), 1e-12);
  EXPECT_DOUBLE_EQ(ratio.smallest, 2.0);
  EXPECT_DOUBLE_EQ(ratio.largest, 4.0);
  const PairedRatio inverse = paired_ratio(b, a);
  EXPECT_NEAR(inverse.value * ratio.value, 1.0, 1e-12);
  EXPECT_NEAR(inverse.interval.low * ratio.interval.high, 1.0, 1e-12);
}

// By hand: logs of 2, 4, 2, 4 have mean 1.5 ln 2 and standard deviation ln 2 / sqrt(3); t(0.975, 3)
// = 3.182446.
TEST(PairedRatio, IntervalByHand) {
  const std::vector<double> a = {2, 4, 2, 4};
  const std::vector<double> b = {1, 1, 1, 1};
  const double half = 3.182446305 * std::log(2.0) / std::sqrt(3.0) / 2.0;
  const PairedRatio ratio = paired_ratio(a, b);
  EXPECT_NEAR(std::log(ratio.interval.high), 1.5 * std::log(2.0) + half, 1e-8);
  EXPECT_NEAR(std::log(ratio.interval.low), 1.5 * std::log(2.0) - half, 1e-8);
}

TEST(PairedRatio, RefusesWhatHasNoLogarithm) {
  const std::vector<double> good = {1, 2, 3};
  const std::vector<double> zero = {1, 0, 3};
  const std::vector<double> two = {1, 2};
  EXPECT_THROW((void)paired_ratio(good, zero), Error);
  EXPECT_THROW((void)paired_ratio(two, two), Error);
  EXPECT_THROW((void)paired_ratio(good, two), Error);
}

}  // namespace
}  // namespace opline::analysis
