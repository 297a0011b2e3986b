// BCa against scipy's on stored replicates (data/make_rank_goldens.py), against the whole
// enumeration of samples, and its coverage of planted truth.
#include "analysis/resampling/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "src/base/csv.h"
#include "src/base/error.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing_data::normal;
using testing_data::uniform;

CsvTable data_file(const std::string& name) {
  return CsvTable::from_file(std::string(OPLINE_SOURCE_DIR "/tests/analysis/data/") + name);
}

std::vector<double> column(const CsvTable& table, std::size_t index) {
  std::vector<double> values;
  for (std::size_t row = 0; row < table.rows(); ++row) values.push_back(table.number(row, index));
  return values;
}

RowStatistic mean_of_rows(const std::vector<double>& values) {
  return [&values](std::span<const std::uint32_t> rows) -> std::optional<double> {
    double sum = 0;
    for (const std::uint32_t row : rows) sum += values[row];
    return sum / static_cast<double>(rows.size());
  };
}

std::vector<double> leave_one_out(std::uint32_t n, const RowStatistic& statistic) {
  std::vector<double> figures;
  for (std::uint32_t out = 0; out < n; ++out) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t row = 0; row < n; ++row) {
      if (row != out) rows.push_back(row);
    }
    figures.push_back(statistic(rows).value());
  }
  return figures;
}

TEST(Bootstrap, IntervalOfGivenReplicatesAgreesWithScipyToTenDigits) {
  const CsvTable data = data_file("bootstrap_data.csv");
  const std::vector<double> x = column(data, 0);
  const std::vector<double> y = column(data, 1);
  const CsvTable stored = data_file("bootstrap_replicates.csv");
  std::map<std::string, std::vector<double>> replicates;
  for (std::size_t row = 0; row < stored.rows(); ++row) {
    replicates[std::string(stored.text(row, 0))].push_back(stored.number(row, 1));
  }
  const std::map<std::string, RowStatistic> statistics = {{"r_squared", r_squared_of_rows(x, y)},
                                                          {"mape", mape_percent_of_rows(x, y)},
                                                          {"tau_b", kendall_tau_b_of_rows(x, y)}};
  const CsvTable goldens = data_file("bootstrap_goldens.csv");
  ASSERT_EQ(goldens.rows(), 6U);
  for (std::size_t row = 0; row < goldens.rows(); ++row) {
    const std::string name(goldens.text(row, 0));
    const auto jackknife = leave_one_out(static_cast<std::uint32_t>(x.size()), statistics.at(name));
    const auto found = bca_interval(goldens.number(row, 2), replicates.at(name), jackknife,
                                    goldens.number(row, 1));
    ASSERT_TRUE(found) << name;
    EXPECT_NEAR(found->interval.low, goldens.number(row, 3), 1e-10 * goldens.number(row, 3))
        << name;
    EXPECT_NEAR(found->interval.high, goldens.number(row, 4), 1e-10 * goldens.number(row, 4))
        << name;
    const auto own =
        bootstrap(x.size(), statistics.at(name), {.confidence = goldens.number(row, 1)});
    ASSERT_TRUE(own) << name;
    EXPECT_NEAR(own->estimate, goldens.number(row, 2), 1e-12 * goldens.number(row, 2)) << name;
  }
}

// All 5^5 samples of 5 rows: the replicates have the enumeration's distribution (every value within
// 4 binomial standard deviations of its probability).
TEST(Bootstrap, ReplicatesHaveTheDistributionOfTheWholeEnumeration) {
  const std::vector<double> values = {0, 1, 3, 9, 27};
  const RowStatistic mean = mean_of_rows(values);
  std::map<double, double> probability;
  for (std::uint32_t code = 0; code < 3125; ++code) {
    const std::vector<std::uint32_t> rows = {code % 5, code / 5 % 5, code / 25 % 5, code / 125 % 5,
                                             code / 625};
    probability[mean(rows).value()] += 1 / 3125.0;
  }
  constexpr double kReplicates = 200000;
  std::map<double, double> share;
  for (const double figure : bootstrap_replicates(5, mean, {.replicates = 200000, .seed = 5})) {
    share[figure] += 1 / kReplicates;
  }
  EXPECT_EQ(share.size(), probability.size());
  for (const auto& [figure, p] : probability) {
    EXPECT_NEAR(share[figure], p, 4 * std::sqrt(p * (1 - p) / kReplicates)) << figure;
  }
}

TEST(Bootstrap, ThreadsChangeNothingAndTheSeedDoes) {
  const std::vector<double> values = {1, 2, 4, 8, 16, 32, 64};
  const RowStatistic mean = mean_of_rows(values);
  const auto one = bootstrap_replicates(7, mean, {.replicates = 500, .seed = 9, .threads = 1});
  EXPECT_EQ(one, bootstrap_replicates(7, mean, {.replicates = 500, .seed = 9, .threads = 4}));
  EXPECT_NE(one, bootstrap_replicates(7, mean, {.replicates = 500, .seed = 10}));
  const auto longer = bootstrap_replicates(7, mean, {.replicates = 600, .seed = 9});
  EXPECT_TRUE(std::equal(one.begin(), one.end(), longer.begin()));
}

// Acceleration of a mean is skewness / (6 sqrt n): Efron 1987.
TEST(Bootstrap, AccelerationOfTheMeanIsItsSkewness) {
  std::vector<double> values(2000);
  RandomStream random(3, 0);
  for (double& value : values) value = -std::log(1 - uniform(random));
  double mean = 0, squares = 0, cubes = 0;
  for (const double value : values) mean += value / 2000;
  for (const double value : values) {
    squares += std::pow(value - mean, 2);
    cubes += std::pow(value - mean, 3);
  }
  const double expected = cubes / (6 * std::pow(squares, 1.5));
  const RowStatistic statistic = mean_of_rows(values);
  const auto single = bootstrap(2000, statistic, {.replicates = 200, .jackknife_groups = 2000});
  EXPECT_NEAR(single->acceleration, expected, 1e-10);
  const auto grouped = bootstrap(2000, statistic, {.replicates = 200, .jackknife_groups = 500});
  EXPECT_NEAR(grouped->acceleration, expected, 0.4 * expected);
}

// Truth: R^2 of the population is slope^2 var(x) / (slope^2 var(x) + sigma^2) with x and noise
// drawn again. 90 % nominal, 300 repeats at n = 40: BCa is second-order accurate, so 3 binomial
// standard deviations plus 2 points for its O(1/n).
TEST(Bootstrap, CoversThePopulationsRSquaredAndTau) {
  constexpr int kRepeats = 300;
  constexpr double kSigma = 0.5;
  const double r_squared = 1 / (1 + kSigma * kSigma);
  const double tau =
      2 / M_PI * std::asin(std::sqrt(r_squared));  // of a bivariate normal: Kendall and Gibbons
  int covered_r = 0, covered_tau = 0;
  for (std::uint64_t repeat = 0; repeat < kRepeats; ++repeat) {
    RandomStream random(77, repeat);
    std::vector<double> x, y;
    for (int i = 0; i < 40; ++i) {
      x.push_back(normal(random));
      y.push_back(x.back() + kSigma * normal(random));
    }
    const BootstrapOptions options{.confidence = 0.9, .replicates = 300, .seed = repeat};
    covered_r += bootstrap(40, r_squared_of_rows(x, y), options)->interval.contains(r_squared);
    covered_tau += bootstrap(40, kendall_tau_b_of_rows(x, y), options)->interval.contains(tau);
  }
  const double tolerance = 3 * std::sqrt(0.9 * 0.1 / kRepeats) + 0.02;
  EXPECT_NEAR(covered_r / double{kRepeats}, 0.9, tolerance);
  EXPECT_NEAR(covered_tau / double{kRepeats}, 0.9, tolerance);
  RecordProperty("covered_r_squared", covered_r);
  RecordProperty("covered_tau", covered_tau);
}

TEST(Bootstrap, TooLittleGivesNothing) {
  const std::vector<double> two = {1, 2}, flat = {3, 3, 3, 3}, rising = {1, 2, 3, 4};
  EXPECT_FALSE(bootstrap(2, mean_of_rows(two)));
  EXPECT_FALSE(bootstrap(4, r_squared_of_rows(flat, rising)));
  EXPECT_FALSE(bootstrap(4, r_squared_of_rows(rising, flat)));
  const auto same = bootstrap(4, mean_of_rows(flat));
  ASSERT_TRUE(same);
  EXPECT_EQ(same->interval.width(), 0);
  EXPECT_EQ(same->acceleration, 0);
}

// Four of six rows have the same ops: (2/3)^6 + (1/3)^6 = 9 % of the samples have no line, more
// than the 5 % allowed.
TEST(Bootstrap, ManySamplesWithoutTheFigureGiveNothing) {
  const std::vector<double> x = {1, 1, 1, 1, 2, 2}, y = {1, 1.1, 1.2, 0.9, 2, 2.1};
  EXPECT_FALSE(bootstrap(6, r_squared_of_rows(x, y)));
}

TEST(Bootstrap, RefusesOptionsOutOfRange) {
  const std::vector<double> x = {1, 2, 3, 4};
  const RowStatistic mean = mean_of_rows(x);
  EXPECT_THROW((void)bootstrap(4, mean, {.confidence = 1}), Error);
  EXPECT_THROW((void)bootstrap(4, mean, {.replicates = 10}), Error);
  EXPECT_THROW((void)bootstrap(4, mean, {.threads = 0}), Error);
  EXPECT_THROW((void)bootstrap(4, mean, {.jackknife_groups = 1}), Error);
}

}  // namespace
}  // namespace opline::analysis
