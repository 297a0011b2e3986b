#include "analysis/regression/regression.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/numerics/student_t.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::uniform;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Ops and latencies as a study has them: 13.2 ns/op, 1.1 ms, 5 % scatter.
struct Data {
  std::vector<double> x, y;
};

Data noisy_line(std::uint64_t seed, std::size_t n) {
  RandomStream random(seed, 0);
  Data data;
  for (std::size_t i = 0; i < n; ++i) {
    const double ops = uniform(random, 1e6, 60e6);
    data.x.push_back(ops);
    data.y.push_back((13.2e-9 * ops + 1.1e-3) * uniform(random, 0.95, 1.05));
  }
  return data;
}

TEST(Regression, ExactLineIsRecovered) {
  const std::vector<double> x = {1, 2, 3, 4, 5, 8};
  std::vector<double> y;
  for (const double value : x) y.push_back(0.25 + 1.5 * value);
  const LinearFit fit = fit_line(x, y);
  EXPECT_EQ(fit.n, 6U);
  EXPECT_EQ(fit.slope, 1.5);
  EXPECT_EQ(fit.intercept, 0.25);
  EXPECT_EQ(fit.rmse, 0);
  EXPECT_EQ(fit.r_squared, 1.0);
  EXPECT_EQ(fit.mape_percent, 0.0);
  EXPECT_EQ(fit.slope_interval.width(), 0);
  EXPECT_EQ(fit.x_min, 1);
  EXPECT_EQ(fit.x_max, 8);
  EXPECT_EQ(fit.predict(2).value, 3.25);
}

// By hand: x = 1..4, y = 2 2 4 6; Sxx = 5, Sxy = 7, Syy = 11, RSS = 1.2.
TEST(Regression, SmallExampleByHand) {
  const LinearFit fit = fit_line(std::vector<double>{1, 2, 3, 4}, std::vector<double>{2, 2, 4, 6},
                                 {0.95, CovarianceKind::classical});
  EXPECT_DOUBLE_EQ(fit.slope, 1.4);
  EXPECT_NEAR(fit.intercept, 0, 1e-15);
  EXPECT_DOUBLE_EQ(fit.r_squared.value(), 1 - 1.2 / 11);
  EXPECT_DOUBLE_EQ(fit.rmse, std::sqrt(0.3));
  EXPECT_DOUBLE_EQ(fit.residual_standard_deviation, std::sqrt(0.6));
  EXPECT_DOUBLE_EQ(fit.slope_standard_error, std::sqrt(0.12));
  EXPECT_DOUBLE_EQ(fit.intercept_standard_error, std::sqrt(0.6 * 1.5));
  EXPECT_DOUBLE_EQ(fit.covariance, -0.3);
  EXPECT_DOUBLE_EQ(fit.mape_percent.value(), 100 * (0.6 / 2 + 0.8 / 2 + 0.2 / 4 + 0.4 / 6) / 4);
  EXPECT_NEAR(fit.t, 0.95 / std::sqrt(2 * 0.975 * 0.025),
              1e-14);  // t has a closed form for 2 degrees of freedom
  EXPECT_DOUBLE_EQ(fit.slope_interval.high, 1.4 + fit.t * fit.slope_standard_error);
  const LinePrediction at_five = fit.predict(5);
  EXPECT_DOUBLE_EQ(at_five.value, 7);
  EXPECT_DOUBLE_EQ(at_five.mean.width(), 2 * fit.t * std::sqrt(0.6 * (0.25 + 6.25 / 5)));
  EXPECT_DOUBLE_EQ(at_five.single.width(), 2 * fit.t * std::sqrt(0.6 * (1 + 0.25 + 6.25 / 5)));
  EXPECT_TRUE(at_five.extrapolated);
  EXPECT_FALSE(fit.predict(4).extrapolated);
}

TEST(Regression, StudentQuantilesAgreeWithPrintedTables) {
  EXPECT_NEAR(two_sided_t(0.95, 1), 12.7062047364, 1e-9);
  EXPECT_NEAR(two_sided_t(0.95, 10), 2.22813885199, 1e-10);
  EXPECT_NEAR(two_sided_t(0.99, 30), 2.74999565357, 1e-10);
  EXPECT_NEAR(two_sided_t(0.95, 100000000), 1.95996398454, 1e-7);
}

TEST(Regression, BandIsNarrowestAtTheMeanAndInsideThePredictionInterval) {
  const Data data = noisy_line(1, 200);
  const LinearFit fit = fit_line(data.x, data.y, {0.95, CovarianceKind::classical});
  const double narrowest = fit.predict(fit.x_mean).mean.width();
  EXPECT_NEAR(narrowest, 2 * fit.t * fit.residual_standard_deviation / std::sqrt(200.0),
              1e-12 * narrowest);
  double last = narrowest;
  for (double step = 1e6; step < 60e6; step += 1e6) {
    const LinePrediction right = fit.predict(fit.x_mean + step);
    EXPECT_GT(right.mean.width(), last);
    EXPECT_NEAR(right.mean.width(), fit.predict(fit.x_mean - step).mean.width(), 1e-12 * last);
    EXPECT_GT(right.single.width(), right.mean.width());
    last = right.mean.width();
  }
  // The band at zero is the interval of the intercept.
  EXPECT_NEAR(fit.predict(0).mean.low, fit.intercept_interval.low, 1e-12 * fit.rmse);
  EXPECT_NEAR(fit.predict(0).mean.high, fit.intercept_interval.high, 1e-12 * fit.rmse);
}

TEST(Regression, MovingAndScalingTheDataMovesAndScalesTheLine) {
  const Data data = noisy_line(2, 100);
  const LinearFit fit = fit_line(data.x, data.y);
  Data moved = data;
  for (double& x : moved.x) x = 1e3 * x + 7e6;  // exact enough: ops are whole numbers below 2^53
  for (double& y : moved.y) y = 1e3 * y;        // seconds to milliseconds
  const LinearFit other = fit_line(moved.x, moved.y);
  EXPECT_NEAR(other.slope / fit.slope, 1, 1e-12);
  EXPECT_NEAR(other.slope_standard_error / fit.slope_standard_error, 1, 1e-11);
  EXPECT_NEAR(other.r_squared.value(), fit.r_squared.value(), 1e-12);
  EXPECT_NEAR(other.mape_percent.value(), fit.mape_percent.value(), 1e-10);
  EXPECT_NEAR(other.rmse / (1e3 * fit.rmse), 1, 1e-11);
  EXPECT_NEAR(other.intercept / (1e3 * fit.intercept - fit.slope * 7e6), 1, 1e-9);
}

TEST(Regression, PowersOfTwoScaleBitForBit) {
  const Data data = noisy_line(3, 50);
  Data scaled = data;
  for (double& x : scaled.x) x *= 0x1p40;
  for (double& y : scaled.y) y *= 0x1p-20;
  const LinearFit fit = fit_line(data.x, data.y);
  const LinearFit other = fit_line(scaled.x, scaled.y);
  EXPECT_EQ(other.slope, fit.slope * 0x1p-60);
  EXPECT_EQ(other.intercept, fit.intercept * 0x1p-20);
  EXPECT_EQ(other.slope_standard_error, fit.slope_standard_error * 0x1p-60);
  EXPECT_EQ(other.r_squared, fit.r_squared);
}

TEST(Regression, OrderOfThePairsDoesNotMatter) {
  Data data = noisy_line(4, 500);
  const LinearFit fit = fit_line(data.x, data.y);
  std::reverse(data.x.begin(), data.x.end());
  std::reverse(data.y.begin(), data.y.end());
  const LinearFit reversed = fit_line(data.x, data.y);
  EXPECT_EQ(reversed.slope, fit.slope);
  EXPECT_EQ(reversed.intercept, fit.intercept);
  EXPECT_EQ(reversed.rmse, fit.rmse);
}

TEST(Regression, WhatIsNotDefinedIsUnknown) {
  const std::vector<double> x = {1, 2, 3, 4};
  const LinearFit flat = fit_line(x, std::vector<double>{0.3, 0.3, 0.3, 0.3});
  EXPECT_EQ(flat.slope, 0);
  EXPECT_EQ(flat.r_squared, std::nullopt);
  EXPECT_EQ(flat.mape_percent, 0.0);
  const LinearFit negative = fit_line(x, std::vector<double>{-1, 0, 1, 3});
  EXPECT_EQ(negative.mape_percent, std::nullopt);
  EXPECT_TRUE(negative.r_squared.has_value());
}

TEST(Regression, HigherConfidenceIsWider) {
  const Data data = noisy_line(5, 30);
  const LinearFit narrow = fit_line(data.x, data.y);
  const LinearFit wide = fit_line(data.x, data.y, {.confidence = 0.99});
  EXPECT_EQ(wide.slope, narrow.slope);
  EXPECT_GT(wide.slope_interval.width(), narrow.slope_interval.width());
  EXPECT_EQ(wide.confidence, 0.99);
}

std::string refusal(const std::vector<double>& x, const std::vector<double>& y,
                    const FitOptions& options = {}) {
  return message_of([&] { (void)fit_line(x, y, options); });
}

TEST(Regression, RefusesWhatHasNoLineAndSaysWhatToDo) {
  EXPECT_THAT(refusal({1, 2}, {1, 2}),
              HasSubstr("2 pairs; a line and its errors need at least 3: measure more"));
  EXPECT_THAT(refusal({}, {}), HasSubstr("0 pairs"));
  EXPECT_THAT(refusal({1, 2, 3}, {1, 2}), HasSubstr("3 values of x and 2 of y"));
  EXPECT_THAT(refusal({5, 5, 5}, {1, 2, 3}),
              HasSubstr("every x is 5; measure networks that differ"));
  EXPECT_THAT(refusal({1, 2, std::nan("")}, {1, 2, 3}),
              HasSubstr("x value 3 of 3 is nan; leave out"));
  EXPECT_THAT(refusal({1, 2, 3}, {1, infinity, 3}), HasSubstr("y value 2 of 3 is inf"));
  EXPECT_THAT(refusal({1e200, 2e200, 3e200}, {1, 2, 3}), HasSubstr("use other units"));
  EXPECT_THAT(refusal({1, 2, 3}, {1e200, 2e200, -3e200}), HasSubstr("use other units"));
  EXPECT_THAT(refusal({1e-200, 2e-200, 3e-200}, {1, 2, 3}), HasSubstr("use other units"));
  EXPECT_THAT(refusal({1, 2, 3}, {1, 2, 3}, {.confidence = 95}),
              HasSubstr("a confidence of 95; give a share"));
}

TEST(RegressionFuzz, AnyFiniteDataGiveFiniteFiguresOrARefusal) {
  int fitted = 0;
  for (std::uint64_t sample = 0; sample < 3000; ++sample) {
    RandomStream random(6, sample);
    std::vector<double> x, y;
    const std::uint32_t n = 3 + random.below(6);
    const int range = 1 + static_cast<int>(random.below(1000));
    const auto value = [&] {
      const int exponent =
          static_cast<int>(random.below(static_cast<std::uint32_t>(range))) - range / 2;
      return random.below(8) == 0 ? 0.0 : std::ldexp(uniform(random) - 0.5, exponent);
    };
    for (std::uint32_t i = 0; i < n; ++i) {
      x.push_back(value());
      y.push_back(value());
    }
    refusal_of([&] {
      const LinearFit fit = fit_line(x, y);
      ++fitted;
      for (const double figure :
           {fit.slope, fit.intercept, fit.slope_standard_error, fit.intercept_standard_error,
            fit.rmse, fit.residual_standard_deviation, fit.r_squared.value_or(0)}) {
        ASSERT_TRUE(std::isfinite(figure)) << "sample " << sample;
      }
      ASSERT_LE(fit.slope_interval.low, fit.slope_interval.high);
      ASSERT_GE(fit.r_squared.value_or(0), 0);
    });
  }
  EXPECT_GT(fitted, 1000);
}

}  // namespace
}  // namespace opline::analysis
