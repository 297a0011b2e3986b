#include "notebooks_export/notebook.h"

#include <gmock/gmock.h>

#include <regex>
#include <set>

#include "src/base/error.h"
#include "src/evaluation/model_fit.h"
#include "src/evaluation/series_fit.h"
#include "src/report/model_report.h"
#include "tests/error_message.h"
#include "tests/notebooks_export/drawn_study.h"

namespace opline::notebooks_export {
namespace {

using testing::HasSubstr;
using testing::Not;

class Notebook : public DrawnStudy {
 protected:
  std::string text(const std::filesystem::path& out = "nb/study.ipynb",
                   const std::string& command = "opline export") {
    all_ = series();
    std::vector<NotebookSeries> given;
    for (const evaluation::Series& one : all_)
      given.push_back(
          {&one,
           report::record_of(evaluation::fit_series(one), evaluation::fit_model(one, {})).json()});
    return notebook(given, {study_.path(), folder_ / out, kNow, command});
  }
  Json json() { return parse_json(text(), "notebook"); }

  static std::string source(const Json& notebook, const std::string& id) {
    for (const Json& cell : notebook["cells"]) {
      if (cell["id"] != id) continue;
      std::string text;
      for (const Json& line : cell["source"]) text += line.get<std::string>();
      return text;
    }
    ADD_FAILURE() << "no cell " << id;
    return {};
  }
  /// What Python reads from the cell of figures.
  static Json figures(const Json& notebook) {
    const std::string cell = source(notebook, "figures");
    const std::size_t begin = cell.find("r'''") + 4;
    return parse_json(cell.substr(begin, cell.find("'''", begin) - begin), "figures");
  }

 private:
  std::vector<evaluation::Series> all_;
};

TEST_F(Notebook, IsNbformat45) {
  draw();
  const Json notebook = json();
  EXPECT_EQ(notebook["nbformat"], 4);
  EXPECT_EQ(notebook["nbformat_minor"], 5);
  std::set<std::string> ids;
  for (const Json& cell : notebook["cells"]) {
    const std::string id = cell["id"];
    EXPECT_TRUE(std::regex_match(id, std::regex("[a-zA-Z0-9-_]{1,64}"))) << id;
    EXPECT_TRUE(ids.insert(id).second) << id;
    EXPECT_FALSE(cell["source"].empty()) << id;
    const bool is_code = cell["cell_type"] == "code";
    EXPECT_EQ(cell.size(), is_code ? 6U : 4U) << id;
    if (is_code) {
      EXPECT_TRUE(cell["outputs"].empty());
      EXPECT_TRUE(cell["execution_count"].is_null());
    }
    for (std::size_t i = 0; i < cell["source"].size(); ++i) {
      const std::string line = cell["source"][i];
      EXPECT_EQ(line.ends_with("\n"), i + 1 < cell["source"].size()) << id;
      EXPECT_FALSE(std::regex_search(line, std::regex("@[A-Z_]+@"))) << line;
      EXPECT_FALSE(line.starts_with("# %%")) << line;
    }
  }
  EXPECT_THAT(source(notebook, "title"), testing::StartsWith("# Latency against op count"));
}

TEST_F(Notebook, TheSameStudyGivesTheSameText) {
  draw();
  EXPECT_EQ(text(), text());
}

TEST_F(Notebook, HoldsTheFiguresOfTheFit) {
  draw();
  import();
  const Json all = figures(json());
  ASSERT_EQ(all.size(), 2U);
  const std::vector<evaluation::Series> series = this->series();
  for (std::size_t i = 0; i < 2; ++i) {
    const evaluation::SeriesFit fit = evaluation::fit_series(series[i]);
    const Json& found = all[i]["fit"];
    EXPECT_EQ(found["n"], fit.line->n);
    EXPECT_EQ(found["slope_seconds_per_op"]["estimate"].get<double>(), fit.line->slope);
    EXPECT_EQ(found["slope_seconds_per_op"]["classical_standard_error"].get<double>(),
              fit.line->classical.slope_standard_error);
    EXPECT_EQ(found["r_squared"].get<double>(), *fit.line->r_squared);
    EXPECT_EQ(all[i]["setup_id"], series[i].setup_id);
  }
  EXPECT_EQ(all[0]["origin"], "simulated, uncalibrated");
  EXPECT_EQ(all[1]["origin"], "imported");
  EXPECT_TRUE(all[1]["seed"].is_null());
}

TEST_F(Notebook, OpensTheStudyRelativeToItsFolder) {
  draw();
  const auto path = [&](const char* out) {
    return source(parse_json(text(out), "notebook"), "imports");
  };
  EXPECT_THAT(path("nb/a.ipynb"), HasSubstr("STUDY = \"../study.db\"  #"));
  EXPECT_THAT(path("a.ipynb"), HasSubstr("STUDY = \"study.db\"  #"));
  EXPECT_THAT(path("a/b/c.ipynb"), HasSubstr("STUDY = \"../../study.db\"  #"));
}

TEST_F(Notebook, NamesOfOthersAreNoMarkup) {
  const std::string hostile = "it's '''a\\ | <script>alert(1)</script> $x$ *b* @COMMAND@\x1b";
  import(hostile);
  const Json notebook = parse_json(text("a.ipynb", "opline export --out '|' <b>`x`"), "notebook");
  EXPECT_THAT(figures(notebook)[0]["label"].get<std::string>(),
              HasSubstr("it's '''a\\ | <script>"));
  for (const Json& cell : notebook["cells"]) {
    if (cell["cell_type"] != "markdown") continue;
    const std::string markdown = source(notebook, cell["id"]);
    for (const char* markup : {"<script>", "$x$", "*b*", "<b>", "`x`"})
      EXPECT_THAT(markdown, Not(HasSubstr(markup))) << cell["id"];
  }
  EXPECT_THAT(
      source(notebook, "title"),
      HasSubstr("&#124; &#60;script&#62;alert&#40;1&#41;&#60;&#47;script&#62; &#36;x&#36;"));
  EXPECT_THAT(source(notebook, "provenance"), HasSubstr("&#60;b&#62;&#96;x&#96;</code> |"));
}

TEST_F(Notebook, AStudyThatNoCellCanNameIsRefused) {
  const auto refused = [&] { (void)notebook({}, {"a\xff.db", "a.ipynb", kNow, ""}); };
  EXPECT_THAT(message_of(refused, ErrorCode::usage), HasSubstr("rename the study"));
}

}  // namespace
}  // namespace opline::notebooks_export
