#include "src/base/csv_number.h"

#include <gmock/gmock.h>

#include <fmt/format.h>

#include "src/base/random.h"

namespace opline {
namespace {

double read(std::string_view field, char decimal) {
  const CsvNumber number = parse_csv_number(field, decimal);
  EXPECT_EQ(number.fault, NumberFault::none) << field;
  return number.value;
}

NumberFault fault(std::string_view field, char decimal) {
  return parse_csv_number(field, decimal).fault;
}

TEST(CsvNumber, BothDecimalMarks) {
  EXPECT_EQ(read("0.25", '.'), 0.25);
  EXPECT_EQ(read("0,25", ','), 0.25);
  EXPECT_EQ(read("-3e-4", '.'), -3e-4);
  EXPECT_EQ(read("-3,5E-4", ','), -3.5e-4);
  EXPECT_EQ(read(".5", '.'), 0.5);
  EXPECT_EQ(read("1,", ','), 1);
  EXPECT_EQ(read("17", ','), 17);
}

TEST(CsvNumber, PlusSignAndBlanks) {
  EXPECT_EQ(read("+1e6", '.'), 1e6);
  EXPECT_EQ(read("+1e+6", ','), 1e6);
  EXPECT_EQ(read(" 12 ", '.'), 12);
  EXPECT_EQ(fault("+-1", '.'), NumberFault::not_a_number);
  EXPECT_EQ(fault("+", '.'), NumberFault::not_a_number);
}

TEST(CsvNumber, ThousandsSeparatorsWhereTheyAreClear) {
  EXPECT_EQ(read("1,234,567.5", '.'), 1234567.5);
  EXPECT_EQ(read("1.234.567,5", ','), 1234567.5);
  EXPECT_EQ(read("1,234", '.'), 1234);
  EXPECT_EQ(read("1.234", ','), 1234);
  EXPECT_EQ(read("12 345 678", '.'), 12345678);
  EXPECT_EQ(read("12\u00A0345,5", ','), 12345.5);
  EXPECT_EQ(read("12\u202F345", ','), 12345);
  EXPECT_EQ(read("1'234.5", '.'), 1234.5);
  EXPECT_EQ(read("-1\u2019234", '.'), -1234);
}

TEST(CsvNumber, OtherGroupsAreRefused) {
  for (const char* field : {"1,23", "12,3456", "0,123", "1234,567", ",123", "1,234,56", "1, 234"})
    EXPECT_NE(fault(field, '.'), NumberFault::none) << field;
  for (const char* field : {"1,234 567", "1 23", "1,234,", "1.2.3", "1..2", "1 ,234"})
    EXPECT_EQ(fault(field, '.'), NumberFault::not_a_number) << field;
}

TEST(CsvNumber, FaultsAreToldApart) {
  for (const char* field : {"", "abc", "0x10", "1.5s", "e5", "--1", "1e", "-", ".", "1_000"})
    EXPECT_EQ(fault(field, '.'), NumberFault::not_a_number) << field;
  for (const char* field : {"nan", "inf", "-inf", "NaN", "Infinity"}) {
    EXPECT_EQ(fault(field, '.'), NumberFault::not_finite) << field;
    EXPECT_EQ(fault(field, ','), NumberFault::not_finite) << field;
  }
  EXPECT_EQ(fault("1e999", '.'), NumberFault::out_of_range);
  EXPECT_EQ(fault("1e-999", ','), NumberFault::out_of_range);
  EXPECT_EQ(fault("1,5", '.'), NumberFault::other_mark);
  EXPECT_EQ(fault("1.5", ','), NumberFault::other_mark);
  EXPECT_THAT(explain(NumberFault::other_mark, "1,5"),
              testing::StartsWith("is `1,5`, a number with a decimal comma, but the file has "
                                  "decimal points"));
}

TEST(CsvNumber, EvidenceOfTheDecimalMark) {
  using enum DecimalEvidence;
  for (const char* field : {"0.5", "12.34", "1234.567", "0.123", "1,234.5", "1,234,567", "1.234e5"})
    EXPECT_EQ(decimal_evidence(field), point) << field;
  for (const char* field :
       {"0,5", "12,34", "1234,567", "0,123", "1.234,5", "1.234.567", "1 234,567"})
    EXPECT_EQ(decimal_evidence(field), comma) << field;
  EXPECT_EQ(decimal_evidence("1.234"), point_or_1000);
  EXPECT_EQ(decimal_evidence("-12,345"), comma_or_1000);
  for (const char* field : {"", "17", "1e6", "1.2.3", "12.10.2024", "x.5", "NA"})
    EXPECT_EQ(decimal_evidence(field), none) << field;
}

// Any double comes back from its shortest text, with either mark.
TEST(CsvNumber, EveryDoubleComesBack) {
  for (std::uint64_t sample = 0; sample < 20000; ++sample) {
    RandomStream random(30, sample);
    const double value = (random.below(2) == 0 ? -1 : 1) * (1.0 + random.below(1U << 31)) /
                         (1.0 + random.below(1U << 31)) *
                         std::pow(10.0, static_cast<int>(random.below(600)) - 300);
    std::string text = fmt::format("{}", value);
    EXPECT_EQ(read(text, '.'), value);
    if (const std::size_t mark = text.find('.'); mark != std::string::npos) text[mark] = ',';
    EXPECT_EQ(read(text, ','), value);
  }
}

TEST(CsvNumber, FieldsAreShownShortAndPrintable) {
  EXPECT_THAT(explain(NumberFault::not_a_number, "1\x1b[31m\n" + std::string(1000, 'x')),
              testing::AllOf(testing::StartsWith("is `1\\x1b[31m\\nxxx"),
                             testing::HasSubstr("1007 bytes"), testing::SizeIs(testing::Lt(200))));
}

}  // namespace
}  // namespace opline
