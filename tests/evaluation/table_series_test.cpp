// A table as a series: repeats are one network, and what they tell about the measurement is kept.
#include "src/evaluation/table_series.h"

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

}  // namespace
}  // namespace opline::evaluation
