#include "src/base/csv_dialect.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "tests/error_message.h"

namespace opline {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

CsvText open(const std::string& bytes, const CsvOptions& options = {}) {
  return open_csv(bytes, "t.csv", options);
}

std::string refusal(const std::string& bytes, const CsvOptions& options = {}) {
  return message_of([&] { (void)open(bytes, options); });
}

TEST(CsvDialect, SeparatorOfTheHeader) {
  EXPECT_EQ(open("a,b\n1,2\n").separator, ',');
  EXPECT_EQ(open("a;b\n1,5;2\n").separator, ';');
  EXPECT_EQ(open("a\tb\n").separator, '\t');
  EXPECT_EQ(open("# x,y\na|b\n").separator, '|');
  EXPECT_EQ(open("\"a,b\";c\n").separator, ';');
  EXPECT_EQ(open("a\n1\n").separator, ',');
  EXPECT_EQ(open("").separator, ',');
}

TEST(CsvDialect, OfSeveralSeparatorsTheOneTheRowsAgreeWith) {
  EXPECT_EQ(open("time (s, host);ops\n1;2\n3;4\n").separator, ';');
  EXPECT_THAT(refusal("time (s, host);ops\n1,5;7\n"),
              StartsWith("t.csv: the separator is not clear: `,` and `;` divide"));
  EXPECT_THAT(refusal("a,b;c\n"), HasSubstr("--sep"));
  EXPECT_EQ(open("time (s, host);ops\n1,5;7\n", {.separator = ';'}).separator, ';');
}

TEST(CsvDialect, FirstLineOfExcelNamesTheSeparator) {
  for (const char* line : {"sep=;\n", "sep=;\r\n", "sep=;\r", "\"sep=;\"\n"}) {
    const CsvText file = open(line + "a,x;b\n"s);
    EXPECT_EQ(file.separator, ';');
    EXPECT_EQ(file.body(), "a,x;b\n");
    EXPECT_EQ(file.first_line, 2U);
  }
  EXPECT_EQ(open("sep=;\na,b\n", {.separator = ','}).separator, ',');
  EXPECT_EQ(open("sep=;x,b\n1,2\n").body(), "sep=;x,b\n1,2\n");
}

TEST(CsvEncoding, ByteOrderMarks) {
  EXPECT_EQ(open("\xEF\xBB\xBF"
                 "a,b\n")
                .text,
            "a,b\n");
  EXPECT_EQ(open("\xFF\xFE"
                 "a\0\xE9\0\n\0"s)
                .text,
            "a\u00E9\n");
  EXPECT_EQ(open("\xFE\xFF\0a\xD8\x3D\xDE\x00"s).text, "a\U0001F600");
  EXPECT_EQ(open("\xFE\xFF\0a"s).encoding, CsvEncoding::utf16);
  EXPECT_EQ(open("a\0b\0"s, {.encoding = CsvEncoding::utf16}).text, "ab");
  EXPECT_THAT(refusal("\xFE\xFF\0a\0\n\xD8\x3D\0b"s), StartsWith("t.csv:2: half of a UTF-16"));
  EXPECT_THAT(refusal("\xFE\xFF\0a\0"s), StartsWith("t.csv: ends in the middle"));
}

TEST(CsvEncoding, Latin1IsRefusedNamingLineAndRemedyOrConverted) {
  const std::string text = "a,b\nb\xEAta,1\n";
  EXPECT_THAT(refusal(text), StartsWith("t.csv:2: byte 0xea is not UTF-8 text; save the file as "
                                        "UTF-8, or name its encoding (--encoding latin1"));
  EXPECT_EQ(open(text, {.encoding = CsvEncoding::latin1}).text, "a,b\nb\u00EAta,1\n");
  EXPECT_EQ(open("\x80 \x93q\x94", {.encoding = CsvEncoding::windows_1252}).text,
            "\u20AC \u201Cq\u201D");
  EXPECT_THAT(refusal("a\n\x80", {.encoding = CsvEncoding::latin1}),
              StartsWith("t.csv:2: byte 0x80 is a control character in Latin-1"));
  EXPECT_THAT(refusal("\x81", {.encoding = CsvEncoding::windows_1252}),
              HasSubstr("not a character of windows-1252"));
}

// The boundaries of the Unicode standard's table 3-7.
TEST(CsvEncoding, OnlyWellFormedUtf8IsAccepted) {
  for (const char* good : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(open("abcdefgh"s + good + "ijklmnop").text, "abcdefgh"s + good + "ijklmnop");
    EXPECT_THAT(refusal(std::string(good).substr(0, std::string(good).size() - 1)),
                HasSubstr("is not UTF-8"));
  }
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"})
    EXPECT_THAT(refusal("abcdefgh"s + bad + "ijklmnop"), HasSubstr("is not UTF-8"));
}

TEST(CsvEncoding, ZeroBytesAreRefused) {
  EXPECT_THAT(refusal("ab\ncd\0ef, and more"s), StartsWith("t.csv:2: has a zero byte"));
  EXPECT_THAT(refusal("\0"s, {.encoding = CsvEncoding::latin1}), StartsWith("t.csv:1: has a zero"));
}

TEST(CsvDialect, OptionsAreReadByName) {
  EXPECT_EQ(parse_separator("tab"), '\t');
  EXPECT_EQ(parse_separator(";"), ';');
  EXPECT_EQ(parse_separator("comma"), ',');
  EXPECT_EQ(parse_decimal(","), ',');
  EXPECT_EQ(parse_encoding("latin1"), CsvEncoding::latin1);
  EXPECT_STREQ(encoding_name(CsvEncoding::windows_1252), "windows-1252");
  EXPECT_THAT(parse_missing_values("NA, -,,?"), ElementsAre("NA", "-", "?"));
  EXPECT_THAT(parse_missing_values(""), IsEmpty());
  EXPECT_THAT(message_of([] { (void)parse_separator("x"); }, ErrorCode::usage),
              HasSubstr("one of `,` `;` `|` tab"));
  EXPECT_THAT(message_of([] { (void)parse_decimal("x"); }, ErrorCode::usage), HasSubstr("`.` or"));
  EXPECT_THAT(message_of([] { (void)parse_encoding("ebcdic"); }, ErrorCode::usage),
              HasSubstr("windows-1252"));
}

}  // namespace
}  // namespace opline
