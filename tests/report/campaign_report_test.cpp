#include "src/report/campaign_report.h"

#include <gmock/gmock.h>

namespace opline::report {
namespace {

using testing::HasSubstr;

ForecastView forecast_view() {
  ForecastView view;
  view.space = "kws";
  view.boards = {"nucleo-f446re"};
  view.drawn = view.tries = 40;
  view.threads = 2;
  view.forecast.targets = {{38, 30, 30}};
  view.forecast.time = campaign::ForecastTime{60, 48, 72, 6};
  return view;
}

// 40 draws that are 38 networks: the same figures by the same names in text and JSON.
TEST(CampaignReport, DrawnAndDifferentAreToldApart) {
  const ForecastView view = forecast_view();
  EXPECT_EQ(in_words(view),
            "kws on nucleo-f446re: 40 drawn (38 different), 30 fit (78.9 %), 30 to measure\n"
            "about 60.0 s (48.0 s to 72.0 s) on 2 threads, estimated from 6 networks\n");
  const Json json = to_json(view);
  EXPECT_EQ(json["targets"][0]["drawn"], 40);
  EXPECT_EQ(json["targets"][0]["different"], 38);
  EXPECT_EQ(json["time"]["interval"][1], 72);
}

TEST(CampaignReport, AForecastOfNothingHasNoTime) {
  ForecastView view = forecast_view();
  view.forecast.time.reset();
  EXPECT_TRUE(to_json(view)["time"].is_null());
  EXPECT_THAT(in_words(view), testing::Not(HasSubstr("about")));
}

TEST(CampaignReport, ARunThatMeasuredNothingSaysSo) {
  CampaignRun run;
  run.draws = 3;
  run.tries = 3;
  run.report.outcomes = 3;
  run.report.unmeasured[measure::OutcomeKind::crashed] = {3, "0123", "fault at 0x08000000"};
  EXPECT_THAT(in_words(run), HasSubstr("3 crashed, e.g. network 0123: fault at 0x08000000"));
  EXPECT_THAT(in_words(run), HasSubstr("no network was measured, so there is nothing to fit"));
}

}  // namespace
}  // namespace opline::report
