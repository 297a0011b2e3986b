// Cross-validation, extrapolation and transfer: by hand, against other routes to the same figure,
// and on planted truth.
#include "analysis/validation/validation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing_data::normal;
using testing_data::uniform;

struct Data {
  std::vector<double> x, y;
};

/// Latency of networks between 1 and 60 Mops; `bend` is the share of latency added per 60 Mops.
Data latencies(std::uint64_t seed, int n, double slope, double noise, double bend) {
  RandomStream random(seed, 0);
  Data data;
  for (int i = 0; i < n; ++i) {
    const double ops = uniform(random, 1e6, 60e6);
    data.x.push_back(ops);
    data.y.push_back((1e-3 + slope * ops) * (1 + bend * ops / 60e6) * (1 + noise * normal(random)));
  }
  return data;
}

TEST(CrossValidation, HasFewerRepeatsOfManyRows) {
  EXPECT_EQ(bounded_repeats(1), 20U);
  EXPECT_EQ(bounded_repeats(100'000), 20U);
  EXPECT_EQ(bounded_repeats(1'000'000), 2U);
  EXPECT_EQ(bounded_repeats(9'000'000), 1U);
  EXPECT_EQ(bounded_repeats(10, 3, 20), 2U);
}

TEST(Validation, RelativeErrorsByHand) {
  const auto errors =
      relative_errors(std::vector<double>{1.1, 1.6, 4}, std::vector<double>{1, 2, 4});
  ASSERT_TRUE(errors);
  EXPECT_NEAR(errors->mape_percent, 10, 1e-12);
  EXPECT_NEAR(errors->median_percent, 10, 1e-12);
  EXPECT_NEAR(errors->q90_percent, 18, 1e-12);
  EXPECT_NEAR(errors->worst_percent, 20, 1e-12);
  EXPECT_NEAR(errors->bias_percent, -10 / 3.0, 1e-12);
  EXPECT_FALSE(relative_errors({}, {}));
}

// Leaving out one row: the error is e / (1 - leverage), without any refitting (Draper and Smith,
// chapter 8).
TEST(Validation, LeaveOneOutIsResidualOverOneMinusLeverage) {
  const Data data = latencies(1, 25, 13e-9, 0.1, 0);
  const auto held_out = held_out_predictions(data.x, data.y, 25, 7);
  ASSERT_TRUE(held_out);
  const LinearFit fit = fit_line(data.x, data.y);
  for (std::size_t i = 0; i < 25; ++i) {
    const double leverage = 1 / 25.0 + std::pow(data.x[i] - fit.x_mean, 2) / fit.sxx;
    const double error = (data.y[i] - fit.predict(data.x[i]).value) / (1 - leverage);
    EXPECT_NEAR(data.y[i] - (*held_out)[i], error, 1e-13);
  }
}

TEST(Validation, CrossValidationOfAnExactLineHasNoError) {
  const Data data = latencies(2, 40, 13e-9, 0, 0);
  const auto result = cross_validate(data.x, data.y);
  ASSERT_TRUE(result);
  EXPECT_LT(result->errors.worst_percent, 1e-10);
  EXPECT_NEAR(*result->q_squared, 1, 1e-12);
  EXPECT_EQ(result->errors.n, 800U);
  EXPECT_EQ(result->repeat_mape.size(), 20U);
}

// E|noise| of a normal is sigma sqrt(2 / pi). 2000 rows: its standard error is 1.7 %, 4 of them.
TEST(Validation, CrossValidationFindsThePlantedNoise) {
  const Data data = latencies(3, 2000, 13e-9, 0.05, 0);
  const auto result = cross_validate(data.x, data.y, {.repeats = 2});
  const double expected = 5 * std::sqrt(2 / M_PI);
  EXPECT_NEAR(result->errors.mape_percent, expected, 4 * 0.017 * expected);
  EXPECT_NEAR(result->errors.q95_percent, 1.96 * 5, 0.8);
  EXPECT_NEAR(result->errors.bias_percent, 0, 0.5);
}

// Nothing to learn: x and y independent. In-sample R^2 is above 0 by construction, the held-out one
// must not be.
TEST(Validation, HeldOutRSquaredOfNoiseIsNotAboveZero) {
  Data data;
  RandomStream random(4, 0);
  for (int i = 0; i < 30; ++i) {
    data.x.push_back(normal(random));
    data.y.push_back(100 + normal(random));
  }
  EXPECT_LT(*cross_validate(data.x, data.y)->q_squared, *fit_line(data.x, data.y).r_squared);
  EXPECT_LT(*cross_validate(data.x, data.y)->q_squared, 0.05);
}

TEST(Validation, ThreadsChangeNothingAndTheSeedDoes) {
  const Data data = latencies(5, 50, 13e-9, 0.1, 0);
  const auto one = cross_validate(data.x, data.y, {.threads = 1});
  EXPECT_EQ(one->repeat_mape, cross_validate(data.x, data.y, {.threads = 3})->repeat_mape);
  EXPECT_NE(one->repeat_mape, cross_validate(data.x, data.y, {.seed = 2})->repeat_mape);
}

TEST(Validation, ExtrapolationHoldsForALineAndFindsPlantedCurvature) {
  const Data straight = latencies(6, 400, 13e-9, 0.02, 0);
  const Extrapolations good = extrapolate(straight.x, straight.y);
  ASSERT_TRUE(good.to_large && good.to_small);
  EXPECT_EQ(good.to_large->fit.n + good.to_large->errors.n, 400U);
  EXPECT_LT(good.to_large->fit.x_max, good.x_split);
  EXPECT_GE(good.to_small->fit.x_min, good.x_split);
  EXPECT_LT(std::abs(good.to_large->errors.bias_percent), 1.5);
  EXPECT_LT(good.to_large->errors.mape_percent, 3);

  const Data bent = latencies(6, 400, 13e-9, 0.02, 0.3);
  const Extrapolations bad = extrapolate(bent.x, bent.y);
  EXPECT_LT(bad.to_large->errors.bias_percent, -4);  // it underestimates what bends upwards
  EXPECT_LT(bad.to_large->inside_intervals, 0.5);
  EXPECT_GT(*fit_line(bent.x, bent.y).r_squared, 0.98) << "R^2 alone would not have told";
}

TEST(Validation, PredictionIntervalsHoldWhereTheLineGoesOn) {
  RandomStream random(8, 0);
  Data data;
  for (int i = 0; i < 1000; ++i) {
    data.x.push_back(i);
    data.y.push_back(1000 + 2 * i + 5 * normal(random));
  }
  const Extrapolations both = extrapolate(data.x, data.y);
  EXPECT_NEAR(both.to_large->inside_intervals, 0.95, 0.04);
  EXPECT_NEAR(both.to_small->inside_intervals, 0.95, 0.04);
}

TEST(Validation, ExtrapolationKeepsEqualOpsTogether) {
  const std::vector<double> x = {1, 2, 3, 5, 5, 5, 5, 6}, y = {1, 2, 3, 5, 5, 5, 5, 6};
  const Extrapolations both = extrapolate(x, y);
  EXPECT_EQ(both.x_split, 5);
  EXPECT_EQ(both.to_large->fit.n, 3U);
  EXPECT_EQ(both.to_large->errors.n, 5U);
}

TEST(Validation, TransferFindsThePlantedScale) {
  const Data a = latencies(9, 300, 13e-9, 0.02, 0);
  Data b = latencies(10, 300, 13e-9, 0.02, 0);
  for (double& y : b.y) y *= 0.4;
  const auto result = transfer(a.x, a.y, b.x, b.y);
  ASSERT_TRUE(result && result->scaled);
  EXPECT_NEAR(result->errors.bias_percent, 150, 3);
  EXPECT_NEAR(*result->scale, 0.4, 0.004);
  EXPECT_LT(result->scaled->mape_percent, 2.5);
  EXPECT_GT(*result->kendall_tau_b, 0.9);
}

// The weighted median is the minimum: no other scale on a fine grid has a smaller MAPE.
TEST(Validation, ScaleHasTheLeastMape) {
  const Data a = latencies(11, 50, 13e-9, 0.3, 0);
  const Data b = latencies(12, 41, 20e-9, 0.3, 0);
  const auto result = transfer(a.x, a.y, b.x, b.y);
  for (int step = 1; step < 4000; ++step) {
    double mape = 0;
    for (std::size_t i = 0; i < b.x.size(); ++i) {
      mape += 100 * std::abs(step * 1e-3 * result->fit.predict(b.x[i]).value / b.y[i] - 1) / 41;
    }
    ASSERT_GE(mape, result->scaled->mape_percent - 1e-9) << step;
  }
}

TEST(Validation, PlantedOtherShapeDoesNotTransfer) {
  const Data a = latencies(13, 200, 13e-9, 0.01, 0);
  Data b = latencies(14, 200, 13e-9, 0.01, 0);
  for (double& y : b.y) y += 0.3;  // a cost that ops do not know
  const auto result = transfer(a.x, a.y, b.x, b.y);
  EXPECT_GT(result->scaled->mape_percent, 10);
  EXPECT_GT(*result->kendall_tau_b, 0.9);
}

TEST(Validation, TooLittleGivesNothing) {
  const std::vector<double> x = {1, 2, 3}, y = {1, 2, 4}, flat = {2, 2, 2}, none;
  EXPECT_FALSE(cross_validate(x, y, {.folds = 3}));  // 2 rows a fit
  EXPECT_FALSE(cross_validate(flat, y, {.folds = 2}));
  EXPECT_FALSE(cross_validate(none, none));
  EXPECT_FALSE(extrapolate(x, y).to_large);
  EXPECT_FALSE(extrapolate(none, none).to_small);
  EXPECT_FALSE(transfer(flat, y, x, y));
  EXPECT_FALSE(transfer(x, y, none, none));
}

TEST(Validation, RefusesWhatIsNotKnown) {
  const std::vector<double> good = {1, 2, 3}, zero = {1, 0, 3}, two = {1, 2};
  EXPECT_NE(message_of([&] { (void)cross_validate(good, zero); }).find("y value 2 of 3 is 0"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)cross_validate(good, good, {.folds = 1}); }).find("at least 2"),
            std::string::npos);
  EXPECT_NE(
      message_of([&] { (void)cross_validate(good, good, {.repeats = 0}); }).find("at least 1"),
      std::string::npos);
  EXPECT_NE(message_of([&] { (void)extrapolate(good, two); }).find("give one y"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)transfer(good, good, good, zero); }).find("above 0"),
            std::string::npos);
}

}  // namespace
}  // namespace opline::analysis
