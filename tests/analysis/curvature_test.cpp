// The quadratic part of latency as a share of it: by hand, and against the two fits it stands for.
#include "analysis/validation/curvature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analysis/regression/diagnostics.h"
#include "analysis/regression/regression.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::analysis {
namespace {

using testing_data::uniform;

struct Rows {
  std::vector<double> x, y;
};

/// 1 to 61 Mops, skewed to the small; concave for c < 0.
Rows bent(double c, double noise, std::uint64_t seed, std::size_t n = 60) {
  RandomStream random(seed, 0);
  Rows rows;
  for (std::size_t i = 0; i < n; ++i) {
    const double u = uniform(random);
    const double x = 1e6 + 6e7 * u * u;
    rows.x.push_back(x);
    rows.y.push_back((0.05 + 12e-9 * x + c * x * x) * (1 + noise * uniform(random, -1, 1)));
  }
  return rows;
}

// x = -3 -1 1 3 about the mean, y = 10 + x^2: c = 1; x^2 less its line is 4 -4 -4 4; the line is 15
// throughout.
TEST(Curvature, ByHand) {
  const std::vector<double> x = {1, 3, 5, 7, 1, 3, 5, 7}, y = {19, 11, 11, 19, 19, 11, 11, 19};
  const Curvature found = curvature(x, y, {.middle = 1}).value();
  EXPECT_NEAR(found.quadratic.estimate, 1, 1e-13);
  EXPECT_NEAR(std::abs(found.largest.value), 4.0 / 15, 1e-13);
  EXPECT_NEAR(found.mean.value, 4.0 / 15, 1e-13);
  EXPECT_FALSE(found.underestimates_in_the_middle());
  const Curvature inner = curvature(x, y, {.middle = 0.5}).value();
  EXPECT_NEAR(inner.largest.value, -4.0 / 15,
              1e-13);  // a valley: the line overestimates in the middle
}

TEST(Curvature, IsAShareOfTheMedianWhereTheLineIsNotAboveZero) {
  std::vector<double> x, y;
  for (int i = 1; i <= 101; ++i) {
    x.push_back(i);
    y.push_back(0.01 * i * i);
  }
  const LinearFit line = fit_line(x, y);
  ASSERT_LT(line.predict(6).value, 0);
  const Curvature found = curvature(x, y).value();
  EXPECT_TRUE(found.of_median);
  // r = (x - 51)^2 - 850 is largest at 6 and 96, c = 0.01, the median 0.01 51^2.
  EXPECT_NEAR(found.largest.value, 1175.0 / (51 * 51), 1e-9);
  EXPECT_FALSE(curvature(std::vector<double>{1, 3, 5, 7, 1, 3, 5, 7},
                         std::vector<double>{3, -5, -5, 3, 3, -5, -5, 3}, {.middle = 1}));
}

TEST(Curvature, IsTheGapBetweenTheTwoFits) {
  for (const double c : {-1e-16, 1e-16}) {
    const Rows rows = bent(c, 0.1, 7);
    const Curvature found = curvature(rows.x, rows.y, {.middle = 1}).value();
    Design design(rows.x.size());
    design.add("x", rows.x);
    const LinearModel line = fit_linear(design, rows.y);
    const LinearModel parabola = fit_quadratic(design, rows.y, "x");
    double mean = 0, at = 0;
    for (std::size_t i = 0; i < rows.x.size(); ++i) {
      const double share = parabola.fitted[i] / line.fitted[i] - 1;
      mean += std::abs(share) / static_cast<double>(rows.x.size());
      if (rows.x[i] == found.largest_at) at = share;
    }
    EXPECT_NEAR(found.largest.value, at, 1e-11);
    EXPECT_NEAR(found.mean.value, mean, 1e-11);
    EXPECT_GE(std::abs(found.largest.value), found.mean.value);
  }
}

// The interval allows for the line's own error: by the delta method, here with derivatives taken
// numerically. With the line taken as known 95 % intervals covered 96.8 %.
TEST(Curvature, IntervalIsOfTheGapAndTheLineTogether) {
  const Rows rows = bent(-1e-16, 0.2, 3);
  const Curvature found = curvature(rows.x, rows.y).value();
  const LinearFit line = fit_line(rows.x, rows.y);
  std::vector<double> u, squares;
  for (const double x : rows.x) {
    u.push_back((x - line.x_mean) / 1e7);
    squares.push_back(u.back() * u.back());
  }
  const LinearFit of_squares = fit_line(u, squares);
  for (std::size_t i = 0; i < u.size(); ++i) squares[i] -= of_squares.predict(u[i]).value;
  Design design(u.size());
  design.add("u", u).add("r", squares);
  const LinearModel model = fit_linear(design, rows.y);
  const std::size_t at = static_cast<std::size_t>(
      std::find(rows.x.begin(), rows.x.end(), found.largest_at) - rows.x.begin());
  const auto share = [&](std::vector<double> b) {
    return b[2] * squares[at] / (b[0] + b[1] * u[at]);
  };
  std::vector<double> b, gradient;
  for (const Coefficient& one : model.coefficients) b.push_back(one.estimate);
  EXPECT_NEAR(found.largest.value, share(b), 1e-12);
  for (std::size_t i = 0; i < 3; ++i) {
    const double step = 1e-6 * std::abs(b[i]);
    std::vector<double> up = b, down = b;
    up[i] += step;
    down[i] -= step;
    gradient.push_back((share(up) - share(down)) / (2 * step));
  }
  double variance = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j)
      variance += gradient[i] * model.covariance[3 * i + j] * gradient[j];
  }
  const Coefficient& c = model.coefficients[2];
  const double t = c.interval.width() / 2 / c.standard_error;
  EXPECT_NEAR(found.largest.interval.value().width() / (2 * t * std::sqrt(variance)), 1, 1e-7);
  EXPECT_NEAR(found.quadratic.t.value(), c.t.value(), 1e-9);
  EXPECT_TRUE(found.largest.interval.value().contains(found.largest.value));
  EXPECT_FALSE(curvature(rows.x, rows.y, {.whole_enumeration = true}).value().largest.interval);
}

// Ends are few and far: they count for neither figure.
TEST(Curvature, TheMeanIsOverTheMiddle) {
  const Rows rows = bent(-1e-16, 0.1, 5);
  const Curvature inner = curvature(rows.x, rows.y).value();
  const Curvature whole = curvature(rows.x, rows.y, {.middle = 1}).value();
  EXPECT_LT(inner.mean.value, whole.mean.value);
  EXPECT_LT(inner.mean.value, std::abs(inner.largest.value));
  EXPECT_DOUBLE_EQ(inner.quadratic.estimate, whole.quadratic.estimate);
}

// A straight line with a few per cent of noise over a hundredfold range of ops: a share of the
// smallest networks' latency is known to some ten per cent only, the mean share well enough to tell
// that there is no bend.
TEST(Curvature, AStraightLineOverAWideRangeIsKnownToBeStraight) {
  Rows rows;
  RandomStream random(9, 0);
  for (int i = 0; i < 200; ++i) {
    const double x = uniform(random, 1e6, 100e6);
    rows.x.push_back(x);
    rows.y.push_back((1e-3 + 1e-8 * x) * (1 + 0.04 * uniform(random, -1, 1)));
  }
  const Curvature found = curvature(rows.x, rows.y).value();
  EXPECT_GT(found.largest.interval.value().width(), 0.05);
  EXPECT_LT(found.mean.interval.value().high, 0.02);
}

TEST(Curvature, NeitherUnitsNorOrderMatter) {
  const Rows rows = bent(-1e-16, 0.2, 4);
  Rows other;
  for (std::size_t i = rows.x.size(); i-- > 0;) {
    other.x.push_back(rows.x[i] / 1e6);
    other.y.push_back(rows.y[i] * 1e3);
  }
  const Curvature before = curvature(rows.x, rows.y).value();
  const Curvature after = curvature(other.x, other.y).value();
  EXPECT_NEAR(after.largest.value, before.largest.value, 1e-11);
  EXPECT_NEAR(after.largest.interval.value().low, before.largest.interval.value().low, 1e-11);
  EXPECT_NEAR(after.mean.interval.value().high, before.mean.interval.value().high, 1e-11);
}

TEST(Curvature, ALineHasNone) {
  const Rows rows = bent(0, 0, 5);
  const Curvature found = curvature(rows.x, rows.y).value();
  EXPECT_NEAR(found.largest.value, 0, 1e-12);
  EXPECT_LT(found.largest.interval.value().width(), 1e-12);
}

TEST(Curvature, WhatCannotBeToldIsNothing) {
  const std::vector<double> three = {1, 2, 3}, two_x = {1, 2, 1, 2, 1}, y = {1, 2, 1.1, 2.1, 1};
  EXPECT_FALSE(curvature(three, three));
  EXPECT_FALSE(curvature(two_x, y));
  const std::vector<double> x = {1, 2, 3, 4, 5, 6}, falls = {5, 1, 0.5, 0.1, 0.01, 0.001};
  EXPECT_TRUE(curvature(x, falls)->of_median);  // the line is below 0 among the middle rows
  const std::vector<double> unknown = {1, 2, std::numeric_limits<double>::quiet_NaN(), 4, 5, 6};
  EXPECT_NE(message_of([&] { (void)curvature(x, unknown); }).find("y value 3"), std::string::npos);
  EXPECT_NE(message_of([&] { (void)curvature(x, x, {.middle = 0}); }).find("middle of 0"),
            std::string::npos);
}

TEST(Curvature, AbsoluteValuesStartAtZeroWhereTheIntervalContainsIt) {
  const Estimate across = absolute({-0.01, Interval{-0.04, 0.02}});
  EXPECT_EQ(across.value, 0.01);
  EXPECT_EQ(across.interval->low, 0);
  EXPECT_EQ(across.interval->high, 0.04);
  const Estimate below = absolute({-0.03, Interval{-0.04, -0.02}});
  EXPECT_EQ(below.interval->low, 0.02);
  EXPECT_EQ(below.interval->high, 0.04);
  EXPECT_FALSE(absolute({-1, {}}).interval);
}

}  // namespace
}  // namespace opline::analysis
