// Which networks of two series are the same, and what follows from it.
#include "src/evaluation/series_comparison.h"

#include <gmock/gmock.h>

#include "tests/evaluation/planted_series.h"

namespace opline::evaluation {
namespace {

TEST(SeriesComparisonTest, TablesPairByName) {
  const Series a = planted_series(60, 10, "net");
  const Series b = planted_series(60, 12, "net", "other");
  const SeriesComparison pair = compare_series(a, b, {});
  ASSERT_TRUE(pair.common) << pair.why_none;
  EXPECT_EQ(pair.common->n, 60u);
  EXPECT_TRUE(pair.paired);
  EXPECT_NEAR(*pair.common->slopes->share, 0.2, 0.01);
}

/// A series as a campaign of a study has it: architectures as names, ids of networks.
Series sampled_series(int n, double ns_per_op) {
  Series series = planted_series(n, ns_per_op, "arch", "nucleo");
  series.seed = 1;
  series.prior = "uniform-decisions";
  return series;
}

// A table could not be compared with a simulator network by network.
TEST(SeriesComparisonTest, ATablePairsWithAStudyByArchitectureOrId) {
  const Series study = sampled_series(60, 10);
  Series table = planted_series(60, 12, "arch");
  for (Row& row : table.rows) row.network = digest("table " + row.name);
  EXPECT_EQ(compare_series(study, table, {}).common->n, 60u);
  for (std::size_t i = 0; i < table.rows.size(); ++i) table.rows[i].name = study.rows[i].network;
  EXPECT_EQ(compare_series(study, table, {}).common->n, 60u);
}

TEST(SeriesComparisonTest, ATableMayRoundItsOpsAndNoMore) {
  const Series study = sampled_series(60, 10);
  Series table = planted_series(60, 12, "arch");
  for (std::size_t i = 0; i < 60; ++i) {
    table.rows[i].network = digest("table " + table.rows[i].name);
    table.rows[i].ops += table.rows[i].ops / (i < 20 ? 200 : 50);  // 0.5 %, 2 %
  }
  EXPECT_EQ(compare_series(study, table, {}).common->n, 20u);
}

TEST(SeriesComparisonTest, UnnamedRowsAreNoNetworksOfAnotherTable) {
  Series a = planted_series(60, 10);
  Series b = planted_series(60, 12, "net", "other");
  for (Series* one : {&a, &b}) {
    for (Row& row : one->rows) row.name = row.network = "";
  }
  const SeriesComparison pair = compare_series(a, b, {});
  EXPECT_FALSE(pair.common);
  EXPECT_FALSE(pair.paired);
}

// A prior compared with its own constrained version was told "the same": rows against themselves.
TEST(SeriesComparisonTest, TheSameMeasurementsAreRecognised) {
  const Series all = sampled_series(60, 10);
  Series some = all;
  some.rows.resize(40);
  some.prior = "uniform-decisions given ops ..40M";
  const SeriesComparison pair = compare_series(all, some, {});
  EXPECT_EQ(pair.same_measurements, 40u);
  EXPECT_FALSE(pair.common);
  EXPECT_FALSE(pair.paired);
  ASSERT_TRUE(pair.one_line);
}

TEST(SeriesComparisonTest, TooFewNetworksAreAReason) {
  const Series a = planted_series(2, 10);
  const Series b = planted_series(20, 10);
  EXPECT_THAT(compare_series(a, b, {}).why_none, testing::HasSubstr("fewer than three networks"));
}

}  // namespace
}  // namespace opline::evaluation
