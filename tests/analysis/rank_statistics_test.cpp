// Rank statistics against scipy (data/make_rank_goldens.py), the definition pair by pair, and by
// hand.
#include "analysis/numerics/rank_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "src/base/csv.h"
#include "src/base/random.h"
#include "tests/error_message.h"

namespace opline::analysis {
namespace {

struct Data {
  std::vector<double> x, y;
};

CsvTable data_file(const std::string& name) {
  return CsvTable::from_file(std::string(OPLINE_SOURCE_DIR "/tests/analysis/data/") + name);
}

TEST(RankStatistics, AgreeWithScipyToTwelveDigits) {
  const CsvTable rows = data_file("rank_data.csv");
  std::map<std::string, Data> sets;
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    Data& data = sets[std::string(rows.text(row, 0))];
    data.x.push_back(rows.number(row, 1));
    data.y.push_back(rows.number(row, 2));
  }
  const CsvTable goldens = data_file("rank_goldens.csv");
  int compared = 0;
  for (std::size_t row = 0; row < goldens.rows(); ++row) {
    const Data& data = sets.at(std::string(goldens.text(row, 0)));
    const bool tau = goldens.text(row, 1) == "tau_b";
    const auto found = tau ? kendall_tau_b(data.x, data.y) : spearman_rho(data.x, data.y);
    ASSERT_TRUE(found) << goldens.text(row, 0);
    EXPECT_NEAR(*found, goldens.number(row, 2), 1e-12 * std::abs(goldens.number(row, 2)))
        << goldens.text(row, 0) << " " << goldens.text(row, 1);
    ++compared;
  }
  EXPECT_EQ(compared, 12);
}

/// Small integers, so that every kind of tie turns up.
Data tied_data(std::uint64_t index) {
  RandomStream random(41, index);
  Data data;
  const std::uint32_t n = random.below(40);
  const std::uint32_t levels = 1 + random.below(20);
  for (std::uint32_t i = 0; i < n; ++i) {
    data.x.push_back(1 + random.below(levels));
    data.y.push_back(random.below(levels));
  }
  return data;
}

PairCounts pair_by_pair(const Data& data) {
  PairCounts counts;
  for (std::size_t i = 0; i < data.x.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double product = (data.x[i] - data.x[j]) * (data.y[i] - data.y[j]);
      const bool same_x = data.x[i] == data.x[j];
      const bool same_y = data.y[i] == data.y[j];
      counts.concordant += product > 0;
      counts.discordant += product < 0;
      counts.tied_both += same_x && same_y;
      counts.tied_x += same_x && !same_y;
      counts.tied_y += same_y && !same_x;
    }
  }
  return counts;
}

TEST(RankStatistics, CountsAreThoseOfTheDefinition) {
  for (std::uint64_t i = 0; i < 500; ++i) {
    const Data data = tied_data(i);
    const PairCounts found = count_pairs(data.x, data.y);
    const PairCounts wanted = pair_by_pair(data);
    EXPECT_EQ(found.concordant, wanted.concordant) << i;
    EXPECT_EQ(found.discordant, wanted.discordant) << i;
    EXPECT_EQ(found.tied_x, wanted.tied_x) << i;
    EXPECT_EQ(found.tied_y, wanted.tied_y) << i;
    EXPECT_EQ(found.tied_both, wanted.tied_both) << i;
  }
}

TEST(RankStatistics, MisorderBinsAreThoseOfTheDefinition) {
  const std::vector<double> edges = {0.05, 0.25, 1};
  for (std::uint64_t set = 0; set < 300; ++set) {
    const Data data = tied_data(set);
    std::vector<std::uint64_t> pairs(4), wrong(4);
    for (std::size_t i = 0; i < data.x.size(); ++i) {
      for (std::size_t j = 0; j < data.x.size(); ++j) {
        if (!(data.x[i] < data.x[j])) continue;
        const double difference = (data.x[j] - data.x[i]) / data.x[i];
        const auto bin = static_cast<std::size_t>(
            std::upper_bound(edges.begin(), edges.end(), difference) - edges.begin());
        ++pairs[bin];
        wrong[bin] += data.y[i] > data.y[j];
      }
    }
    const Misorder found = misorder(data.x, data.y, edges);
    ASSERT_EQ(found.bins.size(), 4U);
    for (std::size_t bin = 0; bin < 4; ++bin) {
      EXPECT_EQ(found.bins[bin].pairs, pairs[bin]) << set << " " << bin;
      EXPECT_EQ(found.bins[bin].misordered, wrong[bin]) << set << " " << bin;
      EXPECT_EQ(found.bins[bin].rate().has_value(), pairs[bin] > 0);
    }
    const PairCounts counts = pair_by_pair(data);
    EXPECT_EQ(found.same_x, counts.tied_x + counts.tied_both);
    EXPECT_EQ(found.all.misordered, counts.discordant);
    EXPECT_EQ(found.all.pairs + found.same_x, counts.total());
  }
}

// 3 against 4 (1/3 more) is the one pair in the wrong order.
TEST(RankStatistics, MisorderByHand) {
  const Misorder found =
      misorder(std::vector<double>{1, 4, 3}, std::vector<double>{1, 2, 3}, {0.5});
  EXPECT_EQ(found.bins[0].pairs, 1U);
  EXPECT_EQ(found.bins[0].rate(), 1.0);
  EXPECT_EQ(found.bins[1].pairs, 2U);
  EXPECT_EQ(found.bins[1].rate(), 0.0);
  EXPECT_FALSE(found.bins[1].to);
}

TEST(RankStatistics, ManyRowsStayFast) {
  std::vector<double> x(200000), y(200000);
  std::iota(x.begin(), x.end(), 1.0);
  std::iota(y.rbegin(), y.rend(), 1.0);
  EXPECT_EQ(kendall_tau_b(x, y), -1.0);
  EXPECT_EQ(count_pairs(x, y).discordant, 200000ULL * 199999 / 2);
  EXPECT_NEAR(*spearman_rho(x, y), -1.0, 1e-14);
}

TEST(RankStatistics, MidRanksShareTheirMean) {
  EXPECT_EQ(mid_ranks(std::vector<double>{5, 1, 5, 2, 5}), (std::vector<double>{4, 1, 4, 2, 4}));
}

TEST(RankStatistics, WhatHasNoOrderHasNoFigure) {
  const std::vector<double> none, one = {1}, flat = {2, 2, 2}, rising = {1, 2, 3};
  for (const auto& [x, y] : {std::pair{none, none}, {one, one}, {flat, rising}, {rising, flat}}) {
    EXPECT_FALSE(kendall_tau_b(x, y));
    EXPECT_FALSE(spearman_rho(x, y));
  }
  EXPECT_FALSE(misorder(one, one).all.rate());
  EXPECT_EQ(misorder(flat, rising).same_x, 3U);
}

TEST(RankStatistics, RefuseWhatIsNotKnown) {
  const std::vector<double> good = {1, 2, 3}, two = {1, 2}, zero = {0, 1, 2};
  const std::vector<double> unknown = {1, std::numeric_limits<double>::quiet_NaN(), 3};
  EXPECT_NE(message_of([&] { (void)kendall_tau_b(good, two); }).find("3 values of x and 2 of y"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)spearman_rho(good, unknown); }).find("y value 2 of 3"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)misorder(zero, good); }).find("above 0"), std::string::npos);
  EXPECT_NE(message_of([&] {
              (void)misorder(good, good, {0.5, 0.5});
            }).find("increase"),
            std::string::npos);
}

TEST(RankStatistics, QuantilesInterpolate) {
  const std::vector<double> sorted = {1, 2, 4, 8};
  EXPECT_EQ(quantile_of_sorted(sorted, 0), 1);
  EXPECT_EQ(quantile_of_sorted(sorted, 0.5), 3);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, 0.9), 6.8);  // R: quantile(c(1,2,4,8), 0.9)
  EXPECT_EQ(quantile_of_sorted(sorted, 1), 8);
}

}  // namespace
}  // namespace opline::analysis
