// Data with a known truth: intervals cover it as often as they say, tests reject it as often as
// they say, and planted defects are found.
//
// A share of R repeats is held within exact binomial bounds: for a true probability in [from, to]
// the count falls out of them with probability 2e-4. from = to for what is exact under normal
// errors (classical intervals, RESET, Chow); what holds for many rows only has the tolerance stated
// with it. Seeds are fixed, so the result is too. Built twice: 500 repeats, and 20000 as an
// extended test.
#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <map>
#include <string>
#include <vector>

#include "analysis/regression/diagnostics.h"
#include "analysis/regression/linear_model.h"
#include "analysis/regression/regression.h"
#include "analysis/validation/common_slope.h"
#include "analysis/validation/curvature.h"
#include "tests/analysis/planted_rows.h"

namespace opline::analysis {
namespace {

LinearModel fitted(const Rows& rows, CovarianceKind kind) {
  Design design(rows.x.size());
  design.add("x", rows.x);
  return fit_linear(design, rows.y, {0.95, kind});
}

Diagnostics diagnosed(const Rows& rows) {
  Design design(rows.x.size());
  design.add("x", rows.x);
  return diagnose(fit_linear(design, rows.y), design, rows.y);
}

class PlantedTruth : public testing::TestWithParam<int> {
 protected:
  [[nodiscard]] std::uint64_t repeats() const { return static_cast<std::uint64_t>(GetParam()); }

  /// `hits` of the repeats are what a probability in [from, to] gives.
  void expect_share(int hits, double from, double to, const std::string& what) const {
    using Binomial = boost::math::binomial_distribution<double>;
    const auto n = static_cast<double>(repeats());
    EXPECT_GE(hits, boost::math::quantile(Binomial(n, from), 1e-4)) << what << ": " << hits / n;
    EXPECT_LE(hits, boost::math::quantile(boost::math::complement(Binomial(n, to), 1e-4)))
        << what << ": " << hits / n;
    RecordProperty(what, std::to_string(hits / n));
  }
};

TEST_P(PlantedTruth, SlopeIntervalsCover) {
  int classical = 0, hc3 = 0, uneven_classical = 0, uneven_hc3 = 0;
  for (std::uint64_t repeat = 0; repeat < repeats(); ++repeat) {
    RandomStream random(501, repeat);
    const Rows rows = drawn(random, 60, even);
    classical += fitted(rows, CovarianceKind::classical).coefficients[1].interval.contains(kSlope);
    hc3 += fitted(rows, CovarianceKind::hc3).coefficients[1].interval.contains(kSlope);
    const Rows uneven = drawn(random, 60, wide_ends);
    uneven_classical +=
        fitted(uneven, CovarianceKind::classical).coefficients[1].interval.contains(kSlope);
    uneven_hc3 += fitted(uneven, CovarianceKind::hc3).coefficients[1].interval.contains(kSlope);
  }
  expect_share(classical, 0.95, 0.95, "classical");
  expect_share(hc3, 0.94, 0.96, "HC3");
  expect_share(uneven_hc3, 0.94, 0.96, "HC3, uneven spread");
  expect_share(uneven_classical, 0.8, 0.9, "classical, uneven spread: too narrow");
}

TEST_P(PlantedTruth, TestsHoldTheirSize) {
  std::map<std::string, int> rejected;
  for (std::uint64_t repeat = 0; repeat < repeats(); ++repeat) {
    RandomStream random(502, repeat);
    const Diagnostics found = diagnosed(drawn(random, 100, even));
    rejected["RESET"] += found.reset.value().p < 0.05;
    rejected["Breusch-Pagan"] += found.breusch_pagan.value().p < 0.05;
    rejected["White"] += found.white.value().p < 0.05;
    rejected["Jarque-Bera"] += found.jarque_bera.value().p < 0.05;
    rejected["Shapiro-Francia"] += found.shapiro_francia.value().p < 0.05;
    const Rows a = drawn(random, 40, even), b = drawn(random, 50, even),
               c = drawn(random, 30, even);
    const CommonSlope slopes =
        compare_slopes(std::vector<SlopeGroup>{{"a", a.x, a.y}, {"b", b.x, b.y}, {"c", c.x, c.y}});
    rejected["equal slopes"] += slopes.equal_slopes.value().p < 0.05;
    rejected["equal lines"] += slopes.equal_lines.value().p < 0.05;
  }
  for (const char* exact : {"RESET", "equal slopes", "equal lines"}) {
    expect_share(rejected[exact], 0.05, 0.05, exact);
  }
  expect_share(rejected["Breusch-Pagan"], 0.04, 0.055, "Breusch-Pagan");
  expect_share(rejected["White"], 0.04, 0.055, "White");
  expect_share(rejected["Jarque-Bera"], 0.035, 0.05, "Jarque-Bera");
  expect_share(rejected["Shapiro-Francia"], 0.045, 0.06, "Shapiro-Francia");
}

// Where the spread grows the classical RESET takes spread for curvature; with HC3 covariance it
// holds its size, and still finds a bend.
TEST_P(PlantedTruth, ResetWithHc3HoldsItsSizeWhereTheSpreadGrows) {
  int even_hc3 = 0, growing_hc3 = 0, growing_classical = 0, bent_hc3 = 0;
  for (std::uint64_t repeat = 0; repeat < repeats(); ++repeat) {
    RandomStream random(507, repeat);
    even_hc3 += diagnosed(drawn(random, 100, even)).reset_hc3.value().p < 0.05;
    const Diagnostics found = diagnosed(drawn(random, 100, growing));
    growing_hc3 += found.reset_hc3.value().p < 0.05;
    growing_classical += found.reset.value().p < 0.05;
    bent_hc3 += diagnosed(drawn(random, 200, even, bend)).reset_hc3.value().p < 0.05;
  }
  expect_share(even_hc3, 0.04, 0.06, "RESET with HC3");
  expect_share(growing_hc3, 0.04, 0.06, "RESET with HC3, growing spread");
  expect_share(growing_classical, 0.07, 0.2, "classical RESET, growing spread: rejects too often");
  expect_share(bent_hc3, 0.95, 1, "bend found by RESET with HC3");
}

TEST_P(PlantedTruth, DefectsAreFound) {
  std::map<std::string, int> found;
  const std::uint64_t sets = repeats() / 8;
  for (std::uint64_t repeat = 0; repeat < sets; ++repeat) {
    RandomStream random(503, repeat);
    found["curvature by RESET"] += diagnosed(drawn(random, 200, even, bend)).reset.value().p < 0.05;
    const Diagnostics uneven = diagnosed(drawn(random, 200, growing));
    found["spread by Breusch-Pagan"] += uneven.breusch_pagan.value().p < 0.05;
    found["spread by White"] += uneven.white.value().p < 0.05;
    Rows outlying = drawn(random, 100, even);
    outlying.y[17] += 7 * kNoise;
    const Diagnostics outlier = diagnosed(outlying);
    found["outlier by Jarque-Bera"] += outlier.jarque_bera.value().p < 0.05;
    found["outlier by Shapiro-Francia"] += outlier.shapiro_francia.value().p < 0.05;
    found["outlier by studentised residual"] += outlier.influence[17].external.value() > 4;
    const Rows a = drawn(random, 100, even), b = drawn(random, 100, even, line, 1.1);
    const CommonSlope slopes =
        compare_slopes(std::vector<SlopeGroup>{{"a", a.x, a.y}, {"b", b.x, b.y}});
    found["two slopes by F"] += slopes.equal_slopes.value().p < 0.05;
    found["two lines by Chow"] += slopes.equal_lines.value().p < 0.05;
  }
  for (const auto& [name, hits] : found) {
    EXPECT_GE(hits, 0.95 * static_cast<double>(sets)) << name;
  }
  EXPECT_EQ(found.size(), 8U);
}

TEST_P(PlantedTruth, CurvatureIntervalCoversThePlantedShare) {
  int covered = 0, zero = 0;
  double sum = 0;
  for (std::uint64_t repeat = 0; repeat < repeats(); ++repeat) {
    RandomStream random(504, repeat);
    const Rows rows = drawn(random, 80, growing, bend);
    std::vector<double> truth;
    for (const double x : rows.x) truth.push_back(bend(x));
    const double planted = curvature(rows.x, truth).value().largest.value;
    EXPECT_LT(planted, 0) << repeat;  // the line overestimates the smallest networks
    sum += planted;
    covered += curvature(rows.x, rows.y).value().largest.interval.value().contains(planted);
    const Rows straight = drawn(random, 80, growing);
    zero += curvature(straight.x, straight.y).value().largest.interval.value().contains(0);
  }
  // Were x spread evenly: c r = -0.05 (0.9^2 - 1/3) s at the 5 % quantile of x, 4 Mops, where the
  // line is 0.136 s.
  EXPECT_NEAR(sum / static_cast<double>(repeats()), -0.175, 0.03);
  expect_share(covered, 0.935, 0.96, "planted share");
  expect_share(zero, 0.935, 0.96, "no curvature");
}

TEST_P(PlantedTruth, SlopeDifferenceIntervalsCover) {
  int plain = 0, up_to_scale = 0;
  for (std::uint64_t repeat = 0; repeat < repeats(); ++repeat) {
    RandomStream random(505, repeat);
    const Rows a = drawn(random, 80, wide_ends);
    Rows b = drawn(random, 60, growing, line, 1.1);
    plain += compare_slopes(std::vector<SlopeGroup>{{"a", a.x, a.y}, {"b", b.x, b.y}})
                 .worst.interval.value()
                 .contains(0.1);
    b = drawn(random, 60, growing);
    for (double& y : b.y) y *= 3;
    up_to_scale += compare_slopes(std::vector<SlopeGroup>{{"a", a.x, a.y}, {"b", b.x, b.y}},
                                  {.up_to_scale = true})
                       .worst.interval.value()
                       .contains(0);
  }
  expect_share(plain, 0.94, 0.96, "10 % apart");
  expect_share(up_to_scale, 0.94, 0.96, "one up to scale");
}

TEST_P(PlantedTruth, SlopesTenPercentApartAreDifferentAndEqualOnesTheSame) {
  int different = 0, same = 0, paired_different = 0, paired_same = 0;
  const std::uint64_t sets = repeats() / 40;
  const auto three_percent = [](double x) { return 0.03 * line(x); };
  for (std::uint64_t repeat = 0; repeat < sets; ++repeat) {
    RandomStream random(506, repeat);
    const Rows a = drawn(random, 400, three_percent),
               b = drawn(random, 400, three_percent, line, 1.1),
               c = drawn(random, 400, three_percent);
    const auto agreement = [&](const Rows& other) {
      return compare_slopes(std::vector<SlopeGroup>{{"a", a.x, a.y}, {"b", other.x, other.y}})
          .worst.agreement;
    };
    different += agreement(b) == Agreement::different;
    same += agreement(c) == Agreement::same;
    std::vector<double> steeper,
        alike;  // the same networks on another board, each off by up to 2 %
    for (std::size_t i = 0; i < 100; ++i) {
      const double error = testing_data::uniform(random, 0.98, 1.02);
      steeper.push_back((a.y[i] + 0.1 * kSlope * a.x[i]) * error);
      alike.push_back(a.y[i] * error);
    }
    const std::span<const double> x(a.x.data(), 100), y(a.y.data(), 100);
    const CommonSlopeOptions quick = {.replicates = 400};
    paired_different += paired_slope_ratio(x, y, steeper, quick).agreement == Agreement::different;
    paired_same += paired_slope_ratio(x, y, alike, quick).agreement == Agreement::same;
  }
  for (const int hits : {different, same, paired_different, paired_same}) {
    EXPECT_GE(hits, 0.95 * static_cast<double>(sets));
  }
}

#ifdef OPLINE_MANY_REPEATS
INSTANTIATE_TEST_SUITE_P(Many, PlantedTruth, testing::Values(20000));
#else
INSTANTIATE_TEST_SUITE_P(Quick, PlantedTruth, testing::Values(500));
#endif

}  // namespace
}  // namespace opline::analysis
