#include "notebooks_export/table_writer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "src/base/error.h"
#include "src/base/json.h"

namespace opline::notebooks_export {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string written(TableForm form) {
  TableWriter table(form, {"opline-things", 3}, {"name", "ops", "s.1"}, {"a comment"});
  table.text("plain").integer(18446744073709551615U).number(0.1).end_row();
  table.text("").integer(std::nullopt).number(std::nullopt).end_row();
  table.text("a \"b\",\n# \u00E9\u2028\U0001F600").integer(0).number(-1e-300).end_row();
  return table.str();
}

TEST(TableWriter, JsonLinesAreObjectsWithEveryKey) {
  const std::string text = written(TableForm::json_lines);
  std::istringstream lines(text);
  std::vector<Json> rows;
  for (std::string line; std::getline(lines, line);) rows.push_back(parse_json(line, "line"));
  ASSERT_EQ(rows.size(), 3U);
  for (const Json& row : rows) EXPECT_EQ(row["format"], "opline-things 3");
  EXPECT_EQ(rows[0]["ops"].get<std::uint64_t>(), 18446744073709551615U);
  EXPECT_EQ(rows[0]["s.1"].get<double>(), 0.1);
  for (const char* key : {"name", "ops", "s.1"}) {
    ASSERT_TRUE(rows[1].contains(key));
    EXPECT_TRUE(rows[1][key].is_null());
  }
  EXPECT_EQ(rows[2]["name"], "a \"b\",\n# \u00E9\u2028\U0001F600");
  EXPECT_EQ(rows[2]["s.1"].get<double>(), -1e-300);
  for (const char c : text) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
  EXPECT_THAT(text, Not(HasSubstr("a comment")));
}

TEST(TableWriter, CsvHoldsTheSameValues) {
  const std::string text = written(TableForm::csv);
  const CsvTable table = CsvTable::from_text(text, "t");
  EXPECT_THAT(table.comments().at(0), HasSubstr("opline-things version 3, written by opline"));
  EXPECT_EQ(table.comments().at(1), "a comment");
  ASSERT_EQ(table.rows(), 3U);
  EXPECT_EQ(table.integer(0, 1), 18446744073709551615U);
  EXPECT_EQ(table.text(1, 0), "");
  EXPECT_EQ(table.text(2, 0), "a \"b\",\n# \u00E9\u2028\U0001F600");
}

TEST(TableWriter, ASinkGetsTheSameTableInParts) {
  for (const TableForm form : {TableForm::csv, TableForm::json_lines}) {
    const auto fill = [](TableWriter& table) {
      for (std::uint64_t i = 0; i < 40'000; ++i)
        table.text("a name of some length, with a comma").integer(i).end_row();
      return table.str();
    };
    TableWriter whole(form, {"opline-things", 1}, {"a", "b"}, {"a comment"});
    std::string parts;
    std::size_t longest = 0;
    TableWriter streamed(form, {"opline-things", 1}, {"a", "b"}, {"a comment"},
                         [&](std::string_view part) {
                           parts += part;
                           longest = std::max(longest, part.size());
                         });
    parts += fill(streamed);
    EXPECT_EQ(parts, fill(whole));
    EXPECT_GT(longest, 0U);
    EXPECT_LT(longest, 1'100'000U);
  }
}

TEST(TableWriter, ARowHasAFieldForEachColumn) {
  for (const TableForm form : {TableForm::csv, TableForm::json_lines}) {
    TableWriter table(form, {"opline-things", 1}, {"a", "b"}, {});
    table.text("x");
    EXPECT_THROW(table.end_row(), Error);
  }
}

}  // namespace
}  // namespace opline::notebooks_export
