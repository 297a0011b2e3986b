// Records: one declaration, nested JSON and flat CSV columns that do not depend on what is defined.
#include "src/report/record.h"

#include <gmock/gmock.h>

#include "src/base/csv.h"
#include "src/report/parts.h"

namespace opline::report {
namespace {

using testing::ElementsAre;

std::vector<std::string> columns_of(const Record& record) {
  std::vector<std::string> names;
  for (const auto& [name, value] : record.cells()) names.push_back(name);
  return names;
}

analysis::Test planted_test() {
  analysis::Test test;
  test.statistic = 2.5;
  test.p = 0.1;
  return test;
}

Record record_with(const std::optional<analysis::Test>& test,
                   const std::optional<analysis::Interval>& interval) {
  Record record;
  return record.add("n", 3)
      .interval("slope", interval)
      .optional_part("reset", test, test_record)
      .list("remarks", Json::array({"one", "two"}));
}

TEST(RecordTest, JsonNestsAndCsvFlattens) {
  const Record record = record_with(planted_test(), analysis::Interval{1, 2});
  EXPECT_EQ(
      record.json().dump(),
      R"({"n":3,"slope":[1.0,2.0],"reset":{"statistic":2.5,"p":0.1},"remarks":["one","two"]})");
  EXPECT_THAT(columns_of(record),
              ElementsAre("n", "slope.low", "slope.high", "reset.statistic", "reset.p"));
}

// Columns used to be guessed from how a key ends, and whole objects that were null had none.
TEST(RecordTest, WhatIsMissingIsNullWithTheSameColumns) {
  const Record missing = record_with({}, {});
  EXPECT_TRUE(missing.json()["reset"].is_null());
  EXPECT_TRUE(missing.json()["slope"].is_null());
  EXPECT_EQ(columns_of(missing), columns_of(record_with(planted_test(), analysis::Interval{0, 1})));
}

TEST(RecordTest, CsvHasOneRowPerRecordAndTheColumnsOfAll) {
  Record other;
  other.add("n", 4).add("why", "none, really");
  const std::string text =
      records_as_csv({record_with(planted_test(), {}), other}, "opline-test", "opline x");
  const CsvTable table = CsvTable::from_text(text, "records.csv");
  EXPECT_EQ(table.rows(), 2u);
  EXPECT_EQ(table.number(0, table.column("reset.p")), 0.1);
  EXPECT_EQ(table.text(0, table.column("slope.low")), "");
  EXPECT_EQ(table.text(1, table.column("reset.p")), "");
  EXPECT_EQ(table.text(1, table.column("why")), "none, really");
}

}  // namespace
}  // namespace opline::report
