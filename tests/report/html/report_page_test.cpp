// The page as a whole: well-formed, without requests, with and without Chart.js, with hostile
// names.
#include "src/report/html/report_page.h"

#include <gmock/gmock.h>

#include <cctype>
#include <cstdlib>
#include <set>

#include "src/base/output.h"
#include "tests/evaluation/planted_series.h"

namespace opline::report::html {
namespace {

using testing::HasSubstr;
using testing::Not;

const PlotLibrary kLibrary = {"/* Chart.js v3.9.1 */ var Chart = 1;", "Licence <of> Chart.js"};

Page page_of(const std::vector<evaluation::Series>& series,
             const std::optional<PlotLibrary>& library = kLibrary) {
  std::vector<evaluation::SeriesFit> fits;
  std::vector<evaluation::ModelFit> models;
  for (const evaluation::Series& one : series) {
    fits.push_back(evaluation::fit_series(one));
    models.push_back(evaluation::fit_model(one, {}));
  }
  evaluation::JudgeOptions options;
  options.thresholds = evaluation::shipped_thresholds();
  const std::vector<evaluation::Judgement> judgements =
      evaluation::judge_all(series, false, options);
  const evaluation::StudyComparison comparison = evaluation::compare_study(fits);
  return report_page({fits,
                      judgements,
                      models,
                      comparison,
                      {},
                      {"mine.csv", "opline report --csv mine.csv", "opline report --csv mine.csv",
                       "2026-01-31T12:00:00Z"}},
                     library);
}

/// One tag of a page: what stands between < and >.
struct Tag {
  bool closes = false;
  std::string name;
  std::string id;
  std::size_t end = std::string::npos;  ///< After the >; npos for a < that starts no tag.
};

/// Reads the tag at `at`: a name, then attributes with values in double quotes, or without any.
Tag tag_at(const std::string& html, std::size_t at) {
  Tag tag;
  const auto word = [&] {
    std::string text;
    for (; at < html.size() &&
           (std::isalnum(static_cast<unsigned char>(html[at])) != 0 || html[at] == '-');
         ++at)
      text += html[at];
    return text;
  };
  const auto skip = [&](char c) { return at < html.size() && html[at] == c && ++at != 0; };
  (void)skip('<');
  tag.closes = skip('/');
  tag.name = word();
  if (tag.name.empty()) return tag;
  while (true) {
    while (skip(' ') || skip('\n')) continue;
    if (skip('>')) break;
    const std::string attribute = word();
    if (attribute.empty()) return tag;
    if (!skip('=')) continue;
    const std::size_t end = skip('"') ? html.find('"', at) : std::string::npos;
    if (end == std::string::npos) return tag;
    if (attribute == "id") tag.id = html.substr(at, end - at);
    at = end + 1;
  }
  tag.end = at;
  return tag;
}

/// What is wrong with the elements of a page: each is closed in order, attributes are quoted, no id
/// occurs twice. Empty where all is well.
std::string faults_of(const std::string& html) {
  static const std::set<std::string> empty = {"meta", "link", "img", "br", "input"};
  std::vector<std::string> open;
  std::set<std::string> ids;
  for (std::size_t at = html.find("<html"); at < html.size(); at = html.find('<', at)) {
    const Tag tag = tag_at(html, at);
    if (tag.end == std::string::npos) return "not a tag: " + html.substr(at, 60);
    at = tag.end;
    if (!tag.id.empty() && !ids.insert(tag.id).second) return "two elements have the id " + tag.id;
    if (empty.contains(tag.name)) continue;
    if (!tag.closes) {
      open.push_back(tag.name);
      if (tag.name == "script" || tag.name == "style") at = html.find("</" + tag.name + ">", at);
    } else if (open.empty() || open.back() != tag.name) {
      return "unexpected </" + tag.name + ">";
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back() + " is not closed";
}

TEST(ReportPage, TheTestFindsFaults) {
  EXPECT_EQ(faults_of("<html><p id=\"a\">x</p><br></html>"), "");
  for (const char* page : {"<html><p></html>", "<html><p id=\"a\"><b id=\"a\"></b></p></html>",
                           "<html><p id=a></p></html>", "<html>1 < 2</html>", "<html></p></html>"})
    EXPECT_NE(faults_of(page), "") << page;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

TEST(ReportPage, IsWellFormedAndNeedsNothing) {
  evaluation::Series other = evaluation::planted_series(40, 12, "net", "slower");
  const Page page = page_of({evaluation::planted_series(40, 10), other});
  EXPECT_EQ(faults_of(page.html), "");
  EXPECT_THAT(page.missing, testing::IsEmpty());
  EXPECT_THAT(page.html, HasSubstr("default-src 'none'"));
  for (const char* part : {"http:", "https:", " style=", " onclick=", " onload=", "javascript:"})
    EXPECT_THAT(page.html, Not(HasSubstr(part)));
  EXPECT_THAT(page.html, Not(HasSubstr("{{")));
  EXPECT_THAT(page.html, HasSubstr(kLibrary.script));
  EXPECT_THAT(page.html, HasSubstr("Licence &lt;of&gt; Chart.js"));
}

TEST(ReportPage, HasTheVerdictBeforeTheFiguresAndEveryPart) {
  const Page page = page_of({evaluation::planted_series(150, 10)});
  const std::string& html = page.html;
  EXPECT_LT(html.find("<p class=\"answer\""), html.find("<canvas"));
  for (const char* part :
       {"Yes: a search may count ops in place of measuring latency on board (imported).",
        "Criteria of the verdict", "95 % interval", "id=\"series-0\"", "Diagnostics",
        "The relation is straight enough", "No single network decides the line", "Budgets",
        "opline report --csv mine.csv", "aria-live=\"polite\"", "role=\"application\"",
        "id=\"all-networks\"", "2026-01-31T12:00:00Z"})
    EXPECT_THAT(html, HasSubstr(part));
}

// A table has such names, and nobody's browser may run them.
TEST(ReportPage, NamesOfOthersStayText) {
  const std::string hostile =
      "</script><script>alert(1)</script><img src=x onerror=\"alert(2)\">{{data}}";
  evaluation::Series series = evaluation::planted_series(40, 10);
  series.space = series.setup.board = series.prior = hostile;
  series.setup.runtime.name = hostile;
  for (evaluation::Row& row : series.rows) row.name = hostile + row.name;
  const Page page = page_of({series});
  EXPECT_EQ(faults_of(page.html), "");
  EXPECT_THAT(page.html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page.html, Not(HasSubstr("<img src=x")));
  EXPECT_EQ(count_of(page.html, "<script"),
            count_of(page_of({evaluation::planted_series(40, 10)}).html, "<script"));
}

TEST(ReportPage, WithoutChartJsItHasStaticFiguresAndSaysHowToGetTheOthers) {
  const Page page = page_of({evaluation::planted_series(40, 10)}, std::nullopt);
  EXPECT_EQ(faults_of(page.html), "");
  EXPECT_THAT(page.missing,
              testing::ElementsAre(HasSubstr("install -y --no-install-recommends libjs-chart.js")));
  EXPECT_THAT(page.html, HasSubstr("install -y --no-install-recommends libjs-chart.js"));
  EXPECT_THAT(page.html, HasSubstr("src=\"data:image/svg+xml;base64,"));
  EXPECT_THAT(page.html, Not(HasSubstr("<canvas")));
}

// Both are missing on a machine that has nothing but opline.
TEST(ReportPage, WithoutGnuplotEitherItHasTables) {
  const std::string path = std::getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  const Page page = page_of({evaluation::planted_series(40, 10)}, std::nullopt);
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(faults_of(page.html), "");
  EXPECT_THAT(page.missing,
              testing::ElementsAre(HasSubstr("libjs-chart.js"), HasSubstr("gnuplot")));
  EXPECT_THAT(page.html, HasSubstr("Criteria of the verdict"));
}

TEST(ReportPage, WhereNothingCanBeJudgedItSaysWhy) {
  const Page page = page_of({evaluation::planted_series(2, 10)});
  EXPECT_EQ(faults_of(page.html), "");
  EXPECT_THAT(page.html, HasSubstr("NOTHING CAN BE JUDGED"));
}

TEST(PlotLibrary, IsReadWithItsLicenceOrNotAtAll) {
  const std::filesystem::path root = std::filesystem::path(testing::TempDir()) / "opline_library";
  std::filesystem::remove_all(root);
  const std::filesystem::path script = root / "usr/share/javascript/chart.js/Chart.min.js";
  EXPECT_FALSE(find_plot_library(root));
  write_file_atomically(script, "/* Chart.js v3.9.1 */ '</script>'");
  EXPECT_FALSE(find_plot_library(root)) << "no licence";
  write_file_atomically(root / "usr/share/doc/libjs-chart.js/copyright", "Expat");
  ASSERT_TRUE(find_plot_library(root));
  EXPECT_EQ(find_plot_library(root)->script, "/* Chart.js v3.9.1 */ '<\\/script>'");
  write_file_atomically(script, "/* Chart.js v4.4.0 */");
  EXPECT_FALSE(find_plot_library(root)) << "another interface";
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace opline::report::html
