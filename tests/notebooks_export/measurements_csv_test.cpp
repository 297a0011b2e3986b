#include "notebooks_export/measurements_csv.h"

#include <gtest/gtest.h>

#include "src/base/csv.h"

namespace opline::notebooks_export {
namespace {

CampaignRows rows_of(store::Series series) {
  CampaignRows rows;
  rows.campaign.space_name = "kws";
  rows.campaign.campaign.prior = "uniform-decisions";
  rows.campaign.campaign.seed = 7;
  rows.series = std::move(series);
  return rows;
}

store::Series series() {
  store::Series one;
  one.setup.id = std::string(32, 'b');
  one.setup.setup.board = "board, with a comma";
  one.setup.setup.clock_hz = 100'000'000;
  store::MeasurementRow row;
  row.network = std::string(32, 'a');
  row.architecture = "conv1=8 block1=skip";
  row.draws = 2;
  row.ops = 1000;
  row.macs = 500;
  row.cycles = 4000;
  one.rows = {row};
  return one;
}

TEST(MeasurementsCsv, UnknownIsEmptyAndRawStaysRaw) {
  const CsvTable table =
      CsvTable::from_text(measurements_csv({rows_of(series())}, {"provenance"}), "t");
  ASSERT_EQ(table.rows(), 1U);
  EXPECT_EQ(table.comments().at(0), "provenance");
  EXPECT_EQ(table.integer(0, table.column("cycles")), 4000U);
  EXPECT_DOUBLE_EQ(table.number(0, table.column("latency_s")), 4e-5);
  EXPECT_EQ(table.text(0, table.column("energy_j")), "");
  EXPECT_EQ(table.text(0, table.column("parameters")), "");
  EXPECT_EQ(table.text(0, table.column("board")), "board, with a comma");
}

TEST(MeasurementsCsv, WithoutAClockNoLatencyIsInvented) {
  store::Series one = series();
  one.setup.setup.clock_hz.reset();
  const CsvTable table = CsvTable::from_text(measurements_csv({rows_of(one)}, {}), "t");
  EXPECT_EQ(table.text(0, table.column("latency_s")), "");
}

TEST(MeasurementsCsv, WhatWasNotMeasuredIsThereWithItsReason) {
  CampaignRows rows = rows_of(series());
  rows.failures.push_back({std::string(32, 'c'), "conv1=9", 1, 2000,
                           measure::OutcomeKind::does_not_fit, "needs \"more\", a lot"});
  const CsvTable table = CsvTable::from_text(measurements_csv({rows}, {}), "t");
  ASSERT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.text(1, table.column("outcome")), "does_not_fit");
  EXPECT_EQ(table.text(1, table.column("reason")), "needs \"more\", a lot");
  EXPECT_EQ(table.text(1, table.column("cycles")), "");
  EXPECT_EQ(table.integer(1, table.column("seed")), 7U);
  EXPECT_EQ(table.text(0, table.column("outcome")), "measured");
}

}  // namespace
}  // namespace opline::notebooks_export
