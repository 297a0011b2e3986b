// The fit of a series: counts by one name everywhere, errors of both kinds.
#include "src/report/fit_report.h"

#include <gmock/gmock.h>

#include "src/report/judgement_report.h"
#include "tests/evaluation/planted_series.h"

namespace opline::report {
namespace {

using testing::HasSubstr;
using testing::Not;

/// 40 draws of 38 different networks, of which 37 fit.
evaluation::Series sampled_series() {
  evaluation::Series series = evaluation::planted_series(36, 10);
  series.prior = "uniform-decisions";
  series.seed = 1;
  series.counts.drawn = {40, 38};
  series.counts.fitting = {39, 37};
  series.counts.measured = {38, 36};
  return series;
}

// The text said "40 drawn (38 different)", the table and JSON of the same campaign "drawn 38".
TEST(FitReport, DrawnCountsDrawsEverywhere) {
  const evaluation::Series series = sampled_series();
  EXPECT_EQ(counts_of(series), "40 drawn (38 different), 37 fit the board, 36 measured");
  EXPECT_EQ(counts_text(series), "  networks   " + counts_of(series) + "\n");
  const std::string table = table_of({evaluation::fit_series(series)});
  EXPECT_THAT(table, HasSubstr("drawn different     fit measured"));
  EXPECT_THAT(table, HasSubstr("     40        38      37       36"));
  const Json fit = record_of(evaluation::fit_series(series)).json();
  EXPECT_EQ(fit["drawn"]["draws"], 40);
  EXPECT_EQ(fit["drawn"]["networks"], 38);
  evaluation::JudgeOptions options;
  options.thresholds = evaluation::shipped_thresholds();
  const Json campaign = record_of(evaluation::judge({&series}, options)).json()["campaigns"][0];
  EXPECT_EQ(campaign["drawn"], 40);
  EXPECT_EQ(campaign["different"], 38);
  EXPECT_EQ(campaign["fitting"], 37);
}

TEST(FitReport, AnImportedTableWasNotDrawn) {
  const evaluation::Series series = evaluation::planted_series(36, 10);
  EXPECT_EQ(counts_of(series), "36 imported");
  EXPECT_THAT(table_of({evaluation::fit_series(series)}),
              HasSubstr("      -         -       -       36"));
  const Json campaign = record_of(evaluation::judge({&series}, {})).json()["campaigns"][0];
  EXPECT_TRUE(campaign["drawn"].is_null());
  EXPECT_TRUE(campaign["different"].is_null());
  EXPECT_EQ(campaign["measured"], 36);
}

TEST(FitReport, HasTheErrorsOfBothKinds) {
  const evaluation::Series series = sampled_series();
  const evaluation::SeriesFit fit = evaluation::fit_series(series);
  const Json json = record_of(fit).json();
  EXPECT_EQ(json["errors"], "hc3");
  const Json& slope = json["slope_seconds_per_op"];
  EXPECT_EQ(slope["standard_error"], fit.line->hc3->slope_standard_error);
  EXPECT_EQ(slope["hc3"]["standard_error"], slope["standard_error"]);
  EXPECT_EQ(slope["hc3"]["interval"], slope["interval"]);
  EXPECT_EQ(slope["classical"]["standard_error"], fit.line->classical.slope_standard_error);
  EXPECT_EQ(json["covariance"]["classical"], fit.line->classical.covariance);
  EXPECT_EQ(json["covariance"]["hc3"], fit.line->hc3->covariance);
}

// Three networks of one op count and one of another: the line goes through the latter whatever its
// latency.
TEST(FitReport, SaysWhereErrorsAreClassical) {
  evaluation::Series series = evaluation::planted_series(4, 10);
  for (std::size_t i = 0; i < 3; ++i) series.rows[i].ops = 1'000'000;
  const evaluation::SeriesFit fit = evaluation::fit_series(series);
  EXPECT_THAT(text_of(fit), HasSubstr("  errors     classical"));
  EXPECT_THAT(text_of(evaluation::fit_series(sampled_series())), Not(HasSubstr("classical")));
  const Json json = record_of(fit).json();
  EXPECT_EQ(json["errors"], "classical");
  EXPECT_TRUE(json["slope_seconds_per_op"]["hc3"]["interval"].is_null());
  EXPECT_EQ(json["slope_seconds_per_op"]["interval"],
            json["slope_seconds_per_op"]["classical"]["interval"]);
}

TEST(FitReport, AWholeEnumerationHasNoErrors) {
  evaluation::Series series = sampled_series();
  series.covers_whole_space = true;
  const Json json = record_of(evaluation::fit_series(series)).json();
  EXPECT_TRUE(json["errors"].is_null());
  for (const char* kind : {"classical", "hc3"}) {
    EXPECT_TRUE(json["slope_seconds_per_op"][kind]["standard_error"].is_null());
    EXPECT_TRUE(json["intercept_seconds"][kind]["interval"].is_null());
    EXPECT_TRUE(json["covariance"][kind].is_null());
  }
}

}  // namespace
}  // namespace opline::report
