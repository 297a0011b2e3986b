// One series, validated: the parts are those of the modules' own functions, and what cannot be told
// is left open.
#include "analysis/validation/proxy_validation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/resampling/bootstrap.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing_data::uniform;

struct Rows {
  std::vector<double> x, y;
};

Rows drawn(std::size_t n, double noise, std::uint64_t seed = 1) {
  RandomStream random(seed, 0);
  Rows rows;
  for (std::size_t i = 0; i < n; ++i) {
    rows.x.push_back(std::floor(uniform(random, 1e6, 61e6)));
    rows.y.push_back((5e-3 + 13e-9 * rows.x.back()) * (1 + noise * uniform(random, -1, 1)));
  }
  return rows;
}

const ProxyValidationOptions kQuick = {.replicates = 200, .repeats = 5, .sets = 500};

TEST(ProxyValidation, FiguresAreThoseOfTheParts) {
  const Rows rows = drawn(90, 0.1);
  const ProxyValidation found = validate_proxy(rows.x, rows.y, kQuick);
  EXPECT_EQ(found.n, 90U);
  EXPECT_EQ(found.r_squared.value().value, found.fit.r_squared);
  const auto tau =
      bootstrap(90, kendall_tau_b_of_rows(rows.x, rows.y), {.replicates = 200}).value();
  EXPECT_EQ(found.kendall_tau_b.value().value, tau.estimate);
  EXPECT_EQ(found.kendall_tau_b->interval.value().low, tau.interval.low);
  EXPECT_EQ(found.mape_percent.value, found.fit.mape_percent);
  EXPECT_TRUE(found.mape_percent.interval.value().contains(found.mape_percent.value));
  EXPECT_EQ(found.spearman_rho, spearman_rho(rows.x, rows.y));
  EXPECT_NEAR(found.slope_hc3.value().estimate, found.fit.slope, 1e-12 * found.fit.slope);
  EXPECT_TRUE(found.breusch_pagan && found.curvature && found.misorder);
  EXPECT_TRUE(found.extrapolations.to_large && found.extrapolations.to_small);
  ASSERT_EQ(found.regrets.size(), 2U);  // 100 candidates are more than there are
  EXPECT_EQ(found.regrets[1].candidates, 10U);
}

TEST(ProxyValidation, HeldOutErrorOfRowsIsThatOfTheCrossValidation) {
  const Rows rows = drawn(60, 0.2);
  const ProxyValidation found = validate_proxy(rows.x, rows.y, kQuick);
  const Estimate mape = found.cross_validated_mape_percent.value();
  EXPECT_EQ(mape.value, found.cross_validation.value().errors.mape_percent);
  EXPECT_GT(mape.value, found.mape_percent.value);  // in-sample errors flatter
  EXPECT_TRUE(mape.interval.value().contains(mape.value));
  EXPECT_LT(mape.interval->width(), 6);  // mean of 60 errors of 0 to 20 %: about +-1.5
}

TEST(ProxyValidation, BudgetsAreJudgedWithTheOneMargin) {
  const Rows rows = drawn(400, 0.1);
  const ProxyValidation found = validate_proxy(rows.x, rows.y, kQuick);
  ASSERT_EQ(found.budgets.size(), 4U);
  EXPECT_GT(found.margin.value().margin, 0.05);  // errors are up to 10 %
  EXPECT_LT(found.margin->margin, 0.13);
  EXPECT_EQ(found.margin->exceeded, 0.01);
  for (const BudgetValidation& one : found.budgets) {
    const double below = std::count_if(rows.y.begin(), rows.y.end(),
                                       [&](double y) { return y <= one.without_margin.budget; }) /
                         400.0;
    EXPECT_NEAR(below, one.quantile, 0.01);
    EXPECT_GT(one.without_margin.false_feasible.value().value(), 0.01);
    EXPECT_LT(one.with_margin.value().false_feasible.value().value(), 0.02);
    EXPECT_EQ(one.with_margin->budget, one.without_margin.budget);
  }
}

TEST(ProxyValidation, BudgetsMayBeGiven) {
  const Rows rows = drawn(200, 0.1);
  ProxyValidationOptions options = kQuick;
  options.budgets = {0.1, 0.5};
  const ProxyValidation found = validate_proxy(rows.x, rows.y, options);
  ASSERT_EQ(found.budgets.size(), 2U);
  EXPECT_EQ(found.budgets[0].without_margin.budget, 0.1);
  EXPECT_NEAR(
      found.budgets[1].quantile,
      std::count_if(rows.y.begin(), rows.y.end(), [](double y) { return y <= 0.5; }) / 200.0,
      1e-12);
  options.budgets = {-1};
  EXPECT_THROW((void)validate_proxy(rows.x, rows.y, options), Error);
}

// Ten networks told ten times are ten networks.
TEST(ProxyValidation, CopiesAreCountedOnce) {
  Rows rows = drawn(10, 0.1);
  for (int copy = 0; copy < 9; ++copy) {
    for (int i = 0; i < 10; ++i) {
      rows.x.push_back(rows.x[static_cast<std::size_t>(i)]);
      rows.y.push_back(rows.y[static_cast<std::size_t>(i)]);
    }
  }
  const ProxyValidation found = validate_proxy(rows.x, rows.y, kQuick);
  EXPECT_EQ(found.n, 100U);
  EXPECT_EQ(found.distinct, 10U);
}

TEST(ProxyValidation, WholeEnumerationsHaveNoIntervals) {
  const Rows rows = drawn(60, 0.1);
  ProxyValidationOptions options = kQuick;
  options.whole_enumeration = true;
  const ProxyValidation found = validate_proxy(rows.x, rows.y, options);
  EXPECT_FALSE(found.r_squared->interval || found.mape_percent.interval ||
               found.kendall_tau_b->interval);
  EXPECT_FALSE(found.cross_validated_mape_percent->interval || found.curvature->largest.interval);
  EXPECT_EQ(found.r_squared->value, validate_proxy(rows.x, rows.y, kQuick).r_squared->value);
}

TEST(ProxyValidation, ThreadsChangeNothing) {
  const Rows rows = drawn(50, 0.1);
  ProxyValidationOptions options = kQuick;
  options.threads = 3;
  const ProxyValidation one = validate_proxy(rows.x, rows.y, kQuick);
  const ProxyValidation three = validate_proxy(rows.x, rows.y, options);
  EXPECT_EQ(one.r_squared->interval->low, three.r_squared->interval->low);
  EXPECT_EQ(one.cross_validated_mape_percent->interval->high,
            three.cross_validated_mape_percent->interval->high);
  EXPECT_EQ(one.regrets[0].mean_percent, three.regrets[0].mean_percent);
}

TEST(ProxyValidation, FewRowsLeaveFiguresOpen) {
  const std::vector<double> x = {1, 2, 4}, y = {2, 3, 7};
  const ProxyValidation found = validate_proxy(x, y, kQuick);
  EXPECT_EQ(found.n, 3U);
  EXPECT_FALSE(found.cross_validation || found.cross_validated_mape_percent || found.margin ||
               found.curvature);
  EXPECT_TRUE(found.budgets.empty());
  EXPECT_TRUE(found.r_squared);
  EXPECT_FALSE(found.r_squared->interval || found.mape_percent.interval ||
               found.kendall_tau_b->interval);
  const std::vector<double> flat = {2, 2, 2};
  const ProxyValidation level = validate_proxy(x, flat, kQuick);
  EXPECT_FALSE(level.r_squared || level.kendall_tau_b || level.spearman_rho);
}

TEST(ProxyValidation, RefusesWhatCannotBeValidated) {
  const std::vector<double> two = {1, 2}, three = {1, 2, 3}, zero = {0, 1, 2};
  const auto message = [](const std::vector<double>& x, const std::vector<double>& y,
                          ProxyValidationOptions options) {
    return message_of([&] { (void)validate_proxy(x, y, options); });
  };
  EXPECT_NE(message(two, two, {}).find("2 pairs"), std::string::npos);
  EXPECT_NE(message(three, zero, {}).find("above 0"), std::string::npos);
  EXPECT_NE(message(three, three, {.budget_quantiles = {}}).find("0 budgets"), std::string::npos);
  EXPECT_NE(message(three, three, {.budget_quantiles = {1}}).find("budget quantile is 1"),
            std::string::npos);
  EXPECT_NE(message(three, three, {.confidence = 95}).find("confidence is 95"), std::string::npos);
}

TEST(ProxyValidation, TellsHowFarItIs) {
  const Rows rows = drawn(60, 0.1);
  std::uint64_t last = 0, total = 0, calls = 0;
  ProxyValidationOptions options;
  options.replicates = 100;
  options.threads = 2;
  options.progress = [&](std::uint64_t done, std::uint64_t all) {
    EXPECT_GE(done, last);
    last = done;
    total = all;
    ++calls;
  };
  (void)validate_proxy(rows.x, rows.y, options);
  EXPECT_EQ(last, total);
  EXPECT_GT(calls, 400);
}

}  // namespace
}  // namespace opline::analysis
