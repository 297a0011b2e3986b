#include "analysis/regression/outliers.h"

#include <gtest/gtest.h>

#include <vector>

#include "analysis/regression/tails.h"
#include "src/base/error.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using namespace testing_data;

TEST(Outliers, OneRowIsFoundAndNamed) {
  Series series = draw_series(Noise::multiplicative, 150, 21, 0);
  series.seconds[42] *= 1.4;
  const auto found = find_outliers(series.ops, series.seconds);
  ASSERT_TRUE(found);
  ASSERT_EQ(found->outliers.size(), 1U);
  EXPECT_EQ(found->outliers[0].row, 42U);
  EXPECT_NEAR(*found->outliers[0].factor, 1.4, 0.1);
  EXPECT_FALSE(found->outliers[0].unit_power);
}

TEST(Outliers, AUnitSlipInEitherColumnIsRecognised) {
  Series in_latency = draw_series(Noise::multiplicative, 100, 21, 1);
  in_latency.seconds[7] *= 1000;
  const auto slow = find_outliers(in_latency.ops, in_latency.seconds);
  ASSERT_EQ(slow->outliers.size(), 1U);
  EXPECT_EQ(slow->outliers[0].row, 7U);
  EXPECT_EQ(slow->outliers[0].unit_power, 3);
  Series in_ops = draw_series(Noise::constant, 100, 21, 2);
  in_ops.ops[9] *= 1000;
  const auto fast = find_outliers(in_ops.ops, in_ops.seconds);
  ASSERT_EQ(fast->outliers.size(), 1U);
  EXPECT_EQ(fast->outliers[0].row, 9U);
  EXPECT_EQ(fast->outliers[0].unit_power, -3);
}

TEST(Outliers, FourPercentDoNotHideEachOther) {
  Series series = draw_series(Noise::multiplicative, 300, 21, 3);
  for (std::size_t row = 10; row < 300; row += 25) series.seconds[row] *= 2;
  const auto found = find_outliers(series.ops, series.seconds);
  EXPECT_EQ(found->outliers.size(), 12U);
  for (const Outlier& one : found->outliers) EXPECT_EQ(one.row % 25, 10U);
}

TEST(Outliers, ASecondPopulationIsNotOutliers) {
  Series series = draw_series(Noise::multiplicative, 300, 21, 4);
  for (std::size_t row = 0; row < 300; row += 5) series.seconds[row] *= 2;
  const auto found = find_outliers(series.ops, series.seconds);
  EXPECT_TRUE(found->too_many);
  EXPECT_GT(found->far_rows, 30U);  // so many widen the spread that not all of them are beyond it
  EXPECT_TRUE(found->outliers.empty());
}

TEST(Outliers, AMixtureOfUnitsIsFoundAndTwoPopulationsAreNone) {
  Series series = draw_series(Noise::multiplicative, 300, 21, 5);
  EXPECT_FALSE(find_unit_mixture(series.ops, series.seconds));
  Series twice = series;
  for (std::size_t row = 0; row < 300; row += 2) twice.seconds[row] *= 30;
  EXPECT_FALSE(find_unit_mixture(twice.ops, twice.seconds));
  for (std::size_t row = 0; row < 300; row += 2) series.seconds[row] *= 1e6;
  const auto found = find_unit_mixture(series.ops, series.seconds);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->power, 6);
  ASSERT_EQ(found->rows.size(), 150U);
  EXPECT_EQ(found->rows[1], 2U);
}

TEST(Outliers, NormalErrorsHaveNone) {
  std::size_t far = 0;
  for (std::uint64_t campaign = 0; campaign < 200; ++campaign) {
    for (const Noise noise : {Noise::constant, Noise::multiplicative}) {
      const Series series = draw_series(noise, 150, 22, campaign);
      far += find_outliers(series.ops, series.seconds)->far_rows;
    }
  }
  EXPECT_LE(far, 1U);
}

TEST(Outliers, FewRowsOrOneOpCountGiveNothing) {
  const std::vector<double> few{1, 2, 3};
  EXPECT_FALSE(find_outliers(few, few));
  const std::vector<double> same(10, 5.0);
  EXPECT_FALSE(find_outliers(same, same));
  EXPECT_THROW(static_cast<void>(find_outliers(few, few, {.deviations = 0})), Error);
}

// scipy 1.10.1: kurtosis(fisher=False) and kurtosistest(alternative='greater').
TEST(Tails, AgreesWithScipy) {
  std::vector<double> values;
  for (int i = 0; i < 19; ++i) values.push_back(i);
  values.push_back(100);
  const auto found = tail_weight(values);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->kurtosis, 15.72426951760584, 1e-9);
  EXPECT_NEAR(found->z, 4.483967060055723, 1e-9);
  EXPECT_NEAR(found->p / 3.6633988733349926e-06, 1, 1e-9);
  EXPECT_TRUE(found->heavy);
}

double heavy_share(Noise noise, std::size_t n) {
  int heavy = 0;
  constexpr int kCampaigns = 300;
  for (std::uint64_t campaign = 0; campaign < kCampaigns; ++campaign) {
    RandomStream random(23, campaign);
    std::vector<double> errors;
    for (std::size_t i = 0; i < n; ++i)
      errors.push_back(noise == Noise::heavy ? t3(random) : normal(random));
    heavy += tail_weight(errors)->heavy ? 1 : 0;
  }
  return static_cast<double>(heavy) / kCampaigns;
}

TEST(Tails, HeavyOnesAreFoundAndNormalOnesAreNot) {
  EXPECT_GT(heavy_share(Noise::heavy, 150), 0.8);
  EXPECT_GT(heavy_share(Noise::heavy, 700), 0.98);
  EXPECT_LT(heavy_share(Noise::constant, 30), 0.04);
  EXPECT_LT(heavy_share(Noise::constant, 150), 0.02);
  EXPECT_EQ(heavy_share(Noise::constant, 700), 0);
}

}  // namespace
}  // namespace opline::analysis
