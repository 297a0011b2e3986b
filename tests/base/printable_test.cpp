#include "src/base/printable.h"

#include <gtest/gtest.h>

#include "src/base/error.h"

namespace opline {
namespace {

TEST(Printable, OrdinaryTextStaysAsItIs) {
  EXPECT_EQ(printable("conv_1/kernel:0"), "conv_1/kernel:0");
  EXPECT_EQ(printable("Größe 5 µs, 卷积, \xF0\x9F\x98\x80, C:\\models"),
            "Größe 5 µs, 卷积, \xF0\x9F\x98\x80, C:\\models");
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, ControlCharactersAreEscaped) {
  EXPECT_EQ(printable("a\x1b[31mred\x1b[0m"), "a\\x1b[31mred\\x1b[0m");
  EXPECT_EQ(printable("one\ntwo\r\tthree"), "one\\ntwo\\r\\tthree");
  EXPECT_EQ(printable(std::string_view("nul\0del\x7f", 8)), "nul\\x00del\\x7f");
  EXPECT_EQ(printable("csi \xC2\x9B 2J"), "csi \\u{9b} 2J");  // the one-character form of ESC [
}

TEST(Printable, DirectionOverridesAndZeroWidthsAreEscaped) {
  EXPECT_EQ(printable("ab\u202Ecd\u2069"), "ab\\u{202e}cd\\u{2069}");
  EXPECT_EQ(printable("a\u200Bb\uFEFFc\u2028d\U000E0041"),
            "a\\u{200b}b\\u{feff}c\\u{2028}d\\u{e0041}");
}

TEST(Printable, BytesThatAreNotUtf8AreEscaped) {
  EXPECT_EQ(printable("\xFF\xFE"), "\\xff\\xfe");
  EXPECT_EQ(printable("caf\xE9"), "caf\\xe9");                       // Latin-1
  EXPECT_EQ(printable("\xC0\xAF"), "\\xc0\\xaf");                    // overlong '/'
  EXPECT_EQ(printable("\xE0\x80\x9B"), "\\xe0\\x80\\x9b");           // overlong U+009B
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
  EXPECT_EQ(printable("cut \xE5\x8D"), "cut \\xe5\\x8d");
}

TEST(Printable, LongTextKeepsBothEndsAndNamesItsLength) {
  const std::string text = "start" + std::string(100'000, 'x') + "finish";
  const std::string shown = printable(text, 60);
  EXPECT_EQ(shown, "start" + std::string(35, 'x') + "... (100011 bytes) ..." +
                       std::string(14, 'x') + "finish");
  EXPECT_EQ(printable(std::string(60, 'y'), 60), std::string(60, 'y'));
}

TEST(Printable, ShorteningDoesNotCutACharacter) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "ä";
  for (std::size_t limit = 1; limit < 40; ++limit) {
    EXPECT_EQ(printable(text, limit).find('\\'), std::string::npos) << limit;
  }
  EXPECT_LT(printable(std::string(1'000'000, '\x1b'), 100).size(), 500U);
  EXPECT_LT(printable(std::string(1'000'000, '\x80'), 100).size(), 500U);
}

TEST(Printable, LinesKeepTheirBreaks) {
  EXPECT_EQ(printable_lines("one\n two\x07\n", 100), "one\n two\\x07\n");
}

TEST(ErrorMessage, HoldsNoTerminalControlAndIsBounded) {
  const Error coloured(ErrorCode::input, "{}: unknown tensor\n\x1b[2J", "a.tflite");
  EXPECT_STREQ(coloured.what(), "a.tflite: unknown tensor\n\\x1b[2J");
  const Error long_one(ErrorCode::input, std::string(10'000'000, 'n') + "; rename it");
  const std::string text = long_one.what();
  EXPECT_LT(text.size(), 5000U);
  EXPECT_NE(text.find("(10000011 bytes)"), std::string::npos);
  EXPECT_EQ(text.substr(text.size() - 11), "; rename it");
}

}  // namespace
}  // namespace opline
