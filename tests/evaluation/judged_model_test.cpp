// Every model of a series with its verdict, on networks whose layers have known prices.
#include "src/evaluation/judged_model.h"

#include <gmock/gmock.h>

#include "src/base/error.h"
#include "tests/evaluation/planted_networks.h"
#include "tests/evaluation/planted_series.h"

namespace opline::evaluation {
namespace {

using analysis::Ruling;
using testing::HasSubstr;

const std::vector<ModelKind> kAllKinds = {ModelKind::ops, ModelKind::ops_by_type,
                                          ModelKind::per_layer, ModelKind::lookup};

std::vector<JudgedModel> judged(const Series& series, std::vector<ModelKind> kinds = kAllKinds) {
  ModelsOptions options;
  options.kinds = std::move(kinds);
  options.judge.thresholds = shipped_thresholds();
  return judge_models(series, options);
}

TEST(JudgedModels, EachKindOfEachResponse) {
  const Series series = planted_networks("kws", 120);
  const std::vector<JudgedModel> models = judged(series);
  ASSERT_EQ(models.size(), 8U);
  for (std::size_t i = 0; i < models.size(); ++i) {
    const JudgedModel& one = models[i];
    ASSERT_EQ(one.fit.why_no_fit, "");
    EXPECT_EQ(one.fit.request.model, kAllKinds[i / 2]);
    EXPECT_EQ(one.fit.request.of, i % 2 == 0 ? Response::latency : Response::energy);
    ASSERT_TRUE(one.held_out && one.verdict) << one.why_not_judged;
    EXPECT_TRUE(one.held_out->interval && one.held_out->margin);
  }
  // The planted prices are of layers: their model errs by rounding to cycles alone.
  EXPECT_GT(models[0].held_out->errors.mape_percent, models[2].held_out->errors.mape_percent);
  EXPECT_LT(models[4].held_out->errors.mape_percent, 1e-3);
  EXPECT_EQ(models[4].verdict->ruling, Ruling::valid);
}

TEST(JudgedModels, TheLineHasTheVerdictOfJudge) {
  const Series series = planted_networks("kws", 120);
  const JudgedModel line = judged(series, {ModelKind::ops}).front();
  JudgeOptions options;
  options.thresholds = shipped_thresholds();
  const Judgement known = judge({&series}, options);
  EXPECT_EQ(line.verdict->ruling, known.verdict->ruling);
  EXPECT_EQ(line.verdict->criteria.size(), known.verdict->criteria.size());
  EXPECT_EQ(line.held_out->margin->absolute, known.verdict->latency_margin->absolute);
  EXPECT_DOUBLE_EQ(line.held_out->errors.mape_percent,
                   known.validation->cross_validation->errors.mape_percent);
}

TEST(JudgedModels, TheirErrorsAreThoseOfTheLayerValidation) {
  const Series series = planted_networks("kws", 60);
  const JudgedModel by_type = judged(series, {ModelKind::ops_by_type}).front();
  EXPECT_DOUBLE_EQ(by_type.held_out->errors.mape_percent,
                   by_type.fit.unseen->by_type->networks->mape_percent);
  EXPECT_DOUBLE_EQ(by_type.held_out->mape_percent.value, by_type.held_out->errors.mape_percent);
}

TEST(JudgedModels, ModelledEnergyIsPowerTimesLatencyInEveryKind) {
  const Series series = planted_networks("kws", 60);
  const std::vector<JudgedModel> models = judged(series, {ModelKind::per_layer});
  const analysis::LayerForm& seconds = models[0].fit.per_layer->forms.front();
  const analysis::LayerForm& joules = models[1].fit.per_layer->forms.front();
  EXPECT_TRUE(models[1].fit.rows.by_construction);
  ASSERT_EQ(seconds.model.coefficients.size(), joules.model.coefficients.size());
  for (std::size_t i = 0; i < seconds.model.coefficients.size(); ++i) {
    EXPECT_NEAR(joules.model.coefficients[i].estimate, 0.1 * seconds.model.coefficients[i].estimate,
                1e-9 * std::abs(seconds.model.coefficients[i].estimate) + 1e-20);
  }
}

TEST(JudgedModels, LayersHaveNoMeasuredEnergy) {
  Series series = planted_networks("kws", 30);
  for (Row& row : series.rows) row.joules = 0.1 * *row.seconds;
  const std::vector<JudgedModel> models =
      judged(series, {ModelKind::ops_by_type, ModelKind::per_layer});
  EXPECT_EQ(models[1].fit.why_no_fit, "");
  EXPECT_FALSE(models[1].fit.rows.by_construction);
  EXPECT_EQ(models[2].fit.why_no_fit, "");
  EXPECT_THAT(models[3].fit.why_no_fit, HasSubstr("layers have no energy of their own"));
}

TEST(JudgedModels, WithoutLayersOnlyTheLine) {
  const Series series = planted_series(150, 10);
  const std::vector<JudgedModel> models = judged(series);
  EXPECT_EQ(models[0].verdict->ruling, Ruling::valid);
  EXPECT_THAT(models[1].fit.why_no_fit, HasSubstr("no energy was measured"));
  EXPECT_THAT(models[2].fit.why_no_fit, HasSubstr("layers"));
}

TEST(JudgedModels, TheDigestNamesTheMeasurements) {
  Series series = planted_series(5, 10);
  const std::string known = digest_of(series);
  EXPECT_EQ(digest_of(planted_series(5, 10)), known);
  series.rows[3].seconds = *series.rows[3].seconds * (1 + 0x1p-52);
  EXPECT_NE(digest_of(series), known);
}

}  // namespace
}  // namespace opline::evaluation
