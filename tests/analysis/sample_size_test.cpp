// Learning curves and sizes of the next campaign, on data whose truth is planted.
#include "analysis/validation/sample_size.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "analysis/regression/regression.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::normal;
using testing_data::uniform;

struct Data {
  std::vector<double> x, y;
};

/// y = 10 + 3 x + 4 e, e standard normal, x uniform in [10, 20].
Data planted(std::size_t n, std::uint64_t index) {
  RandomStream random(99, index);
  Data data;
  for (std::size_t i = 0; i < n; ++i) {
    data.x.push_back(uniform(random, 10, 20));
    data.y.push_back(10 + 3 * data.x.back() + 4 * normal(random));
  }
  return data;
}

double mean_half_width(std::size_t n, std::uint64_t first) {
  double sum = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Data data = planted(n, first + i);
    sum += fit_line(data.x, data.y, {0.95, CovarianceKind::classical}).slope_interval.width() / 2;
  }
  return sum / 200;
}

TEST(SampleSize, TheNumberOfRowsGivesThePrecision) {
  const double at_60 = mean_half_width(60, 0);
  for (const double target : {at_60 / 2, at_60 / 4}) {
    const std::size_t rows = rows_for_precision(60, at_60, target).value();
    EXPECT_EQ(rows, static_cast<std::size_t>(60 * std::pow(at_60 / target, 2)));
    // A mean of 200 half-widths, each with a relative spread of about 1 / sqrt(rows), and t, 2 %
    // lower than at 60 rows.
    EXPECT_NEAR(mean_half_width(rows, 1000) / target, 0.98, 0.03);
  }
  EXPECT_EQ(rows_for_precision(100, 0, 1), 3U);
  EXPECT_EQ(rows_for_precision(100, 1, 1), 100U);
  EXPECT_EQ(rows_for_precision(100, 1, 2), 25U);
  EXPECT_FALSE(rows_for_precision(100, 1, 1e-9));
}

TEST(SampleSize, TheNumberOfRowsDecides) {
  EXPECT_EQ(rows_to_decide(100, 8, {6, 12}, 7), 401U);  // the lower side must become less than half
  EXPECT_EQ(rows_to_decide(100, 8, {6, 12}, 10), 401U);  // the upper side as well
  EXPECT_EQ(rows_to_decide(100, 8, {6, 12}, 4),
            26U);  // decided already, with a quarter of the rows
  EXPECT_FALSE(rows_to_decide(100, 8, {6, 12}, 8));
  EXPECT_FALSE(rows_to_decide(100, 8, {6, 12}, 8 + 1e-12));
  EXPECT_EQ(rows_to_decide(100, 8, {8, 8}, 7), 3U);
  // In an interval of exactly 1 / sqrt(n) on either side, one row fewer still holds the threshold.
  const std::size_t rows = rows_to_decide(50, 1, {0.7, 1.2}, 0.83).value();
  const auto low = [](std::size_t n) { return 1 - 0.3 * std::sqrt(50 / static_cast<double>(n)); };
  EXPECT_GT(low(rows), 0.83);
  EXPECT_LE(low(rows - 1), 0.83);
}

TEST(SampleSize, LearningCurveTendsToThePlantedError) {
  const Data data = planted(600, 7);
  LearningOptions options;
  options.sizes = {5, 20, 300};
  const std::vector<LearningPoint> curve = learning_curve(data.x, data.y, options);
  ASSERT_EQ(curve.size(), 3U);
  // Errors of the true line: the mean of 4 |e| / y, E|e| = sqrt(2 / pi).
  double truth = 0;
  for (std::size_t i = 0; i < 600; ++i)
    truth += 100 * 4 * std::sqrt(2 / std::numbers::pi) / (10 + 3 * data.x[i]) / 600;
  EXPECT_NEAR(curve[2].mape_percent, truth, 0.05 * truth);
  EXPECT_GT(curve[0].mape_percent, 1.15 * curve[2].mape_percent);
  EXPECT_GT(curve[0].mape_range.width(), curve[1].mape_range.width());
  EXPECT_LT(curve[2].mape_range.low, curve[2].mape_percent);
  EXPECT_GT(curve[2].mape_range.high, curve[2].mape_percent);
  EXPECT_EQ(curve[1].repeats, 100U);
  // The half-width in percent of 3: t 4 / (sqrt(300) sqrt(100 / 12)), t = 1.968.
  EXPECT_NEAR(curve[2].slope_half_width_percent.value(),
              100 * 1.968 * 4 / std::sqrt(300 * 100 / 12.0) / 3, 0.4);
}

TEST(SampleSize, LearningCurveDependsOnTheSeedAlone) {
  const Data data = planted(60, 3);
  LearningOptions options;
  options.repeats = 20;
  const std::vector<LearningPoint> one = learning_curve(data.x, data.y, options);
  options.threads = 3;
  const std::vector<LearningPoint> three = learning_curve(data.x, data.y, options);
  options.sizes = {20};
  const std::vector<LearningPoint> alone = learning_curve(data.x, data.y, options);
  options.seed = 2;
  const std::vector<LearningPoint> other = learning_curve(data.x, data.y, options);
  ASSERT_EQ(one.size(), 5U);  // 10 14 20 28 40, and not 57
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].mape_percent, three[i].mape_percent);
    EXPECT_EQ(one[i].mape_range.high, three[i].mape_range.high);
  }
  EXPECT_EQ(one[2].rows, 20U);
  EXPECT_EQ(alone.at(0).mape_percent, one[2].mape_percent);
  EXPECT_NE(other.at(0).mape_percent, one[2].mape_percent);
}

TEST(SampleSize, DrawsWithoutALineAreLeftOut) {
  std::vector<double> x(30, 5.0), y(30, 2.0);
  x[0] = 6;
  LearningOptions options;
  options.sizes = {3};
  const std::vector<LearningPoint> curve = learning_curve(x, y, options);
  ASSERT_EQ(curve.size(), 1U);
  EXPECT_GT(curve[0].repeats, 0U);  // three of thirty rows hold row 0 in a tenth of the draws
  EXPECT_LT(curve[0].repeats, 40U);
  EXPECT_EQ(curve[0].mape_percent, 0);
  EXPECT_FALSE(curve[0].slope_half_width_percent);  // a slope of 0
  x[0] = 5;
  EXPECT_TRUE(learning_curve(x, y, options).empty());
}

TEST(SampleSize, BadInputIsRefused) {
  const Data data = planted(20, 0);
  const auto curve = [&](const LearningOptions& options) {
    return message_of([&] { return learning_curve(data.x, data.y, options); });
  };
  EXPECT_THAT(curve({.sizes = {2}}), HasSubstr("a size of 2"));
  EXPECT_THAT(curve({.sizes = {20}}), HasSubstr("give 3 to 19"));
  EXPECT_THAT(curve({.sizes = {5}, .repeats = 0}), HasSubstr("0 repeats"));
  EXPECT_THAT(message_of([] {
                return learning_curve(std::vector<double>{1, 2}, std::vector<double>{1, 2});
              }),
              HasSubstr("2 networks"));
  EXPECT_THAT(message_of([] {
                return learning_curve(std::vector<double>{1, 2}, std::vector<double>{1, 0});
              }),
              HasSubstr("above 0"));
  EXPECT_THAT(message_of([] { return rows_for_precision(10, 1, 0); }), HasSubstr("to become 0"));
  EXPECT_THAT(message_of([] {
                return rows_to_decide(10, 3, {1, 2}, 0);
              }),
              HasSubstr("estimate of 3"));
}

}  // namespace
}  // namespace opline::analysis
