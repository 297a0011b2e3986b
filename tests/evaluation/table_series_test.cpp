// A table as a series: repeats are one network, and what they tell about the measurement is kept.
#include "src/evaluation/table_series.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/evaluation/judge.h"
#include "src/evaluation/table/measured_table.h"

namespace opline::evaluation {
namespace {

using testing::Optional;

/// The table of analysis' own test by hand: y = 1, 3 | 4, 6 | 5, 7 at x = 1, 2, 3.
constexpr const char* kRepeats =
    "name,ops,latency_s,energy_j\n"
    "a,1,1,0.2\nb,2,4,\na,1,3,0.4\nc,3,5,\nb,2,6,0.5\nc,3,7,\n";

Series series_of_text(const std::string& text, const TableColumns& columns) {
  measure::Setup setup;
  setup.runner = measure::Runner::imported;
  setup.board = "board";
  return series_of(parse_measured_table(text, "mine.csv", columns), "mine", setup);
}

TEST(TableSeries, RepeatsAreOneNetworkWithTheirMedian) {
  const Series series = series_of_text(kRepeats, {.name = "name", .energy = "energy_j"});
  ASSERT_EQ(series.rows.size(), 3U);
  EXPECT_EQ(series.counts.measured.networks, 3);
  EXPECT_EQ(series.rows[1].name, "b");
  EXPECT_EQ(series.rows[1].ops, 2U);
  EXPECT_THAT(series.rows[1].seconds, Optional(5.0));
  EXPECT_EQ(series.rows[1].repeats, 2U);
  EXPECT_THAT(series.rows[1].line, Optional(3U));
  EXPECT_THAT(series.rows[0].joules, Optional(testing::DoubleNear(0.3, 1e-15)));
  EXPECT_THAT(series.rows[1].joules, Optional(0.5));  // the other one is unknown
  EXPECT_FALSE(series.rows[2].joules);
}

TEST(TableSeries, KeepsTheLackOfFitOfItsLatencies) {
  const Series series = series_of_text(kRepeats, {.name = "name", .energy = "energy_j"});
  ASSERT_TRUE(series.lack_of_fit);
  EXPECT_NEAR(series.lack_of_fit->test.statistic, 2.0 / 3, 1e-12);
  EXPECT_EQ(response_rows(series, Response::latency).lack_of_fit->test.other_degrees, 3);
  EXPECT_FALSE(response_rows(series, Response::energy).lack_of_fit);
  EXPECT_TRUE(judge({&series}, {}).rows.lack_of_fit);
}

TEST(TableSeries, WithoutRepeatsThereIsNone) {
  const Series series = series_of_text("ops,latency_s\n1,1\n2,4\n3,5\n4,7\n", {});
  EXPECT_EQ(series.rows.size(), 4U);
  EXPECT_FALSE(series.lack_of_fit);
}

/// 60 networks of 1 to 60 Mops, twice each: one millisecond and `first` or `second` ns per op.
std::string twice(double first, double second, bool named) {
  std::string text = named ? "name,board,ops,latency_ms\n" : "board,ops,latency_ms\n";
  for (int i = 1; i <= 60; ++i) {
    for (const double slope : {first, second}) {
      const double latency = (1 + slope * i) * (i % 3 == 0 ? 1.01 : 0.995);
      if (named) text += fmt::format("net{},", i);
      text += fmt::format("{},{},{}\n", slope == first ? "a" : "b", 1'000'000 * i, latency);
    }
  }
  return text;
}

JudgeOptions shipped_options() {
  JudgeOptions options;
  options.thresholds = shipped_thresholds();
  return options;
}

// Two boards under one name were "networks 60, R^2 0.9996, VALID".
TEST(TableSeries, RowsOfTwoBoardsUnderOneNameDecideNothing) {
  const Series series =
      series_of_text(twice(13, 5, true), {.latency = "latency_ms", .name = "name"});
  EXPECT_EQ(series.rows.size(), 60U);
  EXPECT_EQ(series.measurements(), 120U);
  ASSERT_TRUE(series.repeat_spread);
  EXPECT_TRUE(series.repeat_spread->contradictory());
  const Judgement judged = judge({&series}, shipped_options());
  ASSERT_TRUE(judged.verdict);
  EXPECT_EQ(judged.verdict->ruling, analysis::Ruling::undecided);
  ASSERT_EQ(judged.verdict->next.size(), 1U);
  EXPECT_EQ(judged.verdict->next[0].kind, analysis::AdviceKind::mixed_rows);
  EXPECT_THAT(judged.verdict->advice[0],
              testing::HasSubstr("rows of one name differ by a factor of 2.6: is there a column"));
  EXPECT_THAT(judged.verdict->reasons, testing::Contains(testing::HasSubstr("not repeats")));
}

// Each number of ops twice, with latencies L and 2 L, was 60 networks and valid.
TEST(TableSeries, RowsOfTheSameOpsThatAreFarApartAreNetworks) {
  std::string text = "ops,latency_ms\n";
  for (int i = 1; i <= 60; ++i) {
    for (const int factor : {1, 2})
      text += fmt::format("{},{}\n", 1'000'000 * i, factor * (1 + 13.0 * i));
  }
  const Series series = series_of_text(text, {.latency = "latency_ms"});
  EXPECT_EQ(series.rows.size(), 120U);
  const Judgement judged = judge({&series}, shipped_options());
  ASSERT_TRUE(judged.verdict);
  EXPECT_EQ(judged.verdict->ruling, analysis::Ruling::not_valid);
  EXPECT_THAT(judged.verdict->advice[0],
              testing::HasSubstr("rows of the same ops differ by a factor of 2 and are taken for "
                                 "different networks"));
}

TEST(TableSeries, RepeatsCloseToEachOtherAreOneNetworkWithOrWithoutNames) {
  for (const bool named : {true, false}) {
    TableColumns columns{.latency = "latency_ms"};
    if (named) columns.name = "name";
    const Series series = series_of_text(twice(10, 10.1, named), columns);
    EXPECT_EQ(series.rows.size(), 60U);
    EXPECT_EQ(judge({&series}, shipped_options()).verdict->ruling,
              analysis::Ruling::valid_with_margin);  // 60 networks
  }
}

}  // namespace
}  // namespace opline::evaluation
