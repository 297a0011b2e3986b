// Intervals and verdicts of given predictions, on planted ones.
#include "analysis/validation/prediction_validation.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "analysis/verdict/prediction_verdict.h"
#include "src/base/error.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using namespace testing_data;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

struct Predicted {
  std::vector<double> predicted, measured;
};

/// The true line as the prediction, times `bias`.
Predicted predicted_series(Noise noise, std::size_t n, std::uint64_t campaign, double bias = 1) {
  const Series series = draw_series(noise, n, 23, campaign);
  Predicted result{{}, series.seconds};
  for (const double ops : series.ops)
    result.predicted.push_back(bias * (kIntercept + kSlope * ops));
  return result;
}

double covered(const PredictionInterval& interval, const Predicted& fresh) {
  double inside = 0;
  for (std::size_t i = 0; i < fresh.measured.size(); ++i)
    inside += interval.at(fresh.predicted[i]).contains(fresh.measured[i]) ? 1 : 0;
  return inside / static_cast<double>(fresh.measured.size());
}

// The chance over calibration sets is at least 95 %: (n + 1) ranks, two of them outside.
TEST(PredictionInterval, CoversFreshNetworksWhateverTheNoise) {
  for (const Noise noise : {Noise::constant, Noise::multiplicative, Noise::heavy}) {
    double mean = 0;
    constexpr int kSets = 200;
    const Predicted fresh = predicted_series(noise, 2000, 10000);
    for (std::uint64_t set = 0; set < kSets; ++set) {
      const Predicted seen = predicted_series(noise, 150, set);
      mean += covered(*prediction_interval(seen.predicted, seen.measured), fresh) / kSets;
    }
    EXPECT_GT(mean, 0.945) << static_cast<int>(noise);
    EXPECT_LT(mean, 0.975) << static_cast<int>(noise);
  }
}

TEST(PredictionInterval, MovesWithABiasedModel) {
  const Predicted seen = predicted_series(Noise::multiplicative, 1000, 1, 0.5);
  const Interval found = prediction_interval(seen.predicted, seen.measured)->at(0.1);
  EXPECT_GT(found.low, 0.1);
  EXPECT_NEAR((found.low + found.high) / 2, 0.2, 0.01);
}

TEST(PredictionInterval, FewNetworksSupportLess) {
  const Predicted seen = predicted_series(Noise::multiplicative, 9, 1);
  EXPECT_DOUBLE_EQ(prediction_interval(seen.predicted, seen.measured)->confidence, 0.8);
  const std::vector<double> one = {1.0};
  EXPECT_EQ(prediction_interval(one, one), std::nullopt);
  const Predicted enough = predicted_series(Noise::multiplicative, 79, 1);
  EXPECT_DOUBLE_EQ(prediction_interval(enough.predicted, enough.measured)->confidence, 0.95);
}

TEST(PredictionInterval, OfAWholeSpaceHoldsAllButItsTails) {
  const Predicted all = predicted_series(Noise::constant, 1000, 3);
  const auto interval = prediction_interval(all.predicted, all.measured, 0.95, true);
  EXPECT_NEAR(covered(*interval, all), 0.95, 0.0015);
}

TEST(PredictionInterval, RefusesWhatIsNoConfidence) {
  const std::vector<double> some = {1.0, 2.0};
  EXPECT_THROW((void)prediction_interval(some, some, 1.0), Error);
}

TEST(PredictionVerdict, GoodPredictionsAreValid) {
  const Predicted seen = predicted_series(Noise::multiplicative, 400, 1);
  const PredictionValidation validation = *validate_predictions(seen.predicted, seen.measured);
  const PredictionVerdict verdict = judge_predictions(validation);
  EXPECT_EQ(verdict.ruling, Ruling::valid) << testing::PrintToString(verdict.reasons);
  EXPECT_THAT(verdict.reasons, IsEmpty());
  EXPECT_TRUE(validation.mape_percent.interval->contains(validation.mape_percent.value));
  EXPECT_NEAR(validation.mape_percent.value, 100 * 0.03 * std::sqrt(2 / std::numbers::pi), 0.3);
}

TEST(PredictionVerdict, ABiasIsNotForgiven) {
  const Predicted seen = predicted_series(Noise::multiplicative, 400, 1, 0.6);
  const PredictionVerdict verdict =
      judge_predictions(*validate_predictions(seen.predicted, seen.measured));
  EXPECT_EQ(verdict.ruling, Ruling::not_valid);
  EXPECT_THAT(verdict.reasons, Contains(HasSubstr("cross-validated MAPE")));
  EXPECT_THAT(verdict.reasons, Contains(HasSubstr("margin is")));
}

TEST(PredictionVerdict, OrderAndNumberAreAskedFor) {
  Predicted seen = predicted_series(Noise::multiplicative, 20, 1);
  EXPECT_EQ(judge_predictions(*validate_predictions(seen.predicted, seen.measured)).ruling,
            Ruling::not_valid);
  seen = predicted_series(Noise::multiplicative, 400, 1);
  std::reverse(seen.predicted.begin(), seen.predicted.end());
  EXPECT_THAT(judge_predictions(*validate_predictions(seen.predicted, seen.measured)).reasons,
              Contains(HasSubstr("tau-b")));
}

TEST(PredictionVerdict, TooFewForTheMarginNeedOne) {
  const Predicted seen = predicted_series(Noise::multiplicative, 60, 1);
  EXPECT_EQ(judge_predictions(*validate_predictions(seen.predicted, seen.measured)).ruling,
            Ruling::valid_with_margin);
}

}  // namespace
}  // namespace opline::analysis
