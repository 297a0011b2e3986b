// Budgets and choices by proxy: by hand, against exhaustive search, and with planted errors.
#include "analysis/validation/validation_choice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <vector>

#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing_data::uniform;

const std::vector<double> predicted = {1, 2, 3, 4, 5, 6};
const std::vector<double> measured = {1, 2.2, 3.9, 4.2, 4.5, 6};

TEST(ConstraintQuality, ByHand) {
  const BudgetQuality at4 = constraint_quality(predicted, measured, 4);
  EXPECT_EQ(at4.false_feasible.cases, 1U);  // 4 is accepted and takes 4.2
  EXPECT_EQ(at4.false_feasible.of, 4U);
  EXPECT_EQ(at4.false_infeasible.cases, 0U);
  EXPECT_EQ(at4.false_infeasible.of, 3U);
  const BudgetQuality careful = constraint_quality(predicted, measured, 4.6, 0.2);
  EXPECT_EQ(careful.false_feasible.value(), 0.0);
  EXPECT_EQ(careful.false_infeasible.value(), 0.4);  // 4 and 5 would have been fast enough
  EXPECT_FALSE(constraint_quality(predicted, measured, 0.5).false_feasible.value());
}

TEST(ConstraintQuality, SafeMarginByHand) {
  const auto found = safe_margin(predicted, measured, 4);
  ASSERT_TRUE(found);
  EXPECT_GT(found->margin, 0);  // the least that refuses a prediction of 4
  EXPECT_LT(found->margin, 1e-12);
  EXPECT_EQ(found->quality.false_feasible.cases, 0U);
  EXPECT_EQ(found->quality.false_feasible.of, 3U);
  EXPECT_EQ(safe_margin(predicted, measured, 4.6)->margin, 0);
  EXPECT_FALSE(safe_margin(predicted, measured, 0.5));
  EXPECT_FALSE(safe_margin(std::vector<double>{1, 2}, std::vector<double>{9, 9}, 4));
}

// A grid of margins finds none smaller, and the one found meets the target.
TEST(ConstraintQuality, SafeMarginIsTheSmallestOfExhaustiveSearch) {
  for (std::uint64_t set = 0; set < 200; ++set) {
    RandomStream random(21, set);
    std::vector<double> said, took;
    for (int i = 0; i < 60; ++i) {
      said.push_back(1 + random.below(50));
      took.push_back(said.back() * (0.8 + random.below(400) / 1000.0));
    }
    const double target = 0.05;
    const auto found = safe_margin(said, took, 30, target);
    const double end = found ? found->margin : 40;
    if (found) {
      EXPECT_LT(constraint_quality(said, took, 30, found->margin).false_feasible.value(), target);
    }
    for (double margin = 0; margin < end - 1e-9; margin += 0.003) {
      const Rate rate = constraint_quality(said, took, 30, margin).false_feasible;
      ASSERT_FALSE(rate.of > 0 && *rate.value() < target)
          << set << " " << margin << " before " << end;
    }
  }
}

// Planted: half of the networks take 10 % longer than predicted, so the margin is 10 % and none
// less is safe.
TEST(ConstraintQuality, FindsThePlantedMargin) {
  std::vector<double> said, took;
  RandomStream random(22, 0);
  for (int i = 0; i < 20000; ++i) {
    said.push_back(uniform(random, 1, 100));
    took.push_back(said.back() * (random.below(2) == 0 ? 1 : 1.1));
  }
  const auto found = safe_margin(said, took, 50, 0.0001);
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->margin, 0.1, 0.002);
}

// R: binom.test(3, 20)$conf.int and 1 - 0.025^(1/20).
TEST(ConstraintQuality, IntervalOfARate) {
  const auto some = Rate{3, 20}.interval();
  EXPECT_NEAR(some->low, 0.03207094, 1e-8);
  EXPECT_NEAR(some->high, 0.37892683, 1e-8);
  const auto zero = Rate{0, 20}.interval();
  EXPECT_EQ(zero->low, 0);
  EXPECT_NEAR(zero->high, 1 - std::pow(0.025, 1 / 20.0), 1e-12);
  EXPECT_EQ((Rate{20, 20}.interval()->high), 1);
  EXPECT_FALSE((Rate{0, 0}.interval()));
}

// Exact by summing the binomial: the interval covers at least at its confidence whatever the
// probability.
TEST(ConstraintQuality, IntervalOfARateCoversAtLeastNominally) {
  for (const double p : {0.003, 0.01, 0.1, 0.45}) {
    double covered = 0;
    for (unsigned hits = 0; hits <= 60; ++hits) {
      if (!Rate{hits, 60}.interval()->contains(p)) continue;
      covered += boost::math::pdf(boost::math::binomial(60, p), hits);
    }
    EXPECT_GE(covered, 0.95) << p;
  }
}

double excess_of_pick(const std::vector<double>& proxy, const std::vector<double>& took,
                      const std::vector<int>& set) {
  int pick = set[0];
  double best = took[static_cast<std::size_t>(set[0])];
  for (const int row : set) {
    if (proxy[static_cast<std::size_t>(row)] < proxy[static_cast<std::size_t>(pick)]) pick = row;
    best = std::min(best, took[static_cast<std::size_t>(row)]);
  }
  return took[static_cast<std::size_t>(pick)] / best - 1;
}

// All C(12, 4) = 495 sets against 100000 drawn ones, within 4 standard errors.
TEST(Regret, IsTheMeanOverAllSets) {
  std::vector<double> proxy, took;
  RandomStream random(23, 0);
  for (int i = 0; i < 12; ++i) {
    proxy.push_back(i + 1);
    took.push_back((i + 1) * uniform(random, 0.5, 1.5));
  }
  double sum = 0, squares = 0, best = 0, sets = 0;
  for (unsigned mask = 0; mask < 4096; ++mask) {
    std::vector<int> set;
    for (int row = 0; row < 12; ++row) {
      if ((mask >> row & 1U) != 0) set.push_back(row);
    }
    if (set.size() != 4) continue;
    const double excess = excess_of_pick(proxy, took, set);
    ++sets;
    sum += excess;
    squares += excess * excess;
    best += excess == 0;
  }
  ASSERT_EQ(sets, 495);
  const auto found = regret(proxy, took, {.candidates = 4, .sets = 100000});
  const double mean = sum / sets;
  const double error = std::sqrt((squares / sets - mean * mean) / 100000);
  EXPECT_NEAR(found->mean_percent, 100 * mean, 400 * error);
  const double share = best / sets;
  EXPECT_NEAR(found->best_share, share, 4 * std::sqrt(share * (1 - share) / 100000));
}

TEST(Regret, APerfectProxyHasNoneAndAReversedOneTheWorst) {
  const std::vector<double> took = {1, 2, 4}, reversed = {3, 2, 1}, same = {5, 5, 5};
  const auto perfect = regret(took, took, {.candidates = 2});
  EXPECT_EQ(perfect->worst_percent, 0);
  EXPECT_EQ(perfect->best_share, 1);
  const auto worst = regret(reversed, took, {.candidates = 3});
  EXPECT_DOUBLE_EQ(worst->mean_percent, 300);
  EXPECT_EQ(worst->best_share, 0);
  const auto lot = regret(same, took, {.candidates = 3});  // excess of 0, 100 and 300 %
  EXPECT_NEAR(lot->mean_percent, 400 / 3.0, 1e-9);
  EXPECT_NEAR(lot->best_share, 1 / 3.0, 1e-12);
}

TEST(Regret, ThreadsChangeNothingAndTheSeedDoes) {
  const auto one =
      regret(predicted, std::vector<double>{3, 1, 2, 6, 5, 4}, {.candidates = 3, .sets = 500});
  const std::vector<double> took = {3, 1, 2, 6, 5, 4};
  EXPECT_EQ(one->mean_percent,
            regret(predicted, took, {.candidates = 3, .sets = 500, .threads = 3})->mean_percent);
  EXPECT_NE(one->mean_percent,
            regret(predicted, took, {.candidates = 3, .sets = 500, .seed = 2})->mean_percent);
}

TEST(Regret, TooLittleGivesNothingAndBadOptionsAreRefused) {
  EXPECT_FALSE(regret(predicted, measured, {.candidates = 7}));
  EXPECT_NE(
      message_of([&] { (void)regret(predicted, measured, {.candidates = 1}); }).find("candidates"),
      std::string::npos);
  EXPECT_NE(message_of([&] { (void)constraint_quality(predicted, measured, 0); }).find("above 0"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)safe_margin(predicted, measured, 4, 1); }).find("target"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)regret(predicted, std::vector<double>{1}); }).find("give one y"),
            std::string::npos);
}

TEST(ExceedanceMargin, IsTheConformalRank) {
  std::vector<double> said(99, 1.0), took;
  for (int i = 1; i <= 99; ++i) took.push_back(0.9 + 0.01 * i);  // 0.91 ... 1.89
  const ExceedanceMargin enough = exceedance_margin(said, took, 0.01).value();
  EXPECT_NEAR(enough.margin, 0.89, 1e-12);  // the 99th of 99
  EXPECT_EQ(enough.exceeded, 0.01);
  EXPECT_NEAR(exceedance_margin(said, took, 0.1).value().margin, 0.8, 1e-12);  // the 90th
  EXPECT_NEAR(exceedance_margin(said, took, 0.1, true).value().margin, 0.8, 1e-12);
  said.pop_back();
  took.pop_back();
  const ExceedanceMargin few = exceedance_margin(said, took, 0.01).value();
  EXPECT_NEAR(few.margin, 0.88, 1e-12);
  EXPECT_DOUBLE_EQ(few.exceeded, 1.0 / 99);
  said[3] = 0;
  EXPECT_FALSE(exceedance_margin(said, took, 0.01));
  EXPECT_FALSE(exceedance_margin({}, {}, 0.01));
  EXPECT_THROW((void)exceedance_margin(took, took, 1), Error);
}

// What it promises: of further networks at most one in a hundred exceeds it, on average over
// campaigns.
TEST(ExceedanceMargin, HoldsOnFreshNetworks) {
  double exceeded = 0;
  constexpr int kCampaigns = 300;
  for (std::uint64_t campaign = 0; campaign < kCampaigns; ++campaign) {
    RandomStream random(77, campaign);
    const auto ratio = [&] { return 1 + 0.1 * (uniform(random) + uniform(random) - 1); };
    std::vector<double> said(150, 1.0), took(150), fresh(500);
    for (double& one : took) one = ratio();
    for (double& one : fresh) one = ratio();
    const double limit = 1 + exceedance_margin(said, took, 0.01).value().margin;
    for (const double one : fresh) exceeded += one > limit ? 1.0 / 500 / kCampaigns : 0;
  }
  EXPECT_LT(exceeded, 0.0105);  // expectation: 1 / 151, its spread over campaigns 0.0004
  EXPECT_GT(exceeded, 0.005);
}

}  // namespace
}  // namespace opline::analysis
