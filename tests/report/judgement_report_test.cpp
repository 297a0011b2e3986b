// A verdict on one screen.
#include "src/report/judgement_report.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <sstream>

#include "tests/evaluation/planted_series.h"

namespace opline::report {
namespace {

using evaluation::Judgement;
using testing::HasSubstr;
using testing::Not;

Judgement judged(const evaluation::Series& series) {
  evaluation::JudgeOptions options;
  options.thresholds = evaluation::shipped_thresholds();
  return evaluation::judge({&series}, options);
}

TEST(JudgementReport, TheSummaryFitsAScreenAndHasWhatMatters) {
  const evaluation::Series series = evaluation::planted_series(150, 10);
  const std::string summary = summary_of(judged(series));
  EXPECT_LE(std::count(summary.begin(), summary.end(), '\n'), 30);
  std::istringstream lines(summary);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120u) << line;
  for (const char* part : {"VALID: ops as a stand-in for latency on board (imported)", "criterion",
                           "required", "R^2", "latency    = "})
    EXPECT_THAT(summary, HasSubstr(part));
  EXPECT_THAT(summary, Not(HasSubstr("regret")));
}

TEST(JudgementReport, DetailsHaveTheFiguresBehindIt) {
  const evaluation::Series series = evaluation::planted_series(150, 10);
  const std::string details = details_of(judged(series));
  for (const char* part : {"regret", "budgets", "learning curve"})
    EXPECT_THAT(details, HasSubstr(part));
}

TEST(JudgementReport, NothingToJudgeSaysWhy) {
  const evaluation::Series series = evaluation::planted_series(2, 10);
  const Judgement none = judged(series);
  EXPECT_THAT(summary_of(none), HasSubstr("NOTHING CAN BE JUDGED"));
  EXPECT_THAT(summary_of(none), HasSubstr("Why"));
  EXPECT_EQ(details_of(none), "");
  EXPECT_TRUE(record_of(none).json()["verdict"]["ruling"].is_null());
}

TEST(JudgementReport, MediansOfRepeatsAreSaid) {
  evaluation::Series series = evaluation::planted_series(150, 10);
  for (evaluation::Row& row : series.rows) row.repeats = 2;
  const Judgement one = judged(series);
  EXPECT_THAT(summary_of(one), HasSubstr("300 rows, 150 networks: medians of repeats"));
  EXPECT_EQ(record_of(one).json()["rows"], 300);
  EXPECT_EQ(record_of(one).json()["networks"], 150);
}

// A feature equal to ops and a constant one were dropped without a word.
TEST(JudgementReport, FeaturesLeftOutAreNamedWithTheReason) {
  evaluation::Series series = evaluation::planted_series(60, 10);
  evaluation::RowFigure ops{"opsx", {}}, constant{"b", {}}, ripple{"a", {}};
  for (std::size_t i = 0; i < series.rows.size(); ++i) {
    ops.values.push_back(static_cast<double>(series.rows[i].ops));
    constant.values.push_back(3);
    ripple.values.push_back(static_cast<double>(i % 3));
  }
  series.figures = {ops, ripple, constant};
  const Judgement one = judged(series);
  EXPECT_THAT(details_of(one), HasSubstr("left out: opsx is "));
  EXPECT_THAT(details_of(one), HasSubstr("left out: b is "));
  const Json left_out = record_of(one).json()["features"]["left_out"];
  ASSERT_EQ(left_out.size(), 2U);
  EXPECT_EQ(left_out[0]["name"], "opsx");
  EXPECT_FALSE(left_out[0]["reason"].get<std::string>().empty());
}

TEST(JudgementReport, LongNamesDoNotFillTheScreen) {
  evaluation::Series series = evaluation::planted_series(150, 10);
  series.setup.board = std::string(5000, 'b');
  series.prior = std::string(5000, 'p');
  const std::string summary = summary_of(judged(series));
  const std::size_t scope = summary.find("ops as a stand-in");
  ASSERT_NE(scope, std::string::npos);
  EXPECT_LT(summary.find("criterion") - scope, 500U);
}

TEST(JudgementReport, ATableHasASampleSizeAndNoPrior) {
  const evaluation::Series series = evaluation::planted_series(60, 10);
  const std::string details = details_of(judged(series));
  EXPECT_THAT(details, HasSubstr("sample size: a slope known to 1 % takes about"));
  EXPECT_THAT(details, Not(HasSubstr("prior")));
}

TEST(JudgementReport, WideFiguresKeepTheirColumn) {
  const evaluation::Series series = evaluation::planted_series(60, 10);
  Judgement one = judged(series);
  for (analysis::Criterion& criterion : one.verdict->criteria) {
    if (criterion.name == "cross-validated MAPE") criterion.value = 2810;
  }
  EXPECT_THAT(summary_of(one), HasSubstr("cross-validated MAPE             2810 %   "));
}

TEST(JudgementReport, ColumnsDoNotDependOnWhatIsDefined) {
  const evaluation::Series many = evaluation::planted_series(150, 10);
  const evaluation::Series few = evaluation::planted_series(5, 10);
  const Record full = record_of(judged(many));
  const Record bare = record_of(judged(few));
  std::vector<std::string> names;
  for (const auto& [name, value] : full.cells()) names.push_back(name);
  for (const auto& [name, value] : bare.cells())
    EXPECT_THAT(names, testing::Contains(name)) << name;
}

}  // namespace
}  // namespace opline::report
