#include "src/base/csv.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <limits>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/random.h"
#include "tests/error_message.h"

namespace opline {
namespace {

using std::string_view_literals::operator""sv;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string refusal(const std::string& text) {
  return message_of([&] { (void)CsvTable::from_text(text, "t.csv"); });
}

TEST(Csv, ReadsNamedColumns) {
  const CsvTable table =
      CsvTable::from_text("name,ops,latency_s\nnet-1,1000000,0.0132\nnet-2,,-3e-4\n", "t.csv");
  EXPECT_THAT(table.columns(), ElementsAre("name", "ops", "latency_s"));
  ASSERT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.text(1, table.column("name")), "net-2");
  EXPECT_EQ(table.integer(0, table.column("ops")), 1000000U);
  EXPECT_EQ(table.number(0, 2), 0.0132);
  EXPECT_EQ(table.number(1, 2), -3e-4);
  EXPECT_EQ(table.optional_integer(1, 1), std::nullopt);
  EXPECT_EQ(table.optional_number(0, 1), 1e6);
  EXPECT_TRUE(table.has("ops"));
  EXPECT_FALSE(table.has("Ops"));
}

TEST(Csv, ReadsWhatSpreadsheetsWrite) {
  const CsvTable table = CsvTable::from_text(
      "\xEF\xBB\xBF# opline export 1\r\n#two\r\n\"a,b\",c\r\n\"x \"\"y\"\"\",\r\n\r\n", "t.csv");
  EXPECT_THAT(table.comments(), ElementsAre("opline export 1", "two"));
  EXPECT_THAT(table.columns(), ElementsAre("a,b", "c"));
  ASSERT_EQ(table.rows(), 1U);
  EXPECT_EQ(table.text(0, 0), "x \"y\"");
  EXPECT_EQ(table.text(0, 1), "");
}

TEST(Csv, LastLineNeedsNoBreakAndALineWithAHashIsNoRow) {
  const CsvTable table = CsvTable::from_text("a,b\n#0,1\n\"#1\",\"2\"", "t.csv");
  ASSERT_EQ(table.rows(), 1U);
  EXPECT_EQ(table.text(0, 0), "#1");
  EXPECT_EQ(table.integer(0, 1), 2U);
}

TEST(Csv, LineBreaksInsideQuotesKeepTheLineCount) {
  const CsvTable table = CsvTable::from_text("# c\na,b\n\"1\r\n2\",x\n\n3,4y\n", "t.csv");
  ASSERT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.text(0, 0), "1\r\n2");
  EXPECT_EQ(table.where(0), "t.csv:3");
  EXPECT_EQ(table.where(1), "t.csv:6");
  EXPECT_THAT(message_of([&] { (void)table.number(1, 1); }),
              StartsWith("t.csv:6: column `b`: is `4y`, not a number"));
}

TEST(Csv, FieldsSurviveMovingAShortTable) {
  CsvTable table =
      CsvTable::from_text("a\n7\n", "t.csv");  // short enough to live inside the string object
  const CsvTable moved = std::move(table);
  EXPECT_EQ(moved.integer(0, 0), 7U);
}

TEST(Csv, StructuralFaultsNameLineColumnAndRemedy) {
  EXPECT_THAT(refusal(""),
              AllOf(StartsWith("t.csv: has no header row"), HasSubstr("must name the columns")));
  EXPECT_THAT(refusal("# only\n# comments\n"), StartsWith("t.csv: has no header row"));
  EXPECT_THAT(refusal("a,,c\n"), StartsWith("t.csv:1: column `2`: has no name"));
  EXPECT_THAT(refusal("a,b,a\n"), StartsWith("t.csv:1: column `a`: already exists"));
  EXPECT_EQ(refusal("a,b\n1\n1,2\n1,2,3\n"),
            "t.csv:2: has 1 field where the header has 2; write one field for each column and put "
            "text that holds a comma in quotes\n"
            "t.csv:4: has 3 fields where the header has 2; write one field for each column and put "
            "text that holds a comma in quotes");
  EXPECT_THAT(refusal("a,b\n1,2\n1\n"), StartsWith("t.csv:3: has 1 field where the header has 2"));
  EXPECT_THAT(refusal("a,b\n1,2,3\n"), StartsWith("t.csv:2: has 3 fields where the header has 2"));
  EXPECT_THAT(refusal("a,b\n1,x\"y\n"),
              StartsWith("t.csv:2: column `b`: a quote inside a field without quotes"));
  EXPECT_THAT(refusal("a,b\n\"1\"x,2\n"),
              StartsWith("t.csv:2: column `a`: text after the closing quote"));
  EXPECT_THAT(refusal("a,b\n1,\"2\n3,4\n"),
              StartsWith("t.csv:2: column `b`: a quote is opened here and never closed"));
  EXPECT_THAT(refusal(std::string("a,b\n1,\0\n", 9)), StartsWith("t.csv:2: has a zero byte"));
  EXPECT_THAT(refusal("a,b\n1,\xE9\n"), StartsWith("t.csv:2: byte 0xe9 is not UTF-8 text"));
}

TEST(Csv, MissingColumnsAreExplained) {
  const CsvTable table = CsvTable::from_text("a,b\n", "t.csv");
  EXPECT_THAT(message_of([&] { (void)table.column("ops"); }),
              StartsWith("t.csv: has no column `ops`; there are `a`, `b`"));
}

TEST(Csv, NumbersAreReadToTheLastCharacter) {
  for (const char* bad :
       {"", "1,5", "0x10", "1.5s", "nan", "inf", "-inf", "1e999", "1e-999", "e5", "--1"}) {
    CsvWriter writer({"a", "b"});
    writer.text(bad).text("x").end_row();
    const CsvTable table = CsvTable::from_text(writer.str(), "t.csv");
    EXPECT_THAT(message_of([&] { (void)table.number(0, 0); }),
                StartsWith("t.csv:2: column `a`: is `"))
        << bad;
  }
  for (const char* bad : {"", "-1", "1.0", "1e6", "18446744073709551616", "12x", " 1"}) {
    CsvWriter writer({"a", "b"});
    writer.text(bad).text("x").end_row();
    const CsvTable table = CsvTable::from_text(writer.str(), "t.csv");
    EXPECT_THAT(message_of([&] { (void)table.integer(0, 0); }),
                StartsWith("t.csv:2: column `a`: is `"))
        << bad;
  }
  const CsvTable table = CsvTable::from_text("a\n18446744073709551615\n", "t.csv");
  EXPECT_EQ(table.integer(0, 0), std::numeric_limits<std::uint64_t>::max());
}

TEST(Csv, OutOfRangeAccessIsABug) {
  const CsvTable table = CsvTable::from_text("a\n1\n", "t.csv");
  EXPECT_THROW((void)table.text(1, 0), Error);
  EXPECT_THROW((void)table.text(0, 1), Error);
}

TEST(Csv, WriterQuotesOnlyWhatNeedsIt) {
  CsvWriter writer({"name", "ops", "latency_s"}, {"opline-export 1", ""});
  writer.text("a b").integer(12).number(0.1).end_row();
  writer.text("a,\"b\"\n").integer(std::nullopt).number(std::nullopt).end_row();
  writer.text("#x").integer(1).number(1e-300).end_row();
  writer.text("x#y").integer(1).number(2).end_row();
  EXPECT_EQ(writer.str(),
            "# opline-export 1\n#\nname,ops,latency_s\na "
            "b,12,0.1\n\"a,\"\"b\"\"\n\",,\n\"#x\",1,1e-300\n\"x#y\",1,2\n");
}

TEST(Csv, WriterRefusesWhatCannotBeReadBack) {
  EXPECT_THROW(CsvWriter({}), Error);
  EXPECT_THROW(CsvWriter({"a", "a"}), Error);
  EXPECT_THROW(CsvWriter({"a"}, {"two\nlines"}), Error);
  EXPECT_THROW(CsvWriter({"a"}).number(std::numeric_limits<double>::quiet_NaN()), Error);
  EXPECT_THROW(CsvWriter({"a"}).text("1").text("2"), Error);
  EXPECT_THROW(CsvWriter({"a", "b"}).text("1").end_row(), Error);
}

TEST(Csv, FileRoundTrip) {
  const auto path = std::filesystem::path(testing::TempDir()) / "opline_csv_round_trip.csv";
  CsvWriter writer({"x"});
  for (const double value : {0.1, 1.0 / 3.0, 5e-324, 1.7976931348623157e308, -0.0})
    writer.number(value).end_row();
  write_file_atomically(path, writer.str());
  const CsvTable table = CsvTable::from_file(path);
  ASSERT_EQ(table.rows(), 5U);
  EXPECT_EQ(table.number(1, 0), 1.0 / 3.0);
  EXPECT_EQ(table.number(2, 0), 5e-324);
  EXPECT_EQ(table.number(3, 0), 1.7976931348623157e308);
  std::filesystem::remove(path);
}

std::string written(const CsvTable& table) {
  CsvWriter writer(table.columns());
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t column = 0; column < table.columns().size(); ++column)
      writer.text(table.text(row, column));
    writer.end_row();
  }
  return writer.str();
}

// Any bytes: an Error{input} that names the file, or a table that comes back the same when written
// and read.
TEST(CsvFuzz, AnyBytesAreRefusedOrComeBackTheSame) {
  constexpr std::string_view alphabet = "\"\",,,\n\n\r#aa1 ;.\xC3\xA9\0"sv;
  int tables = 0;
  for (std::uint64_t sample = 0; sample < 20000; ++sample) {
    RandomStream random(20, sample);
    std::string text = sample % 2 == 0 ? "a,b\n" : "";
    for (std::uint32_t length = random.below(24); length > 0; --length) {
      text += alphabet[random.below(alphabet.size())];
    }
    const auto refusal = refusal_of([&] {
      const CsvTable table = CsvTable::from_text(text, "t.csv");
      ++tables;
      const CsvTable again = CsvTable::from_text(written(table), "t.csv");
      ASSERT_EQ(again.columns(), table.columns()) << testing::PrintToString(text);
      ASSERT_EQ(again.rows(), table.rows()) << testing::PrintToString(text);
      for (std::size_t row = 0; row < table.rows(); ++row) {
        for (std::size_t column = 0; column < table.columns().size(); ++column) {
          ASSERT_EQ(again.text(row, column), table.text(row, column))
              << testing::PrintToString(text);
        }
      }
    });
    ASSERT_THAT(refusal.value_or("t.csv:"), StartsWith("t.csv:")) << testing::PrintToString(text);
  }
  EXPECT_GT(tables, 1000);  // else the harness would have looked at refusals only
  EXPECT_LT(tables, 19000);
}

// Any fields: what was written is what is read, with both line breaks.
TEST(CsvFuzz, AnyFieldsComeBackTheSame) {
  const std::vector<std::string> alphabet = {"\"", ",", "\n", "\r", "#", " ", "\t", "a", "\uFEFF"};
  for (std::uint64_t sample = 0; sample < 2000; ++sample) {
    RandomStream random(21, sample);
    const std::uint32_t columns = 1 + random.below(3);
    std::vector<std::string> header;
    for (std::uint32_t i = 0; i < columns; ++i) header.push_back(fmt::format("c{}", i));
    CsvWriter writer(header);
    std::vector<std::string> fields;
    for (std::uint32_t i = 0; i < 4 * columns; ++i) {
      std::string field;
      for (std::uint32_t length = random.below(5); length > 0; --length)
        field += alphabet[random.below(alphabet.size())];
      writer.text(field);
      fields.push_back(field);
      if ((i + 1) % columns == 0) writer.end_row();
    }
    const CsvTable table = CsvTable::from_text(writer.str(), "t.csv");
    ASSERT_EQ(table.rows(), 4U);
    for (std::uint32_t i = 0; i < fields.size(); ++i)
      ASSERT_EQ(table.text(i / columns, i % columns), fields[i]);
  }
}

}  // namespace
}  // namespace opline
