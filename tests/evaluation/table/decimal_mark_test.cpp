#include "src/evaluation/table/decimal_mark.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "tests/error_message.h"

namespace opline::evaluation {
namespace {

using testing::StartsWith;

/// The mark of the first two columns of `rows`.
char mark(std::string_view rows, char separator) {
  const std::size_t columns[] = {0, 1};
  return detect_decimal(CsvScanner(rows, {.separator = separator}, 2), separator, columns, "t.csv");
}

std::string refusal(std::string_view rows, char separator) {
  return message_of([&] { (void)mark(rows, separator); });
}

TEST(DecimalMark, FirstNumberWithOneReadingDecides) {
  EXPECT_EQ(mark("2,059;21,413\n17,16;1\n", ';'), ',');
  EXPECT_EQ(mark("2.059;21.413\n17.16;1\n", ';'), '.');
  EXPECT_EQ(mark("1.234;x\n1;NA\n1.234.567;2\n", ';'), ',');
  EXPECT_EQ(mark("1,234\t1,234\n1,234,567\t0\n", '\t'), '.');
  EXPECT_EQ(mark("0.5;1\n0,5;1\n", ';'), '.');
  EXPECT_EQ(mark("1;2;0,5\n", ';'), '.') << "columns that are not read decide nothing";
}

TEST(DecimalMark, SemicolonsGoWithDecimalCommas) {
  EXPECT_EQ(mark("2,059;21,413\n", ';'), ',');
  EXPECT_EQ(mark("2.059,21.413\n", ','), '.');
  EXPECT_EQ(mark("2.059\t21.413\n", '\t'), '.');
  EXPECT_EQ(mark("7;8\n", ';'), '.');
}

// A figure that may be a thousand times another is not guessed.
TEST(DecimalMark, TwoReadingsAreRefusedNamingTheOption) {
  EXPECT_EQ(refusal("1;1\n2.059;21.413\n", ';'),
            "t.csv:3: `2.059` may have a decimal mark or be 2059, and no other number of the table "
            "decides; give the decimal mark (--decimal)");
  EXPECT_THAT(refusal("2,059\t21,413\n", '\t'), StartsWith("t.csv:2: `2,059` may have"));
  EXPECT_THAT(refusal("\"2,059\",21.413\n", ','), StartsWith("t.csv:2: `21.413` may have"));
  EXPECT_THAT(refusal("2,059;21.413\n", ';'), StartsWith("t.csv:2: `21.413` may have"));
}

}  // namespace
}  // namespace opline::evaluation
