// Huber's estimator: MASS::rlm on six data sets (data/goldens.R), and rows that are far off.
#include "analysis/regression/robust_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/analysis/golden_sets.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::uniform;

Figures figures(const HuberFit& fit) {
  EXPECT_TRUE(fit.converged);
  Figures all;
  for (const Coefficient& c : fit.coefficients) {
    all["estimate"].push_back(c.estimate);
    all["standard_error"].push_back(c.standard_error);
    all["t"].push_back(c.t.value());
  }
  all["scale"] = {fit.scale};
  all["weight"] = fit.weights;
  all["residual"] = fit.residuals;
  return all;
}

TEST(HuberFit, AgreesWithRToEightDigits) {
  std::map<std::string, Figures> found;
  for (const auto& [name, set] : golden_sets())
    found[name] = figures(fit_huber(set.design(), set.y));
  EXPECT_GT(expect_digits("robust.csv", found, 8), 1000U);
}

/// y = 3 + 2 x + noise of standard deviation 0.29; every fifth y is 50 too high, at large x only.
struct Spoiled {
  std::vector<double> x, y;
  [[nodiscard]] Design design() const {
    Design columns(y.size());
    columns.add("x", x);
    return columns;
  }
};

Spoiled spoiled(bool spoil) {
  RandomStream random(3, 0);
  Spoiled data;
  for (std::size_t i = 0; i < 200; ++i) {
    data.x.push_back(static_cast<double>(i) / 10);
    data.y.push_back(3 + 2 * data.x.back() + uniform(random) - 0.5 +
                     (spoil && i > 100 && i % 5 == 0 ? 50 : 0));
  }
  return data;
}

TEST(HuberFit, RowsFarOffHardlyMoveIt) {
  const Spoiled data = spoiled(true);
  const HuberFit robust = fit_huber(data.design(), data.y);
  const LinearModel ordinary = fit_linear(data.design(), data.y, {0.95, CovarianceKind::classical});
  EXPECT_GT(std::abs(ordinary.coefficient("x").estimate - 2), 0.3);
  EXPECT_NEAR(robust.coefficients[1].estimate, 2, 0.02);
  EXPECT_LT(robust.weights[150], 0.02);
  ASSERT_TRUE(robust.relative);
  EXPECT_LT(robust.relative->median_percent, 4);
  EXPECT_NEAR(robust.fitted[7] + robust.residuals[7], data.y[7], 1e-14);
}

TEST(HuberFit, ALargeKIsTheOrdinaryFit) {
  const Spoiled data = spoiled(false);
  HuberOptions options;
  options.k = 1e6;
  const HuberFit robust = fit_huber(data.design(), data.y, options);
  const LinearModel ordinary = fit_linear(data.design(), data.y, {0.95, CovarianceKind::classical});
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(robust.coefficients[i].estimate, ordinary.coefficients[i].estimate, 1e-13);
    EXPECT_NEAR(robust.coefficients[i].interval.low, ordinary.coefficients[i].interval.low, 1e-13);
  }
}

TEST(HuberFit, ShiftAndScaleOfYGoThrough) {
  Spoiled data = spoiled(true);
  const HuberFit before = fit_huber(data.design(), data.y);
  for (std::size_t i = 0; i < data.y.size(); ++i)
    data.y[i] = 1e-3 * (data.y[i] + 7 - 5 * data.x[i]);
  const HuberFit after = fit_huber(data.design(), data.y);
  EXPECT_NEAR(after.coefficients[1].estimate, 1e-3 * (before.coefficients[1].estimate - 5), 1e-14);
  EXPECT_NEAR(after.coefficients[1].standard_error, 1e-3 * before.coefficients[1].standard_error,
              1e-14);
  EXPECT_NEAR(after.scale, 1e-3 * before.scale, 1e-14);
}

TEST(HuberFit, RowsThatAreMetExactlyHaveNoScale) {
  Spoiled data = spoiled(false);
  for (double& y : data.y) y = 4;
  const HuberFit fit = fit_huber(data.design(), data.y);
  EXPECT_TRUE(fit.converged);
  EXPECT_EQ(fit.iterations, 0U);
  EXPECT_EQ(fit.scale, 0);
  EXPECT_DOUBLE_EQ(fit.coefficients[0].estimate, 4);
  EXPECT_FALSE(fit.coefficients[0].t);
}

TEST(HuberFit, TooFewStepsAreToldNotHidden) {
  const Spoiled data = spoiled(true);
  HuberOptions options;
  options.max_iterations = 2;
  const HuberFit fit = fit_huber(data.design(), data.y, options);
  EXPECT_FALSE(fit.converged);
  EXPECT_EQ(fit.iterations, 2U);
}

TEST(HuberFit, BadInputIsRefused) {
  const Spoiled data = spoiled(false);
  const auto message = [&](HuberOptions options) {
    return message_of([&] { static_cast<void>(fit_huber(data.design(), data.y, options)); });
  };
  EXPECT_THAT(message({.k = 0.1}), HasSubstr("k is 0.1"));
  EXPECT_THAT(message({.tolerance = 0}), HasSubstr("tolerance 0"));
  EXPECT_THAT(message({.max_iterations = 0}), HasSubstr("at most 0 iterations"));
  EXPECT_THAT(message({.confidence = 1}), HasSubstr("confidence of 1"));
}

}  // namespace
}  // namespace opline::analysis
