// Intervals must contain the truth as often as they say, and not more often.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/regression/regression.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing_data::normal;
using testing_data::uniform;

constexpr double true_slope = 13.2e-9;     // seconds per op
constexpr double true_intercept = 1.1e-3;  // seconds
constexpr double sigma = 0.4e-3;           // seconds
constexpr int repeats = 2000;

double draw_latency(double ops, RandomStream& random) {
  return true_intercept + true_slope * ops + sigma * normal(random);
}

/// `hits` of `repeats` lies within three standard deviations of the binomial with probability
/// `confidence`.
void expect_nominal(int hits, double confidence, const char* what) {
  const double deviation = std::sqrt(confidence * (1 - confidence) / repeats);
  EXPECT_NEAR(static_cast<double>(hits) / repeats, confidence, 3 * deviation) << what;
}

class Coverage : public testing::TestWithParam<std::pair<std::size_t, double>> {};

TEST_P(Coverage, IsNominal) {
  const auto [n, confidence] = GetParam();
  int slope = 0, intercept = 0, mean = 0, single = 0;
  for (std::uint64_t repeat = 0; repeat < repeats; ++repeat) {
    RandomStream random(950, repeat);
    std::vector<double> x, y;
    for (std::size_t i = 0; i < n; ++i) {
      x.push_back(uniform(random, 1e6, 61e6));
      y.push_back(draw_latency(x.back(), random));
    }
    const LinearFit fit = fit_line(x, y, {confidence, CovarianceKind::classical});
    slope += fit.slope_interval.contains(true_slope);
    intercept += fit.intercept_interval.contains(true_intercept);
    const double at = 20e6;
    mean += fit.predict(at).mean.contains(true_intercept + true_slope * at);
    single += fit.predict(at).single.contains(draw_latency(at, random));
  }
  expect_nominal(slope, confidence, "slope");
  expect_nominal(intercept, confidence, "intercept");
  expect_nominal(mean, confidence, "mean at x");
  expect_nominal(single, confidence, "one further network");
}

INSTANTIATE_TEST_SUITE_P(Regression, Coverage,
                         testing::Values(std::pair{3, 0.95}, std::pair{8, 0.95},
                                         std::pair{40, 0.95}, std::pair{12, 0.8}));

}  // namespace
}  // namespace opline::analysis
