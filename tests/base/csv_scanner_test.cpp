#include "src/base/csv_scanner.h"

#include <gmock/gmock.h>

#include "src/base/error.h"

namespace opline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Records = std::vector<std::vector<std::string>>;

/// The records of `text`; a faulty one is its line and message.
Records records_of(std::string_view text, const CsvDialect& dialect = {}) {
  Records records;
  CsvScanner scanner(text, dialect);
  while (scanner.next()) {
    std::vector<std::string> values;
    if (scanner.fault()) {
      values = {"fault", std::to_string(scanner.fault()->line),
                std::to_string(scanner.fault()->column), scanner.fault()->message};
    } else {
      for (const CsvField& field : scanner.fields()) values.push_back(field.value());
    }
    records.push_back(values);
  }
  return records;
}

std::vector<std::size_t> lines_of(std::string_view text) {
  std::vector<std::size_t> lines;
  CsvScanner scanner(text, {});
  while (scanner.next()) lines.push_back(scanner.line());
  return lines;
}

TEST(CsvScanner, LineBreaksOfAllSystems) {
  for (const std::string_view text : {"a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\r1,2\r", "a,b\n1,2"}) {
    EXPECT_THAT(records_of(text), ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "2")));
    EXPECT_THAT(lines_of(text), ElementsAre(1U, 2U));
  }
  EXPECT_THAT(lines_of("a\r\n\r\n\"x\r\ny\rz\n\"\r\nb\n\nc"), ElementsAre(1U, 3U, 7U, 9U));
}

TEST(CsvScanner, BlanksAroundFieldsAreNotPartOfThemUnlessQuoted) {
  EXPECT_THAT(records_of(" a , b\t,\" c \" ,\n   \n"),
              ElementsAre(ElementsAre("a", "b", " c ", "")));
  EXPECT_THAT(records_of("a\t\t b \n\t\n", {.separator = '\t'}),
              ElementsAre(ElementsAre("a", "", "b"), ElementsAre("", "")));
}

TEST(CsvScanner, RowCommentedOutBelowTheHeaderIsNotData) {
  EXPECT_THAT(records_of("# top\na,b\n1,2\n#3,4\n  # 5,6\n7,8 # x\n"),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "2"), ElementsAre("7", "8 # x")));
  CsvScanner scanner("#one\n# two\na\n# three\n1\n", {});
  while (scanner.next()) {
  }
  EXPECT_THAT(scanner.comments(), ElementsAre("one", "two"));
}

TEST(CsvScanner, MissingValueWithAHashInTheFirstColumnIsNotAComment) {
  const CsvDialect dialect{.missing = {"#N/A"}};
  EXPECT_THAT(records_of("a,b\n#N/A,1\n#N/A or so,1\n#N/A", dialect),
              ElementsAre(ElementsAre("a", "b"), ElementsAre("#N/A", "1"), ElementsAre("#N/A")));
}

TEST(CsvScanner, QuotedFieldsHoldSeparatorsQuotesAndLineBreaks) {
  EXPECT_THAT(records_of("\"a,\"\"b\"\"\n c\",\"\"\n"),
              ElementsAre(ElementsAre("a,\"b\"\n c", "")));
  EXPECT_THAT(records_of("\"\"\"\"\n\"\"\"x\"\"\"\n"),
              ElementsAre(ElementsAre("\""), ElementsAre("\"x\"")));
}

// A quote that is forgotten on one line must not cost the rows below it.
TEST(CsvScanner, ScanGoesOnBelowALineWithAFault) {
  EXPECT_THAT(
      records_of("1,\"2\n3,4\n5,6\n"),
      ElementsAre(ElementsAre("fault", "1", "1",
                              "a quote is opened here and never closed; close it or double it"),
                  ElementsAre("3", "4"), ElementsAre("5", "6")));
  EXPECT_THAT(records_of("x\"y,2\n3,4\n"),
              ElementsAre(ElementsAre("fault", "1", "0", testing::_), ElementsAre("3", "4")));
  EXPECT_THAT(records_of("1,\"2\n3,4\n5,\"6\"\n7,8\n"),
              ElementsAre(ElementsAre("fault", "1", "1", testing::_), ElementsAre("3", "4"),
                          ElementsAre("5", "6"), ElementsAre("7", "8")));
}

// Rescanning after faults stays linear: this takes hours when it is quadratic.
TEST(CsvScanner, ManyUnclosedQuotesTakeLinearTime) {
  for (const std::string_view line : {"\"\n", "a,\"b\n", "a,\"\"b\n", "\"\"\"\n", "\"x\"y\n"}) {
    std::string text;
    for (int i = 0; i < 300'000; ++i) text += line;
    text += '"';
    std::size_t records = 0;
    CsvScanner scanner(text, {});
    while (scanner.next()) ++records;
    EXPECT_GE(records, 100'000U) << line;
  }
}

TEST(CsvScanner, EndOfFileCharacterOfDosIsNotData) {
  EXPECT_THAT(records_of("a\n1\n\x1A"), ElementsAre(ElementsAre("a"), ElementsAre("1")));
  EXPECT_THAT(records_of(""), IsEmpty());
}

}  // namespace
}  // namespace opline
