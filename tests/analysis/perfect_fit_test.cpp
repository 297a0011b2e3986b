// Fits that are exact but for rounding were tested on that rounding: a constant y had a slope of
// 2e-72 with p = 0.001.
#include <gtest/gtest.h>

#include <vector>

#include "analysis/regression/diagnostics.h"
#include "analysis/regression/regression.h"
#include "analysis/validation/proxy_validation.h"

namespace opline::analysis {
namespace {

struct Exact {
  std::vector<double> x, y;
};

Exact exact_line(double intercept, double slope) {
  Exact data;
  for (int i = 1; i <= 40; ++i) {
    data.x.push_back(1e6 * i + 37 * (i % 7));
    data.y.push_back(intercept + slope * data.x.back());
  }
  return data;
}

void expect_no_tests(const Exact& data) {
  EXPECT_TRUE(fit_line(data.x, data.y).perfect_fit);
  Design design(data.x.size());
  design.add("x", data.x);
  for (const CovarianceKind kind : {CovarianceKind::classical, CovarianceKind::hc3}) {
    const LinearModel model = fit_linear(design, data.y, {0.95, kind});
    EXPECT_TRUE(model.perfect_fit);
    EXPECT_FALSE(model.coefficient("x").t);
    EXPECT_FALSE(model.coefficient("x").p);
    EXPECT_FALSE(model.f);
    EXPECT_FALSE(model.aic);
    const Diagnostics diagnostics = diagnose(model, design, data.y);
    EXPECT_FALSE(diagnostics.reset || diagnostics.reset_hc3 || diagnostics.breusch_pagan ||
                 diagnostics.white || diagnostics.jarque_bera || diagnostics.shapiro_francia);
    EXPECT_FALSE(diagnostics.influence[0].external || diagnostics.influence[0].cook);
  }
}

TEST(PerfectFit, ConstantLatencyHasNoTests) { expect_no_tests(exact_line(0.1, 0)); }

TEST(PerfectFit, AnExactLineHasNoTests) { expect_no_tests(exact_line(2e-3, 1.3e-8)); }

TEST(PerfectFit, TheSmallestRealErrorIsNotOne) {
  Exact data = exact_line(2e-3, 1.3e-8);
  for (std::size_t i = 0; i < data.y.size(); ++i) data.y[i] *= 1 + (i % 3 == 0 ? 1e-11 : 0);
  EXPECT_FALSE(fit_line(data.x, data.y).perfect_fit);
  Design design(data.x.size());
  design.add("x", data.x);
  EXPECT_TRUE(fit_linear(design, data.y).coefficient("x").p);
}

TEST(PerfectFit, CanBeValidated) {
  const Exact data = exact_line(2e-3, 1.3e-8);
  const ProxyValidation found =
      validate_proxy(data.x, data.y, {.replicates = 100, .repeats = 1, .sets = 10});
  EXPECT_FALSE(found.breusch_pagan);
  EXPECT_FALSE(found.tails);
  EXPECT_TRUE(found.outliers && found.outliers->outliers.empty());
  EXPECT_LT(found.latency_margin->margin.value, 1e-9);
}

// Where noise grows with latency the classical RESET takes spread for curvature.
TEST(Errors, BothKindsAreThereAndHc3IsTheDefault) {
  Exact data = exact_line(2e-3, 1.3e-8);
  for (std::size_t i = 0; i < data.y.size(); ++i) data.y[i] *= 1 + (i % 2 == 0 ? 0.03 : -0.03);
  const LinearFit line = fit_line(data.x, data.y);
  ASSERT_TRUE(line.hc3);
  EXPECT_EQ(line.covariance_kind, CovarianceKind::hc3);
  EXPECT_EQ(line.slope_standard_error, line.hc3->slope_standard_error);
  const LinearFit classical = fit_line(data.x, data.y, {0.95, CovarianceKind::classical});
  EXPECT_EQ(classical.slope_standard_error, line.classical.slope_standard_error);
  EXPECT_FALSE(classical.hc3);
  Design design(data.x.size());
  design.add("x", data.x);
  const LinearModel model = fit_linear(design, data.y);
  EXPECT_EQ(model.covariance_kind, CovarianceKind::hc3);
  const std::vector<double> hc3 = standard_errors(*model.hc3_covariance);
  const std::vector<double> plain = standard_errors(model.classical_covariance);
  EXPECT_NEAR(line.hc3->slope_standard_error / hc3[1], 1, 1e-10);
  EXPECT_NEAR(line.hc3->intercept_standard_error / hc3[0], 1, 1e-9);
  EXPECT_NEAR(line.hc3->covariance / (*model.hc3_covariance)[1], 1, 1e-9);
  EXPECT_NEAR(line.classical.slope_standard_error / plain[1], 1, 1e-10);
  EXPECT_NEAR(line.classical.intercept_standard_error / plain[0], 1, 1e-10);
  // The band of the line: x'Vx.
  const double at = 3e7;
  const std::vector<double>& v = *model.hc3_covariance;
  const double variance = v[0] + 2 * at * v[1] + at * at * v[3];
  EXPECT_NEAR(line.predict(at).mean.width() / (2 * line.t * std::sqrt(variance)), 1, 1e-9);
}

TEST(Errors, ARowOfLeverageOneHasClassicalOnes) {
  const std::vector<double> x{1, 1, 1, 1, 5};
  const std::vector<double> y{1, 2, 3, 2, 9};
  const LinearFit line = fit_line(x, y);
  EXPECT_EQ(line.covariance_kind, CovarianceKind::classical);
  EXPECT_FALSE(line.hc3);
  Design design(5);
  design.add("x", x);
  EXPECT_EQ(fit_linear(design, y).covariance_kind, CovarianceKind::classical);
  EXPECT_FALSE(try_fit_linear(design, y, {0.95, CovarianceKind::hc3}));
}

}  // namespace
}  // namespace opline::analysis
