// Text of others inside a page, and the small pieces that a page consists of.
#include "src/report/html/markup.h"

#include <gmock/gmock.h>

namespace opline::report::html {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Markup, TextOfOthersIsEscaped) {
  EXPECT_EQ(html_text("a<b>&\"c\"'d'"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;d&#39;");
  EXPECT_EQ(html_text("red\033[31m\n"), "red\\x1b[31m\\n");
  EXPECT_THAT(html_text("a\u202eb"), Not(HasSubstr("\u202e"))) << "reorders what follows";
  EXPECT_LT(html_text(std::string(100'000, '<')).size(), 2'000U);
  EXPECT_EQ(html_lines("a\n<b>"), "a\n&lt;b&gt;");
}

TEST(Markup, JsonCannotEndItsElement) {
  const Json json = {{"</script><script>", "<!-- &\u2028\u2029"}};
  const std::string text = script_json(json);
  for (const char* part : {"<", ">", "&", "\u2028", "\u2029"})
    EXPECT_THAT(text, Not(HasSubstr(part)));
  EXPECT_EQ(parse_json(text, "text"), json);
  EXPECT_EQ(parse_json(script_json(Json("\xff")), "text"), "\ufffd");
}

TEST(Markup, ATableHasACaptionAndHeaders) {
  const std::string text = table("a < b", {{"name"}, {"ops", true}}, {{"x", "1"}});
  EXPECT_THAT(text, HasSubstr("<caption>a &lt; b</caption>"));
  EXPECT_THAT(text, HasSubstr("<th scope=\"row\">x</th><td class=\"number\">1</td>"));
  EXPECT_EQ(table("empty", {{"name"}}, {}), "");
}

TEST(Markup, SentencesStartAndEndAsSuch) {
  EXPECT_EQ(sentences({"one", "Two?"}), "<ul>\n<li>One.</li>\n<li>Two?</li>\n</ul>\n");
  EXPECT_EQ(sentences({}), "");
}

TEST(Markup, BarsAreClampedAndDrawnWithoutStyles) {
  EXPECT_THAT(bar(0.25), HasSubstr("width=\"25.00\""));
  EXPECT_THAT(bar(7), HasSubstr("width=\"100.00\""));
  EXPECT_THAT(interval_bar(2, 1.0, 3.0, 4), HasSubstr("x1=\"25.00\" x2=\"75.00\""));
  EXPECT_THAT(interval_bar(2, {}, {}, 4), Not(HasSubstr("<line")));
  EXPECT_THAT(bar(1) + interval_bar(1, 0.5, 2, 4), Not(HasSubstr("style")));
}

TEST(Markup, WhatIsMissingIsADash) {
  EXPECT_EQ(number(nullptr, "{:.2f}"), "-");
  EXPECT_EQ(number(1.5, "{:.2f} ms", 1000), "1500.00 ms");
  EXPECT_EQ(interval(nullptr, "{:.1f}"), "-");
  EXPECT_EQ(interval(Json::array({1, 2}), "{:.1f}"), "1.0 to 2.0");
}

}  // namespace
}  // namespace opline::report::html
