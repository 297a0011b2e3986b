// A requested model: both kinds of errors, robust and classical RESET, held-out errors, repeats.
#include "src/report/model_report.h"

#include <gmock/gmock.h>

#include "src/evaluation/judge.h"
#include "src/report/judgement_report.h"
#include "tests/evaluation/planted_series.h"

namespace opline::report {
namespace {

using analysis::CovarianceKind;
using testing::HasSubstr;
using testing::Not;

Json json_of(const evaluation::Series& series, const evaluation::FitRequest& request) {
  return record_of(evaluation::fit_model(series, request)).json();
}

TEST(ModelReport, HasTheErrorsOfBothKindsWhicheverWasAskedFor) {
  const evaluation::Series series = evaluation::planted_series(36, 10);
  const Json hc3 = json_of(series, {.covariance = CovarianceKind::hc3});
  const Json classical = json_of(series, {.covariance = CovarianceKind::classical});
  EXPECT_EQ(hc3["errors"], "hc3");
  EXPECT_EQ(classical["errors"], "classical");
  for (const char* name : {"intercept", "ops"}) {
    const Json& robust = hc3["coefficients"][name];
    const Json& plain = classical["coefficients"][name];
    EXPECT_EQ(robust["hc3"]["standard_error"], robust["standard_error"]);
    EXPECT_EQ(robust["hc3"]["interval"], robust["interval"]);
    EXPECT_EQ(plain["classical"]["interval"], plain["interval"]);
    EXPECT_NE(plain["standard_error"], robust["standard_error"]);
    EXPECT_EQ(plain["hc3"], robust["hc3"]);
    EXPECT_EQ(plain["classical"], robust["classical"]);
  }
  EXPECT_EQ(hc3["covariance"], classical["covariance"]);
  const double error = hc3["coefficients"]["ops"]["standard_error"];
  EXPECT_DOUBLE_EQ(hc3["covariance"]["hc3"][1][1], error * error);
}

TEST(ModelReport, HasBothResets) {
  const evaluation::Series series = evaluation::planted_series(36, 10);
  const evaluation::ModelFit fit = evaluation::fit_model(series, {});
  const Json diagnostics = record_of(fit).json()["diagnostics"];
  EXPECT_EQ(diagnostics["reset_hc3"]["p"], fit.diagnostics->reset_hc3->p);
  EXPECT_EQ(diagnostics["reset"]["p"], fit.diagnostics->reset->p);
  EXPECT_THAT(text_of(fit), HasSubstr("RESET with HC3"));
}

// The fit's held-out errors are those that a validation has.
TEST(ModelReport, HeldOutErrorsAreThoseOfTheValidation) {
  const evaluation::Series series = evaluation::planted_series(60, 10);
  const auto judged = evaluation::judge({&series}, {});
  EXPECT_DOUBLE_EQ(json_of(series, {})["held_out_errors_percent"]["mape"],
                   judged.validation->cross_validated_mape_percent->value);
  EXPECT_TRUE(
      json_of(series, {.intercept = analysis::Intercept::without})["held_out_errors_percent"]
          .is_null());
}

TEST(ModelReport, RepeatsAreToldInTextAndJson) {
  evaluation::Series series = evaluation::planted_series(36, 10);
  const evaluation::JudgeOptions options;
  EXPECT_THAT(text_of(evaluation::fit_model(series, {})), Not(HasSubstr("repeats")));
  EXPECT_TRUE(record_of(evaluation::judge({&series}, options)).json()["lack_of_fit"].is_null());
  series.lack_of_fit = analysis::LackOfFit{{2.5, 34, 72, 0.0123}, 512e-6, 1.02, 0.4};
  const std::string sentence =
      "  repeats     108 measurements of 36 networks; pure error 512 us, 1.02 % of latency; lack "
      "of "
      "fit F 2.5 (p 0.012)\n";
  EXPECT_THAT(text_of(evaluation::fit_model(series, {})), HasSubstr(sentence));
  const evaluation::Judgement judged = evaluation::judge({&series}, options);
  EXPECT_THAT(details_of(judged), HasSubstr(sentence));
  const Json json = record_of(judged).json()["lack_of_fit"];
  EXPECT_EQ(json["networks"], 36);
  EXPECT_EQ(json["measurements"], 108);
  EXPECT_EQ(json["pure_error"], 512e-6);
}

}  // namespace
}  // namespace opline::report
