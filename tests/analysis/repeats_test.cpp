// Repeats of a measurement are not networks.
#include "analysis/validation/repeats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "analysis/verdict/verdict.h"
#include "src/base/error.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using namespace testing_data;
using testing::ElementsAre;

/// Each of `networks` networks measured `times` times with an error of 1 %; `bend` moves every
/// other network off the line by that share.
Series repeated(std::size_t networks, std::size_t times, double bend = 0) {
  Series series;
  RandomStream random(31, networks);
  for (std::size_t i = 0; i < networks; ++i) {
    const double ops = 2e6 * static_cast<double>(i + 1);
    const double line = (kIntercept + kSlope * ops) * (i % 2 == 0 ? 1 + bend : 1);
    for (std::size_t k = 0; k < times; ++k) {
      series.ops.push_back(ops);
      series.seconds.push_back(line * (1 + 0.01 * normal(random)));
    }
  }
  return series;
}

// 5 networks measured 20 times each were valid, "networks 100 met".
TEST(Repeats, FiveNetworksMeasuredTwentyTimesAreFiveNetworks) {
  const Series series = repeated(5, 20);
  const ProxyValidation as_rows =
      validate_proxy(series.ops, series.seconds, {.replicates = 200, .repeats = 2, .sets = 100});
  EXPECT_EQ(as_rows.distinct, 5U);
  EXPECT_EQ(judge(as_rows, {}).ruling, Ruling::not_valid);
  EXPECT_THAT(judge(as_rows, {}).advice,
              testing::Contains(testing::HasSubstr("100 rows are 5 different networks")));
  const RowKeys keys = keys_by_ops(series.ops);
  EXPECT_EQ(keys.source, KeySource::ops);
  const auto networks = reduce_repeats(series.ops, series.seconds, keys.network);
  ASSERT_TRUE(networks);
  EXPECT_EQ(networks->x.size(), 5U);
  EXPECT_EQ(networks->rows, 100U);
  EXPECT_EQ(networks->fewest, 20U);
  const ProxyValidation reduced =
      validate_proxy(networks->x, networks->y,
                     {.rows_are_networks = true, .replicates = 200, .repeats = 2, .sets = 100});
  EXPECT_EQ(reduced.n, 5U);
  EXPECT_NE(judge(reduced, {}).ruling, Ruling::valid);
}

TEST(Repeats, AreReducedToTheMedianWithTheirSpread) {
  const std::vector<double> x{1, 2, 1, 2, 1, 3};
  const std::vector<double> y{10, 20, 12, 24, 17, 30};
  const auto found = reduce_repeats(x, y, std::vector<std::size_t>{0, 1, 0, 1, 0, 2});
  ASSERT_TRUE(found);
  EXPECT_THAT(found->x, ElementsAre(1, 2, 3));
  EXPECT_THAT(found->y, ElementsAre(12, 22, 30));
  EXPECT_THAT(found->repeats, ElementsAre(3, 2, 1));
  EXPECT_THAT(found->first_row, ElementsAre(0, 1, 5));
  EXPECT_EQ(found->range[0].low, 10);
  EXPECT_EQ(found->range[0].high, 17);
  EXPECT_EQ(found->fewest, 1U);
  EXPECT_EQ(found->most, 3U);
}

TEST(Repeats, RowsAreThoseOfTheirNetwork) {
  const RowsByNetwork rows(std::vector<std::size_t>{0, 1, 0, 2, 1});
  EXPECT_EQ(rows.networks(), 3U);
  EXPECT_EQ(rows.rows(), 5U);
  EXPECT_THAT(rows[0], ElementsAre(0, 2));
  EXPECT_THAT(rows[1], ElementsAre(1, 4));
  EXPECT_THAT(rows[2], ElementsAre(3));
  EXPECT_EQ(RowsByNetwork({}).networks(), 0U);
  EXPECT_THROW(RowsByNetwork(std::vector<std::size_t>{0, 2, 2}), Error);
  EXPECT_THROW(RowsByNetwork(std::vector<std::size_t>{0, 7}), Error);
}

TEST(Repeats, MediansAreOfWhatIsKnown) {
  const RowsByNetwork rows(std::vector<std::size_t>{0, 1, 0, 2, 0});
  const std::vector<std::optional<double>> values{3, {}, 9, 4, {}};
  EXPECT_THAT(medians_of_known(rows, values),
              ElementsAre(testing::Optional(6.0), std::nullopt, testing::Optional(4.0)));
}

// Draper and Smith's decomposition by hand: y = 1, 3 | 4, 6 | 5, 7 at x = 1, 2, 3. Pure error: 2 +
// 2 + 2 = 6 with 3 degrees of freedom. The line is 1/3 + 2 x (means 2, 5, 6): lack of fit 2 (1/9 +
// 4/9 + 1/9) = 4/3 with 1 degree of freedom. F = 4/3 / (6/3) = 2/3.
TEST(Repeats, LackOfFitIsToldApartFromPureError) {
  const std::vector<double> x{1, 1, 2, 2, 3, 3};
  const std::vector<double> y{1, 3, 4, 6, 5, 7};
  const auto found = reduce_repeats(x, y, std::vector<std::size_t>{0, 0, 1, 1, 2, 2});
  ASSERT_TRUE(found->lack_of_fit);
  EXPECT_NEAR(found->lack_of_fit->test.statistic, 2.0 / 3, 1e-12);
  EXPECT_EQ(found->lack_of_fit->test.degrees, 1);
  EXPECT_EQ(found->lack_of_fit->test.other_degrees, 3);
  EXPECT_NEAR(found->lack_of_fit->pure_error, std::sqrt(2.0), 1e-12);
  EXPECT_NEAR(found->lack_of_fit->pure_share, 6 / (6 + 4.0 / 3), 1e-12);
}

TEST(Repeats, LackOfFitIsSignificantOnlyWhereNetworksAreOffTheLine) {
  const auto p_of = [](double bend) {
    const Series series = repeated(40, 4, bend);
    return reduce_repeats(series.ops, series.seconds, keys_by_ops(series.ops).network)
        ->lack_of_fit->test.p;
  };
  EXPECT_GT(p_of(0), 0.001);
  EXPECT_LT(p_of(0.05), 1e-6);
}

TEST(Repeats, NamesDecideWhereThereAreAny) {
  const std::vector<std::string> names{"a", "b", "a"};
  const RowKeys keys = keys_by_name(names);
  EXPECT_EQ(keys.source, KeySource::name);
  EXPECT_EQ(keys.networks, 2U);
  EXPECT_THAT(keys.network, ElementsAre(0, 1, 0));
  EXPECT_EQ(keys_by_name(std::vector<std::string>{"a", "b"}).source, KeySource::rows);
}

// Spaces have networks of the same ops; a few such pairs do not make a table one of repeats.
TEST(Repeats, AFewEqualOpsAreDifferentNetworks) {
  const std::vector<double> ops{1, 2, 3, 3, 4, 5};
  EXPECT_EQ(keys_by_ops(ops).source, KeySource::rows);
  EXPECT_EQ(keys_by_ops(ops).networks, 6U);
  Series series = draw_series(Noise::multiplicative, 60, 32, 0);
  for (std::size_t i = 0; i < 60; ++i) series.ops[i] = 1e6 * static_cast<double>(1 + i % 10);
  ProxyValidationOptions options{
      .rows_are_networks = true, .replicates = 100, .repeats = 1, .sets = 1};
  EXPECT_EQ(validate_proxy(series.ops, series.seconds, options).distinct, 60U);
  options.rows_are_networks = false;
  EXPECT_EQ(validate_proxy(series.ops, series.seconds, options).distinct, 10U);
}

/// The figures of `series`, rows of the same ops taken for repeats.
std::optional<RepeatSpread> spread_of(const Series& series) {
  const RowsByNetwork rows(keys_by_ops(series.ops).network);
  const auto repeats = reduce_repeats(series.ops, series.seconds, rows);
  return repeat_spread(*repeats, series.seconds, rows, KeySource::name);
}

// Rows 2 and 6 of three networks, line 4: standard deviation sqrt(8) of a mean of 4, factor 3. The
// medians are on the line.
TEST(Repeats, SpreadIsThatOfTheTypicalNetwork) {
  const auto spread = spread_of({{1, 1, 2, 2, 3, 3}, {2, 6, 4, 12, 6, 18}});
  ASSERT_TRUE(spread);
  EXPECT_NEAR(spread->deviation_percent, 100 * std::sqrt(8.0) / 4, 1e-9);
  EXPECT_NEAR(spread->factor, 3, 1e-12);
  EXPECT_NEAR(spread->scatter_percent, 0, 1e-9);
  EXPECT_EQ(spread->rows, 6U);
  EXPECT_EQ(spread->networks, 3U);
}

// Two boards of 13 and 5 ns/op under one name were "networks 60, R^2 0.9996, valid".
TEST(Repeats, RowsOfTwoBoardsAreNotRepeats) {
  Series series;
  RandomStream random(51, 0);
  for (int i = 1; i <= 60; ++i) {
    for (const double slope : {13e-9, 5e-9}) {
      series.ops.push_back(1e6 * i);
      series.seconds.push_back((1e-3 + slope * 1e6 * i) * (1 + 0.02 * normal(random)));
    }
  }
  const auto spread = spread_of(series);
  ASSERT_TRUE(spread);
  EXPECT_TRUE(spread->contradictory());
  EXPECT_NEAR(spread->factor, 2.5, 0.1);
}

// Errors move the medians as well: 2 and 20 repeats of 30 % are repeats, however large.
TEST(Repeats, LargeErrorsOfMeasurementAreRepeats) {
  for (const int times : {2, 20}) {
    for (std::uint64_t campaign = 0; campaign < 50; ++campaign) {
      Series series;
      RandomStream random(52, campaign);
      for (int i = 1; i <= 60; ++i) {
        for (int k = 0; k < times; ++k) {
          series.ops.push_back(1e6 * i);
          series.seconds.push_back((1e-3 + 13e-3 * i) * std::exp(0.3 * normal(random)));
        }
      }
      const auto spread = spread_of(series);
      ASSERT_TRUE(spread);
      EXPECT_TRUE(spread->wide());
      EXPECT_FALSE(spread->contradictory()) << times << " " << campaign << " p " << spread->p;
    }
  }
}

TEST(Repeats, ExactRepeatsAreNotWide) {
  const auto spread = spread_of(repeated(40, 4));
  ASSERT_TRUE(spread);
  EXPECT_FALSE(spread->wide());
  EXPECT_FALSE(spread_of({{1, 2, 3, 4}, {1, 2, 3, 4}}));
}

TEST(Repeats, OneNetworkHasOneNumberOfOps) {
  const std::vector<double> x{1, 2};
  const auto found = reduce_repeats(x, x, std::vector<std::size_t>{0, 0});
  EXPECT_FALSE(found);
  EXPECT_THAT(found.reason(), testing::HasSubstr("rows 1 and 2"));
  EXPECT_THROW(static_cast<void>(reduce_repeats(x, x, std::vector<std::size_t>{0, 5})), Error);
  EXPECT_THROW(static_cast<void>(reduce_repeats(x, x, std::vector<std::size_t>{0})), Error);
}

}  // namespace
}  // namespace opline::analysis
