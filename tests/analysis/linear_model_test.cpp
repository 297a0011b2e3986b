// What the NIST sets do not reach: weights, HC3, bad input, invariances.
#include "analysis/regression/linear_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "analysis/regression/diagnostics.h"
#include "analysis/regression/regression.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing::HasSubstr;
using testing_data::uniform;

struct Sample {
  std::vector<double> a, b, y;
};

Sample sample(std::size_t n) {
  RandomStream random(7, 0);
  Sample s;
  for (std::size_t i = 0; i < n; ++i) {
    s.a.push_back(1 + uniform(random));
    s.b.push_back(uniform(random));
    s.y.push_back(3 + 2 * s.a.back() - s.b.back() + (uniform(random) - 0.5) * s.a.back());
  }
  return s;
}

Design design_of(const Sample& s) {
  Design design(s.y.size());
  design.add("a", s.a).add("b", s.b);
  return design;
}

TEST(LinearModel, OneColumnIsTheLineOfRegression) {
  const Sample s = sample(40);
  Design design(40);
  design.add("a", s.a);
  const LinearModel model = fit_linear(design, s.y);
  const LinearFit line = fit_line(s.a, s.y);
  const auto same = [](double found, double known) {
    EXPECT_NEAR(found, known, 1e-14 * std::abs(known));
  };
  same(model.coefficient("a").estimate, line.slope);
  same(model.coefficient("intercept").standard_error, line.intercept_standard_error);
  same(model.coefficient("a").interval.low, line.slope_interval.low);
  same(model.covariance[1], line.covariance);
  same(model.covariance[2], line.covariance);
  same(model.r_squared.value(), line.r_squared.value());
  same(model.rmse, line.rmse);
  same(model.relative.value().mape_percent, line.mape_percent.value());
}

TEST(LinearModel, WeightsOfTwoAreRowsTwice) {
  const Sample s = sample(12);
  Sample twice = s;
  std::vector<double> weights(12, 1.0);
  for (const std::size_t row : {0, 3, 7}) {
    weights[row] = 2;
    twice.a.push_back(s.a[row]);
    twice.b.push_back(s.b[row]);
    twice.y.push_back(s.y[row]);
  }
  const LinearModel weighted =
      fit_linear(design_of(s), s.y, {0.95, CovarianceKind::classical}, weights);
  const LinearModel plain =
      fit_linear(design_of(twice), twice.y, {0.95, CovarianceKind::classical});
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(weighted.coefficients[i].estimate, plain.coefficients[i].estimate, 1e-13);
  }
  EXPECT_NEAR(weighted.residual_sum_of_squares, plain.residual_sum_of_squares, 1e-14);
  EXPECT_NEAR(weighted.total_sum_of_squares, plain.total_sum_of_squares, 1e-13);
  EXPECT_NEAR(weighted.leverages[3], 2 * plain.leverages[3], 1e-14);
}

TEST(LinearModel, RelativeWeightsDivideTheModelByY) {
  const Sample s = sample(15);
  const LinearModel weighted = fit_linear(design_of(s), s.y, {}, relative_weights(s.y));
  Design divided(15, Intercept::without);
  std::vector<double> one, a, b;
  for (std::size_t i = 0; i < 15; ++i) {
    one.push_back(1 / s.y[i]);
    a.push_back(s.a[i] / s.y[i]);
    b.push_back(s.b[i] / s.y[i]);
  }
  divided.add("one", one).add("a", a).add("b", b);
  const LinearModel plain = fit_linear(divided, std::vector<double>(15, 1.0));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(weighted.coefficients[i].estimate, plain.coefficients[i].estimate, 1e-12);
    EXPECT_NEAR(weighted.coefficients[i].standard_error, plain.coefficients[i].standard_error,
                1e-12);
  }
  EXPECT_THAT(message_of([&] {
                static_cast<void>(relative_weights(std::vector<double>{1, 0}));
              }),
              HasSubstr("value 2 of 2 is 0"));
}

// 9001 rows: three chunks, the last block is not full.
TEST(LinearModel, ManyRowsAreTheLineOfRegression) {
  const Sample s = sample(9001);
  Design design(9001);
  design.add("a", s.a);
  const LinearModel model = fit_linear(design, s.y, {.threads = 2});
  const LinearFit line = fit_line(s.a, s.y);
  EXPECT_NEAR(model.coefficient("a").estimate, line.slope, 1e-14);
  EXPECT_NEAR(model.coefficient("intercept").standard_error, line.intercept_standard_error, 1e-15);
  EXPECT_NEAR(model.rmse, line.rmse, 1e-15);
  EXPECT_NEAR(model.r_squared.value(), line.r_squared.value(), 1e-14);
  EXPECT_NEAR(std::accumulate(model.leverages.begin(), model.leverages.end(), 0.0), 2, 1e-12);
  for (const std::size_t row : {0, 4095, 4096, 9000}) {
    EXPECT_NEAR(model.residuals[row], s.y[row] - line.predict(s.a[row]).value, 1e-14);
    EXPECT_NEAR(model.fitted[row] + model.residuals[row], s.y[row], 1e-15 * 8);
  }
}

TEST(LinearModel, ThreadsChangeNothing) {
  const Sample s = sample(9001);
  const Design design = design_of(s);
  const std::vector<double> w = relative_weights(s.y);
  const LinearModel one = fit_linear(design, s.y, {0.95, CovarianceKind::hc3, 1}, w);
  const LinearModel three = fit_linear(design, s.y, {0.95, CovarianceKind::hc3, 3}, w);
  EXPECT_EQ(one.covariance, three.covariance);
  EXPECT_EQ(one.residuals, three.residuals);
  EXPECT_EQ(one.leverages, three.leverages);
  EXPECT_EQ(one.total_sum_of_squares, three.total_sum_of_squares);
  const Diagnostics alone = diagnose(one, design, s.y);
  const Diagnostics together = diagnose(one, design, s.y, {.white = true, .threads = 3});
  EXPECT_EQ(alone.reset.value().statistic, together.reset.value().statistic);
  EXPECT_EQ(alone.white.value().statistic, together.white.value().statistic);
  EXPECT_EQ(alone.influence[8999].cook.value(), together.influence[8999].cook.value());
}

// Columns so alike that one Gram matrix does not tell them apart to 16 digits: the second one is
// made (orthonormal.h).
TEST(LinearModel, NearlyDependentColumnsKeepTheirDigits) {
  const std::size_t n = 300;
  std::vector<double> a, b, y;
  for (std::size_t i = 0; i < n; ++i) {
    const auto t = static_cast<double>(i);
    a.push_back(1 + t / 1024);
    b.push_back(a.back() + static_cast<double>(i * i % 7) * 0x1p-33);  // exact in a double
    y.push_back(3 + 2 * a.back() + 0x1p+10 * (b.back() - a.back()));   // so is this
  }
  Design design(n);
  design.add("a", a).add("b", b);
  const LinearModel model = fit_linear(design, y);
  EXPECT_GT(model.condition, 1e9);
  EXPECT_NEAR(model.coefficient("intercept").estimate, 3, 1e-14);
  EXPECT_NEAR(model.coefficient("a").estimate / -1022, 1, 1e-14);
  EXPECT_NEAR(model.coefficient("b").estimate / 1024, 1, 1e-14);
}

TEST(LinearModel, LeveragesSumToTheNumberOfCoefficients) {
  const Sample s = sample(50);
  const LinearModel model = fit_linear(design_of(s), s.y, {}, relative_weights(s.y));
  EXPECT_NEAR(std::accumulate(model.leverages.begin(), model.leverages.end(), 0.0), 3, 1e-13);
}

TEST(LinearModel, UnitsOfColumnsDoNotMatter) {
  Sample s = sample(30);
  const LinearModel before = fit_linear(design_of(s), s.y, {0.9, CovarianceKind::hc3});
  for (double& value : s.a) value *= 1e9;
  const LinearModel after = fit_linear(design_of(s), s.y, {0.9, CovarianceKind::hc3});
  EXPECT_NEAR(after.coefficient("a").t.value(), before.coefficient("a").t.value(), 1e-10);
  EXPECT_NEAR(after.condition, before.condition, 1e-10 * before.condition);
}

TEST(LinearModel, ADependentColumnIsNamed) {
  const Sample s = sample(20);
  Design design = design_of(s);
  std::vector<double> sum;
  for (std::size_t i = 0; i < 20; ++i) sum.push_back(2 * s.a[i] - s.b[i] / 4 + 1);
  design.add("sum", sum);
  EXPECT_THAT(message_of([&] { static_cast<void>(fit_linear(design, s.y)); }),
              HasSubstr("column `sum` is a combination"));
  Design nothing(20, Intercept::without);
  nothing.add("nothing", std::vector<double>(20, 0.0));
  EXPECT_THAT(message_of([&] { static_cast<void>(fit_linear(nothing, s.y)); }),
              HasSubstr("`nothing` is zero"));
}

TEST(LinearModel, BadInputIsRefused) {
  const Sample s = sample(6);
  const Design design = design_of(s);
  const auto fit = [&](std::vector<double> y, std::vector<double> w = {},
                       ModelOptions options = {}) {
    return message_of([&] { static_cast<void>(fit_linear(design, y, options, w)); });
  };
  std::vector<double> bad = s.y;
  bad[2] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(fit(bad), HasSubstr("y value 3 of 6"));
  EXPECT_THAT(fit({1, 2}), HasSubstr("2 values of y"));
  EXPECT_THAT(fit(s.y, {1, 1, 1, 1, 0, 1}), HasSubstr("weight 5 of 6 is 0"));
  EXPECT_THAT(fit(s.y, {}, {1.5, CovarianceKind::classical}), HasSubstr("confidence of 1.5"));
  EXPECT_THAT(fit({1e200, 1, 1, 1, 1, -1e200}), HasSubstr("leave the range"));
  Design few(2);
  few.add("a", std::vector<double>{1, 2});
  EXPECT_THAT(message_of([&] {
                static_cast<void>(fit_linear(few, std::vector<double>{1, 2}));
              }),
              HasSubstr("2 rows for 2 coefficients"));
  EXPECT_THAT(message_of([&] {
                few.add("a", std::vector<double>{1, 3});
              }),
              HasSubstr("second column `a`"));
  EXPECT_THAT(message_of([&] { few.add("c", std::vector<double>{1}); }), HasSubstr("has 1 values"));
}

TEST(LinearModel, WhatIsNotDefinedIsNothing) {
  Design mean_only(4);
  const LinearModel mean = fit_linear(mean_only, std::vector<double>{1, 2, -3, 4});
  EXPECT_DOUBLE_EQ(mean.coefficients[0].estimate, 1);
  EXPECT_FALSE(mean.f);
  EXPECT_FALSE(mean.relative);
  const LinearModel constant = fit_linear(mean_only, std::vector<double>{2, 2, 2, 2});
  EXPECT_FALSE(constant.r_squared);
  EXPECT_FALSE(constant.coefficients[0].t);
  EXPECT_FALSE(constant.aic);
}

TEST(LinearModel, Hc3NeedsEveryRowToHaveAFellow) {
  Design design(5);
  design.add("only", std::vector<double>{0, 0, 0, 0, 1});
  const std::vector<double> y = {1, 2, 3, 4, 9};
  EXPECT_NO_THROW(static_cast<void>(fit_linear(design, y)));
  EXPECT_THAT(message_of([&] {
                static_cast<void>(fit_linear(design, y, {0.95, CovarianceKind::hc3}));
              }),
              HasSubstr("row 5 alone"));
}

}  // namespace
}  // namespace opline::analysis
