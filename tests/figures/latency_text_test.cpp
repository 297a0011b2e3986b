#include "src/figures/latency_text.h"

#include <gmock/gmock.h>

namespace opline::figures {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

analysis::LinearFit fit(double slope, double slope_error, double intercept, double intercept_error,
                        double r2) {
  analysis::LinearFit result;
  result.n = 812;
  result.slope = slope;
  result.slope_standard_error = slope_error;
  result.slope_interval = {slope - 2 * slope_error, slope + 2 * slope_error};
  result.intercept = intercept;
  result.intercept_standard_error = intercept_error;
  result.r_squared = r2;
  return result;
}

LatencySeries series(const std::string& board, Origin origin = Origin::simulated) {
  LatencySeries result;
  result.ops.assign(812, 1e6);
  result.seconds.assign(812, 0.01);
  result.space = "kws";
  result.board = board;
  result.runtime = "opline 0.1.0";
  result.prior = "uniform-decisions";
  result.origin = origin;
  result.drawn = 1000;
  result.different = 985;
  result.fitting = 830;
  return result;
}

TEST(LatencyText, UnitsHoldTwoOfTheLargestFigure) {
  EXPECT_STREQ(ops_unit(41.2e6).name, "Mops");
  EXPECT_STREQ(ops_unit(1.5e9).name, "Mops");
  EXPECT_STREQ(ops_unit(2e9).name, "Gops");
  EXPECT_STREQ(ops_unit(900e3).name, "kops");
  EXPECT_STREQ(ops_unit(12).name, "ops");
  EXPECT_STREQ(ops_unit(0).name, "ops");
  EXPECT_STREQ(time_unit(0.55).name, "ms");
  EXPECT_STREQ(time_unit(3).name, "s");
  EXPECT_STREQ(time_unit(50e-6).name, "µs");
  EXPECT_DOUBLE_EQ(time_unit(0.55).scale, 1e-3);
}

TEST(LatencyText, EquationShowsTheDigitsThatTheErrorsBearOut) {
  EXPECT_EQ(equation(fit(13.2538e-9, 0.0612e-9, 1.104e-3, 0.3e-3, 0.98)),
            "13.25 ns/op × ops + 1104 µs");
  EXPECT_EQ(equation(fit(13.2538e-9, 0.0612e-9, 3.104e-3, 0.2e-3, 0.98)),
            "13.25 ns/op × ops + 3.10 ms");
  EXPECT_EQ(equation(fit(13.2538e-9, 3e-9, -5.1e-3, 2e-3, 0.5)), "13.3 ns/op × ops − 5.10 ms");
  EXPECT_EQ(equation(fit(13.25381234e-9, 2e-14, 5.1e-3, 1e-9, 1)),
            "13.25381 ns/op × ops + 5.100000 ms");
  EXPECT_EQ(equation(fit(42e-12, 1e-12, 5.1e-3, 1e-4, 1)), "42.0 ps/op × ops + 5.10 ms");
  EXPECT_EQ(slope_interval(fit(13.2538e-9, 0.0612e-9, 0, 1, 1)),
            "slope 95 % interval [13.13, 13.38] ns/op");
}

TEST(LatencyText, RSquaredNeverRoundsUpToOne) {
  EXPECT_EQ(r_squared(fit(1, 1, 1, 1, 0.9823)), "R² = 0.982");
  EXPECT_EQ(r_squared(fit(1, 1, 1, 1, 0.5)), "R² = 0.500");
  EXPECT_EQ(r_squared(fit(1, 1, 1, 1, 0.99962)), "R² = 0.99962");
  EXPECT_EQ(r_squared(fit(1, 1, 1, 1, 0.99999999)), "R² > 0.999999");
  EXPECT_EQ(r_squared(fit(1, 1, 1, 1, 1)), "R² = 1");
  EXPECT_EQ(r_squared(analysis::LinearFit{}), "R² not defined");
}

TEST(LatencyText, ASingleSeriesIsNamedInTheTitle) {
  LatencyFigure figure;
  figure.series = {series("nucleo-f446re")};
  figure.remarks = {"uncalibrated"};
  EXPECT_EQ(title(figure), "Latency against ops: kws on nucleo-f446re");
  EXPECT_EQ(subtitle(figure),
            "simulated · runtime opline 0.1.0 · prior uniform-decisions · uncalibrated");
  EXPECT_THAT(footer(figure), ElementsAre("drawn 1000 · different 985 · fitting 830 · measured 812",
                                          HasSubstr("no measurement noise")));
  figure.series[0].pending = 155;
  EXPECT_THAT(footer(figure)[0], testing::EndsWith("measured 812 · pending 155"));
  figure.title = "Mine";
  EXPECT_EQ(title(figure), "Mine");
  EXPECT_THAT(subtitle(figure), HasSubstr("space kws · board nucleo-f446re"));
}

TEST(LatencyText, SeveralSeriesAreNamedByWhatDiffers) {
  LatencyFigure figure;
  figure.series = {series("nucleo-f446re"), series("nucleo-f767zi", Origin::measured)};
  EXPECT_EQ(title(figure), "Latency against ops: kws");
  EXPECT_EQ(subtitle(figure), "runtime opline 0.1.0 · prior uniform-decisions");
  EXPECT_THAT(series_names(figure),
              ElementsAre("nucleo-f446re, simulated", "nucleo-f767zi, measured"));
  EXPECT_THAT(footer(figure), testing::SizeIs(3));
  figure.series[1] = figure.series[0];
  EXPECT_THAT(series_names(figure), ElementsAre("series 1", "series 2"));
}

TEST(LatencyText, WhatIsUnknownIsSaid) {
  LatencyFigure figure;
  figure.series = {series("x", Origin::imported)};
  figure.series[0].board.reset();
  figure.series[0].runtime.reset();
  figure.series[0].drawn.reset();
  figure.series[0].different.reset();
  figure.series[0].fitting.reset();
  EXPECT_EQ(title(figure), "Latency against ops: kws");
  EXPECT_EQ(subtitle(figure),
            "imported · board not stated · runtime not stated · prior uniform-decisions");
  EXPECT_THAT(
      footer(figure),
      ElementsAre("drawn not stated · different not stated · fitting not stated · measured 812"));
  EXPECT_EQ(line_in_words(figure.series[0], true, true), "no line is fitted, n = 812");
}

TEST(LatencyText, AWholeEnumerationStatesNoInterval) {
  LatencyFigure figure;
  figure.series = {series("x")};
  for (LatencySeries& series : figure.series) series.whole_enumeration = true;
  EXPECT_THAT(footer(figure).back(), HasSubstr("no interval"));
  figure.series[0].fit = fit(13.2538e-9, 0.0612e-9, 3.104e-3, 0.2e-3, 0.98);
  EXPECT_EQ(line_in_words(figure.series[0], false, true),
            "13.25 ns/op × ops + 3.10 ms, R² = 0.980, n = 812 of 985 networks");
}

}  // namespace
}  // namespace opline::figures
