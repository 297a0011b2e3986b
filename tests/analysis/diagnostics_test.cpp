// Models and their diagnostics against R, on six data sets, one a campaign of opline
// (data/goldens.R).
#include "analysis/regression/diagnostics.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/analysis/golden_sets.h"

namespace opline::analysis {
namespace {

void put(Figures& all, const std::string& name, const std::optional<Test>& test) {
  all[name] = {test.value().statistic};
  all[name + "_p"] = {test.value().p};
}

void put_origin(Figures& all, const GoldenSet& set) {
  const Design design = set.design(Intercept::without);
  const LinearModel model = fit_linear(design, set.y, {0.95, CovarianceKind::classical});
  for (const Coefficient& c : model.coefficients) {
    all["origin_estimate"].push_back(c.estimate);
    all["origin_standard_error"].push_back(c.standard_error);
  }
  all["origin_r_squared"] = {model.r_squared.value()};
  all["origin_adjusted_r_squared"] = {model.adjusted_r_squared.value()};
  all["origin_f"] = {model.f.value()};
  all["origin_aic"] = {model.aic.value()};
  all["origin_bic"] = {model.bic.value()};
  all["origin_leverage"] = model.leverages;
  all["origin_condition"] = {model.condition};
  put(all, "origin_reset_hc3", diagnose(model, design, set.y).reset_hc3);
}

Figures figures(const GoldenSet& set) {
  const std::vector<double>& y = set.y;
  const Design design = set.design();
  const LinearModel model = fit_linear(design, y, {0.95, CovarianceKind::classical});
  const std::vector<double> w = relative_weights(y);
  const LinearModel weighted = fit_linear(design, y, {0.95, CovarianceKind::classical}, w);
  const Diagnostics diagnostics = diagnose(model, design, y);
  Figures all;
  for (const Coefficient& c : model.coefficients) {
    all["estimate"].push_back(c.estimate);
    all["standard_error"].push_back(c.standard_error);
    all["t"].push_back(c.t.value());
    all["p"].push_back(c.p.value());
    all["low"].push_back(c.interval.low);
  }
  const ModelOptions hc3{0.95, CovarianceKind::hc3};
  for (const Coefficient& c : fit_linear(design, y, hc3).coefficients)
    all["hc3"].push_back(c.standard_error);
  for (const Coefficient& c : fit_linear(design, y, hc3, w).coefficients) {
    all["weighted_estimate"].push_back(c.estimate);
    all["weighted_hc3"].push_back(c.standard_error);
  }
  for (const Coefficient& c : weighted.coefficients)
    all["weighted_error"].push_back(c.standard_error);
  all["weighted_aic"] = {weighted.aic.value()};
  all["weighted_r_squared"] = {weighted.r_squared.value()};
  all["r_squared"] = {model.r_squared.value()};
  all["adjusted_r_squared"] = {model.adjusted_r_squared.value()};
  all["f"] = {model.f.value()};
  all["f_p"] = {model.f_p.value()};
  all["aic"] = {model.aic.value()};
  all["bic"] = {model.bic.value()};
  all["rmse"] = {model.rmse};
  all["condition"] = {model.condition};
  const RelativeErrors r = model.relative.value();
  all["relative"] = {r.median_percent, r.q90_percent, r.q95_percent, r.worst_percent};
  put(all, "reset", diagnostics.reset);
  put(all, "reset_hc3", diagnostics.reset_hc3);
  put(all, "weighted_reset_hc3", diagnose(weighted, design, y).reset_hc3);
  put(all, "breusch_pagan", diagnostics.breusch_pagan);
  put(all, "white", diagnostics.white);
  put(all, "jarque_bera", diagnostics.jarque_bera);
  put(all, "shapiro_francia", diagnostics.shapiro_francia);
  all["quadratic_t"] = {fit_quadratic(design, y, "x1", {0.95, CovarianceKind::classical})
                            .coefficient("x1^2")
                            .t.value()};
  for (const Influence& one : diagnostics.influence) {
    all["leverage"].push_back(one.leverage);
    all["internal"].push_back(one.internal.value());
    all["external"].push_back(one.external.value());
    all["cook"].push_back(one.cook.value());
  }
  for (const Influence& one : diagnose(weighted, design, y).influence) {
    all["weighted_internal"].push_back(one.internal.value());
    all["weighted_cook"].push_back(one.cook.value());
  }
  put_origin(all, set);
  return all;
}

TEST(Diagnostics, AgreeWithRToEightDigits) {
  std::map<std::string, Figures> found;
  for (const auto& [name, set] : golden_sets()) found[name] = figures(set);
  EXPECT_GT(expect_digits("diagnostics.csv", found, 8), 2500U);
}

TEST(Diagnostics, WhatTheDataCannotTellIsNothing) {
  Design design(4);
  design.add("x", std::vector<double>{1, 2, 3, 4});
  const std::vector<double> exact = {2, 4, 6, 8};
  const Diagnostics none = diagnose(fit_linear(design, exact), design, exact);
  EXPECT_FALSE(none.reset);
  EXPECT_FALSE(none.shapiro_francia);
  const std::vector<double> y = {1, 2, 4, 3};
  const Diagnostics few = diagnose(fit_linear(design, y), design, y);
  EXPECT_FALSE(few.reset);  // 2 degrees of freedom, and a square and a cube to add
  EXPECT_FALSE(few.shapiro_francia);
  EXPECT_TRUE(few.influence[0].external);
}

TEST(Diagnostics, WhiteIsLeftOutWhereAskedFor) {
  const GoldenSet set = golden_sets().at("trees");
  const LinearModel model = fit_linear(set.design(), set.y);
  const Diagnostics without = diagnose(model, set.design(), set.y, {.white = false, .threads = 1});
  EXPECT_FALSE(without.white);
  EXPECT_EQ(without.breusch_pagan.value().statistic,
            diagnose(model, set.design(), set.y).breusch_pagan.value().statistic);
}

TEST(Diagnostics, TheMostInfluentialComeFirst) {
  Diagnostics diagnostics;
  diagnostics.influence = {
      {0.1, 1.0, 1.0, 0.2}, {0.1, {}, {}, {}}, {0.1, 1.0, 1.0, 0.9}, {0.1, 1.0, 1.0, 0.2}};
  EXPECT_EQ(most_influential(diagnostics, 2), (std::vector<std::size_t>{2, 0}));
  EXPECT_EQ(most_influential(diagnostics, 9), (std::vector<std::size_t>{2, 0, 3}));
}

}  // namespace
}  // namespace opline::analysis
