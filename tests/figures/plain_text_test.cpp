#include "src/figures/plain_text.h"

#include <gtest/gtest.h>

namespace opline::figures {
namespace {

TEST(PlainText, KeepsUtf8AndReplacesTheRest) {
  EXPECT_EQ(clean_utf8("R² × µs € 𝛼"), "R² × µs € 𝛼");
  EXPECT_EQ(clean_utf8("a\nb\tc\x7F"), "a b c ");
  EXPECT_EQ(clean_utf8("\xFF\xC3"
                       "a"),
            "??a");
  EXPECT_EQ(clean_utf8("\xC0\xAF"), "??");            // overlong
  EXPECT_EQ(clean_utf8("\xE0\x80\xAF"), "???");       // overlong
  EXPECT_EQ(clean_utf8("\xED\xA0\x80"), "???");       // surrogate
  EXPECT_EQ(clean_utf8("\xF4\x90\x80\x80"), "????");  // above U+10FFFF
  EXPECT_EQ(clean_utf8("x\xE2\x82"), "x??");          // cut short
  EXPECT_EQ(clean_utf8("\xEF\xBF\xBF"), "?");         // not a character of XML
}

TEST(PlainText, ShortensInTheMiddleByCharacters) {
  EXPECT_EQ(shorten("nucleo", 6), "nucleo");
  EXPECT_EQ(shorten("nucleo-f446re", 7), "nuc…6re");
  EXPECT_EQ(shorten("nucleo-f446re", 6), "nuc…re");
  EXPECT_EQ(shorten("µµµµµ", 3), "µ…µ");
  EXPECT_EQ(shorten("abc", 1), "…");
  EXPECT_EQ(characters("µ…a"), 3U);
  for (std::size_t most = 1; most < 15; ++most)
    EXPECT_LE(characters(shorten("gcc µ -O2, -O3", most)), most);
}

TEST(PlainText, WrapsAtBlanksAndLosesNothing) {
  using Lines = std::vector<std::string>;
  const double n = width_of("n");
  const double blank = width_of(" ");
  EXPECT_EQ(wrap("", 5), Lines({""}));
  EXPECT_EQ(wrap("nnnnn n", 6 * n + blank), Lines({"nnnnn n"}));
  EXPECT_EQ(wrap("nnnnn n", 5.9 * n + blank), Lines({"nnnnn", "n"}));
  EXPECT_EQ(wrap("nnnnn n", 5 * n), Lines({"nnnnn", "n"}));
  EXPECT_EQ(wrap("nµ nnnnnn n", 4 * n), Lines({"nµ", "nnnn", "nn n"}));
  EXPECT_EQ(wrap("nnn", 0), Lines({"n", "n", "n"}));
  EXPECT_EQ(wrap("µ", 0), Lines({"µ"}));
}

TEST(PlainText, WidthsAreOfCharactersNotOfBytes) {
  EXPECT_DOUBLE_EQ(width_of(""), 0);
  EXPECT_DOUBLE_EQ(width_of("µµ"), width_of("nn"));
  EXPECT_LT(width_of("ill"), width_of("nnn"));
  EXPECT_LT(width_of("nnn"), width_of("mmm"));
}

TEST(PlainText, QuotesForGnuplotAndXml) {
  EXPECT_EQ(gnuplot_quoted("it's `x` \"y\" \\n {_^}"), "'it''s `x` \"y\" \\n {_^}'");
  EXPECT_EQ(gnuplot_quoted("a\n'; system 'rm'"), "'a ''; system ''rm'''");
  EXPECT_EQ(xml_escaped("<a & b>"), "&lt;a &amp; b&gt;");
}

}  // namespace
}  // namespace opline::figures
