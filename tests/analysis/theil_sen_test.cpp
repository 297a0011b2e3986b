// The Theil-Sen line: scipy's figures, every slope listed, ties, and points that are far off.
#include "analysis/regression/theil_sen.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/regression/pairwise_slopes.h"
#include "analysis/regression/regression.h"
#include "tests/analysis/golden_sets.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::uniform;

TEST(TheilSen, AgreesWithScipy) {
  std::map<std::string, Figures> found;
  for (const auto& [name, set] : golden_sets()) {
    for (const double confidence : {0.9, 0.95}) {
      const TheilSenFit fit = fit_theil_sen(set.x1, set.y, confidence);
      found[name][fmt::format("slope{}", confidence)] = {fit.slope};
      found[name][fmt::format("intercept{}", confidence)] = {fit.intercept};
      found[name][fmt::format("low{}", confidence)] = {fit.slope_interval.value().low};
      found[name][fmt::format("high{}", confidence)] = {fit.slope_interval.value().high};
    }
  }
  EXPECT_EQ(expect_digits("theil_sen.csv", found, 14), 48U);
}

struct Points {
  std::vector<double> x, y;
};

/// `levels` different values of x and y; 0: all different.
Points random_points(std::size_t n, std::uint32_t levels, std::uint64_t seed) {
  RandomStream random(seed, n);
  const auto draw = [&] {
    return levels > 0 ? random.below(levels) / 4.0 : random.next() / 65536.0 - 30000;
  };
  Points points;
  for (std::size_t i = 0; i < n; ++i) {
    points.x.push_back(draw());
    points.y.push_back(draw() - 3 * points.x.back());
  }
  return points;
}

std::vector<double> all_slopes(const Points& points) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (points.x[i] != points.x[j])
        slopes.push_back((points.y[i] - points.y[j]) / (points.x[i] - points.x[j]));
    }
  }
  std::sort(slopes.begin(), slopes.end());
  return slopes;
}

// 700 points have 240,000 pairs, far more than are ever listed: every rank comes out of sampling
// and counting.
TEST(TheilSen, EveryRankIsTheOneOfAllSlopesListed) {
  for (const std::uint32_t levels : {0U, 2U, 5U, 40U}) {
    for (const std::size_t n : {2U, 3U, 10U, 100U, 700U}) {
      const Points points = random_points(n, levels, 11);
      const std::vector<double> listed = all_slopes(points);
      const PairwiseSlopes slopes(points.x, points.y);
      ASSERT_EQ(slopes.count(), listed.size());
      for (std::size_t step = 0; step <= 8 && !listed.empty(); ++step) {
        const std::size_t rank = (listed.size() - 1) * step / 8;
        const PairwiseSlopes::Selected selected = slopes.select(rank);
        EXPECT_DOUBLE_EQ(selected.value, listed[rank])
            << n << " points, " << levels << " levels, rank " << rank;
        EXPECT_DOUBLE_EQ(selected.next.value_or(listed[std::min(rank + 1, listed.size() - 1)]),
                         listed[std::min(rank + 1, listed.size() - 1)]);
      }
    }
  }
}

TEST(TheilSen, OneSlopeOfEveryPair) {
  Points line;
  for (int i = 0; i < 3000; ++i) {
    line.x.push_back(i % 1000);
    line.y.push_back(0.25 * line.x.back() + 8);
  }
  const TheilSenFit fit = fit_theil_sen(line.x, line.y);
  EXPECT_EQ(fit.slope, 0.25);
  EXPECT_EQ(fit.intercept, 8);
  EXPECT_EQ(fit.slope_interval.value().width(), 0);
  EXPECT_EQ(fit.relative.value().worst_percent, 0);
  std::fill(line.y.begin(), line.y.end(), 5.0);
  EXPECT_EQ(fit_theil_sen(line.x, line.y).slope, 0);
}

// A slope in thirds is not a double: pairs of it differ in their last digits, and are one slope all
// the same.
TEST(TheilSen, SlopesThatDifferByRoundingOnlyAreFound) {
  Points line;
  for (int i = 0; i < 2000; ++i) {
    line.x.push_back(3 * i + 0.1);
    line.y.push_back(i * 1e-3 + 1e5);
  }
  EXPECT_NEAR(fit_theil_sen(line.x, line.y).slope, 1e-3 / 3, 1e-12);
}

TEST(TheilSen, AQuarterOfThePointsMayLieAnywhere) {
  Points points = random_points(20000, 0, 5);
  RandomStream random(6, 0);
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    points.y[i] = 1e6 + 2 * points.x[i] + random.below(1000);
    if (i % 4 == 0) points.x[i] += 1e6;
  }
  const TheilSenFit fit = fit_theil_sen(points.x, points.y);
  // 56 % of the pairs are sound, so the median of all is at worst their 11 % or 89 % quantile: of
  // slopes of pairs about 20000 apart with errors of about 400 each.
  EXPECT_NEAR(fit.slope, 2, 0.05);
  EXPECT_GT(std::abs(fit_line(points.x, points.y).slope - 2), 1.5);
  EXPECT_TRUE(fit.slope_interval.value().contains(fit.slope));
}

TEST(TheilSen, MovesWithTheData) {
  Points points = random_points(300, 0, 8);
  const TheilSenFit before = fit_theil_sen(points.x, points.y);
  for (std::size_t i = 0; i < points.x.size(); ++i)
    points.y[i] = -2 * points.y[i] + 64 * points.x[i];
  const TheilSenFit after = fit_theil_sen(points.x, points.y);
  EXPECT_NEAR(after.slope, 64 - 2 * before.slope, 1e-11);
  EXPECT_NEAR(after.slope_interval.value().low, 64 - 2 * before.slope_interval.value().high, 1e-11);
}

// The interval covers the true slope at its rate: 400 samples of 30 points, 90 %; five standard
// deviations are 7.5 %.
TEST(TheilSen, TheIntervalCoversAtItsRate) {
  int covered = 0;
  for (std::uint64_t sample = 0; sample < 400; ++sample) {
    RandomStream random(21, sample);
    Points points;
    for (int i = 0; i < 30; ++i) {
      points.x.push_back(i);
      points.y.push_back(3 * i + 5 * std::tan(uniform(random, -1.5, 1.5)));  // heavy tails
    }
    covered += fit_theil_sen(points.x, points.y, 0.9).slope_interval.value().contains(3) ? 1 : 0;
  }
  EXPECT_GT(covered, 330);
  EXPECT_LT(covered, 390);
}

TEST(TheilSen, BadInputIsRefused) {
  const auto message = [](std::vector<double> x, std::vector<double> y, double confidence = 0.95) {
    return message_of([&] { static_cast<void>(fit_theil_sen(x, y, confidence)); });
  };
  EXPECT_THAT(message({1}, {1}), HasSubstr("1 points"));
  EXPECT_THAT(message({1, 2}, {1}), HasSubstr("2 values of x and 1 of y"));
  EXPECT_THAT(message({2, 2, 2}, {1, 2, 3}), HasSubstr("every x is 2"));
  EXPECT_THAT(message({1, 2, NAN}, {1, 2, 3}), HasSubstr("value 3 of 3"));
  EXPECT_THAT(message({1, 2}, {1, 3}, 1.0), HasSubstr("confidence"));
  EXPECT_THAT(message({0, 1e-300}, {0, 1e300}), HasSubstr("range of a double"));
  EXPECT_FALSE(fit_theil_sen(std::vector<double>{1, 2}, std::vector<double>{1, 3}).slope_interval);
}

}  // namespace
}  // namespace opline::analysis
