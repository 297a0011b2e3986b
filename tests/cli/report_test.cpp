// `opline report`: a page from a study, from a table, and at the end of a study.
#include <gmock/gmock.h>

#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class Report : public ProgramTest {
 protected:
  void measure(const std::string& boards = "nucleo-f446re") {
    const Result result = opline(
        {"run", "--space", "tiny", "--count", "40", "--boards", boards, "--db", "s.db", "--quiet"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  std::string page(const std::string& name) { return read_file(folder_ / name); }
  /// The data of a page, as its script reads it.
  static Json data_of(const std::string& page) {
    const std::string opening = "id=\"opline-data\">";
    const std::size_t start = page.find(opening) + opening.size();
    return parse_json(page.substr(start, page.find("</script>", start) - start), "page");
  }
};

TEST_F(Report, OfAStudyHasItsSeriesLayersAndCommands) {
  measure("nucleo-f446re,nucleo-f746zg");
  const Result result = opline({"report", "--db", "s.db", "--out", "r.html"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "r.html\n");
  const std::string html = page("r.html");
  for (const char* part :
       {"tiny on nucleo-f446re, nucleo-f746zg", "id=\"series-1\"", "id=\"comparison\"",
        "opline run --space tiny --count 40", "opline report --db s.db --out r.html",
        "imulated cycles are uncalibrated", "40 drawn"})
    EXPECT_THAT(html, HasSubstr(part));
  const Json data = data_of(html);
  ASSERT_EQ(data["series"].size(), 2U);
  EXPECT_EQ(data["series"][1]["board"], "nucleo-f746zg");
  EXPECT_FALSE(data["series"][1]["cycles"].is_null());
  EXPECT_FALSE(data["networks"]["signatures"].empty());
}

TEST_F(Report, SelectsAndWritesToStandardOutput) {
  measure("nucleo-f446re,nucleo-f746zg");
  const Result result =
      opline({"report", "--db", "s.db", "--boards", "nucleo-f746zg", "--out", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(result.out.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(result.out.ends_with("</html>\n"));
  EXPECT_EQ(data_of(result.out)["series"].size(), 1U);
}

TEST_F(Report, OfATableEscapesItsNames) {
  std::string table = "model,ops,latency_s\n";
  for (int i = 1; i <= 40; ++i)
    table += "</script><b onclick=x>" + std::to_string(i) + "," + std::to_string(i) + "000000," +
             std::to_string(0.001 * i + 0.0001 * (i % 3)) + "\n";
  write("m.csv", table);
  const Result result = opline({"report", "--csv", "m.csv", "--name", "model", "--boards",
                                "<i>mine</i>", "--out", "m.html"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(page("m.html"), Not(HasSubstr("<b onclick")));
  EXPECT_THAT(page("m.html"), Not(HasSubstr("<i>mine")));
  EXPECT_THAT(page("m.html"), HasSubstr("&lt;i&gt;mine&lt;/i&gt;"));
}

TEST_F(Report, OfTooFewNetworksSaysSoAndExitsWithNoResult) {
  write("m.csv", "ops,latency_s\n1000,1\n2000,2\n");
  const Result result = opline({"report", "--csv", "m.csv", "--out", "m.html"});
  EXPECT_EQ(result.exit_code, 11) << result.err;
  EXPECT_THAT(page("m.html"), HasSubstr("NOTHING CAN BE JUDGED"));
}

TEST_F(Report, IsLeftByAStudy) {
  const Result result = opline({"study", "--space", "tiny", "--count", "40", "--boards",
                                "nucleo-f446re", "--out", "results", "--quiet"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("report      results/report.html\n"));
  EXPECT_THAT(page("results/report.html"),
              HasSubstr("opline report --db results/study.db --out results/report.html"));
}

}  // namespace
}  // namespace opline::cli
