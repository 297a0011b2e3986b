// The margin by predicted latency: it keeps what it promises at every budget, and says how well it
// is known.
#include "analysis/validation/latency_margin.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "src/base/error.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using namespace testing_data;

struct Predicted {
  std::vector<double> predicted, measured;
};

/// The true line as the prediction.
Predicted predicted_series(Noise noise, std::size_t n, std::uint64_t campaign) {
  const Series series = draw_series(noise, n, 11, campaign);
  Predicted result{{}, series.seconds};
  for (const double ops : series.ops) result.predicted.push_back(kIntercept + kSlope * ops);
  return result;
}

TEST(Spread, FindsConstantAndProportionalErrors) {
  const auto spread_of = [](Noise noise) {
    const Predicted data = predicted_series(noise, 5000, 1);
    std::vector<double> residuals;
    for (std::size_t i = 0; i < data.predicted.size(); ++i)
      residuals.push_back(data.measured[i] - data.predicted[i]);
    return fit_spread(data.predicted, residuals);
  };
  const double mean_of_normal = std::sqrt(2 / std::numbers::pi);
  const Spread constant = spread_of(Noise::constant);
  EXPECT_NEAR(constant.absolute, 5e-3 * mean_of_normal, 3e-4);
  EXPECT_NEAR(constant.relative, 0, 2e-3);
  const Spread proportional = spread_of(Noise::multiplicative);
  EXPECT_NEAR(proportional.relative, 0.03 * mean_of_normal, 1.5e-3);
  EXPECT_NEAR(proportional.absolute, 0, 1e-4);
}

TEST(Spread, AFewRowsFarOffDoNotSetIt) {
  Predicted data = predicted_series(Noise::multiplicative, 300, 2);
  std::vector<double> residuals;
  for (std::size_t i = 0; i < 300; ++i) residuals.push_back(data.measured[i] - data.predicted[i]);
  const Spread clean = fit_spread(data.predicted, residuals);
  for (std::size_t i = 0; i < 300; i += 30) residuals[i] = 1000 * data.predicted[i];
  const Spread soiled = fit_spread(data.predicted, residuals);
  EXPECT_LT(soiled.at(0.1), 1.6 * clean.at(0.1));
}

/// Share of fresh networks above their bound.
double exceeded(const LatencyMargin& margin, const Predicted& fresh, double low, double high) {
  double cases = 0;
  double of = 0;
  for (std::size_t i = 0; i < fresh.predicted.size(); ++i) {
    if (fresh.predicted[i] < low || fresh.predicted[i] >= high) continue;
    ++of;
    cases += fresh.measured[i] > margin.bound(fresh.predicted[i]) ? 1 : 0;
  }
  return cases / of;
}

// One share for all left 4.2 % of the fast networks above it where the error is a constant time.
TEST(LatencyMargin, HoldsForFastAndSlowNetworks) {
  for (const Noise noise : {Noise::constant, Noise::multiplicative}) {
    const Predicted seen = predicted_series(noise, 2000, 3);
    const Predicted fresh = predicted_series(noise, 200000, 4);
    const auto margin = latency_margin(seen.predicted, seen.measured);
    ASSERT_TRUE(margin);
    EXPECT_LT(exceeded(*margin, fresh, 0, 0.05), 0.015);
    EXPECT_LT(exceeded(*margin, fresh, 0.3, 1), 0.015);
    EXPECT_GT(exceeded(*margin, fresh, 0, 1), 0.005);
    const double budget = 0.06;
    const double largest = margin->largest_prediction(budget);
    EXPECT_NEAR(margin->bound(largest), budget, 1e-12);
    EXPECT_NEAR(margin->at(largest), budget / largest - 1, 1e-12);
  }
}

// Order statistics: with 700 rows of r uniform on (0, 1) the interval of the 99 % quantile holds
// 0.99 in 95 % of the campaigns or more.
TEST(LatencyMargin, IntervalHoldsTheQuantile) {
  for (const std::size_t n : {60, 150, 700}) {
    int inside = 0;
    constexpr int kCampaigns = 400;
    for (int campaign = 0; campaign < kCampaigns; ++campaign) {
      const Predicted data = predicted_series(Noise::multiplicative, n, 1000 + campaign);
      const auto margin = latency_margin(data.predicted, data.measured);
      EXPECT_EQ(margin->extrapolated, n < 368);
      const double truth = 0.03 * 2.3263;  // the 99 % quantile of the population
      inside += margin->margin.interval->low <= truth && truth <= margin->margin.interval->high;
    }
    EXPECT_GE(inside, 0.93 * kCampaigns) << n;  // three standard errors below 95 %
  }
}

TEST(LatencyMargin, NamesTheRowsThatSetIt) {
  Predicted data = predicted_series(Noise::multiplicative, 150, 5);
  data.measured[77] = 1.4 * data.predicted[77];
  const auto margin = latency_margin(data.predicted, data.measured);
  EXPECT_EQ(margin->deciding, std::vector<std::size_t>{77});
  EXPECT_GT(margin->margin.value, 0.35);
  EXPECT_LT(margin->margin.interval->low, 0.1);  // without the row it would be another margin
}

TEST(LatencyMargin, FewNetworksSupportLess) {
  const Predicted few = predicted_series(Noise::multiplicative, 40, 6);
  EXPECT_NEAR(latency_margin(few.predicted, few.measured)->exceeded, 1.0 / 41, 1e-15);
  const Predicted enough = predicted_series(Noise::multiplicative, 99, 6);
  EXPECT_EQ(latency_margin(enough.predicted, enough.measured)->exceeded, 0.01);
}

TEST(LatencyMargin, OfAWholeEnumerationIsItsOwnQuantileWithoutInterval) {
  const std::vector<double> predicted(100, 1.0);
  std::vector<double> measured;
  for (int i = 1; i <= 100; ++i) measured.push_back(1 + 0.001 * i);
  const auto margin = latency_margin(predicted, measured, 0.01, true);
  EXPECT_NEAR(margin->margin.value, 0.099, 1e-12);
  EXPECT_FALSE(margin->margin.interval);
}

TEST(LatencyMargin, ExactPredictionsNeedNone) {
  const std::vector<double> values{1, 2, 3, 4};
  const auto margin = latency_margin(values, values);
  EXPECT_NEAR(margin->bound(2), 2, 1e-9);
}

TEST(LatencyMargin, PredictionsBelowZero) {
  const std::vector<double> mostly{-1, 1, 2, 3};
  const std::vector<double> measured{1, 1.1, 2.1, 3.2};
  const auto margin = latency_margin(mostly, measured);
  ASSERT_TRUE(margin);
  EXPECT_GE(margin->bound(-1), 0.99);  // the row is among those that the bound was set for
  EXPECT_FALSE(latency_margin(std::vector<double>{-1, -2, -3, 1}, measured));
  EXPECT_THROW(static_cast<void>(latency_margin(mostly, std::vector<double>{1, 2, 3, 0})), Error);
}

}  // namespace
}  // namespace opline::analysis
