#include "analysis/comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::analysis {
namespace {

/// Roughly normal: the sum of twelve uniforms.
double noise(RandomStream& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += random.next() / 4294967296.0;
  return sum;
}

LinearFit noisy_line(RandomStream& random, double slope, std::size_t n) {
  std::vector<double> x(n);
  std::vector<double> y(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = static_cast<double>(i + 1);
    y[i] = 3 + slope * x[i] + noise(random);
  }
  return fit_line(x, y);
}

TEST(Comparison, SlopeRatioOfExactLines) {
  const std::vector<double> x = {1, 2, 3, 5};
  const std::vector<double> y = {2, 4, 6, 10};
  const std::vector<double> z = {3, 4, 5, 7};
  const Ratio ratio = slope_ratio(fit_line(x, y), fit_line(x, z));
  EXPECT_DOUBLE_EQ(ratio.value, 2.0);
  EXPECT_NEAR(ratio.interval.width(), 0.0, 1e-12);
}

// The planted ratio is inside the 95 % interval at that rate: within 3 binomial standard deviations.
TEST(Comparison, SlopeRatioCoversAtItsNominalRate) {
  constexpr int kRepeats = 2000;
  int covered = 0;
  for (int i = 0; i < kRepeats; ++i) {
    RandomStream random(11, static_cast<std::uint64_t>(i));
    const LinearFit a = noisy_line(random, 1.4, 60);
    const LinearFit b = noisy_line(random, 1.0, 60);
    covered += slope_ratio(a, b).interval.contains(1.4);
  }
  EXPECT_NEAR(covered, 0.95 * kRepeats, 3 * std::sqrt(kRepeats * 0.95 * 0.05));
}

TEST(Comparison, SlopesThatMayBeZeroHaveNoRatio) {
  const std::vector<double> x = {1, 2, 3, 4};
  const std::vector<double> flat = {1, 2, 1, 2};
  const std::vector<double> rising = {1, 2, 3, 4};
  EXPECT_THROW((void)slope_ratio(fit_line(x, rising), fit_line(x, flat)), Error);
}

TEST(Comparison, PairedRatioIsGeometricAndSymmetric) {
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

// By hand: logs of 2, 4, 2, 4 have mean 1.5 ln 2 and standard deviation ln 2 / sqrt(3); t(0.975, 3) = 3.182446.
TEST(Comparison, PairedRatioIntervalByHand) {
  const std::vector<double> a = {2, 4, 2, 4};
  const std::vector<double> b = {1, 1, 1, 1};
  const double half = 3.182446305 * std::log(2.0) / std::sqrt(3.0) / 2.0;
  const PairedRatio ratio = paired_ratio(a, b);
  EXPECT_NEAR(std::log(ratio.interval.high), 1.5 * std::log(2.0) + half, 1e-8);
  EXPECT_NEAR(std::log(ratio.interval.low), 1.5 * std::log(2.0) - half, 1e-8);
}

TEST(Comparison, PairedRatioRefusesWhatHasNoLogarithm) {
  const std::vector<double> good = {1, 2, 3};
  const std::vector<double> zero = {1, 0, 3};
  const std::vector<double> two = {1, 2};
  EXPECT_THROW((void)paired_ratio(good, zero), Error);
  EXPECT_THROW((void)paired_ratio(two, two), Error);
  EXPECT_THROW((void)paired_ratio(good, two), Error);
}

}  // namespace
}  // namespace opline::analysis
