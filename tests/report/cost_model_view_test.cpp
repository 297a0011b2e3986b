// From judged models to the file that a search loads, and from there to predictions.
#include "src/report/cost_model_view.h"

#include <gmock/gmock.h>

#include <cmath>

#include "src/costmodel/architecture_cost.h"
#include "src/costmodel/prediction.h"
#include "tests/evaluation/planted_networks.h"
#include "tests/evaluation/planted_series.h"

namespace opline::report {
namespace {

using costmodel::CostModel;
using costmodel::Model;
using evaluation::ModelKind;
using evaluation::Response;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<evaluation::JudgedModel> judged(const evaluation::Series& series) {
  evaluation::ModelsOptions options;
  options.kinds.push_back(ModelKind::lookup);
  options.judge.thresholds = evaluation::shipped_thresholds();
  return judge_models(series, options);
}

CostModelView view_of(const evaluation::Series& series, bool allow_not_valid = false) {
  const std::optional<sampler::Space> space =
      series.seed ? std::optional(sampler::load_space(series.space)) : std::nullopt;
  return cost_model_view(series, judged(series), space, allow_not_valid,
                         {"0.1.0", "s.db", "2026-01-31T12:00:00Z", "opline study", {}});
}

TEST(CostModelView, PredictsItsOwnNetworksAfterWritingAndReading) {
  const evaluation::Series series = evaluation::planted_networks("kws", 120);
  const CostModelView view = view_of(series);
  EXPECT_TRUE(view.left_out.empty());
  const CostModel file = costmodel::cost_model_from_json(costmodel::to_json(view.file), "m.json");
  ASSERT_EQ(file.models.size(), 8U);
  const sampler::Space space = sampler::parse_space(file.space->text, "kws.toml");
  EXPECT_EQ(space.id, file.space->id);
  for (const Model& model : file.models) {
    ASSERT_TRUE(model.verdict && model.held_out && model.interval && model.margin);
    std::size_t inside = 0;
    for (const evaluation::Row& row : series.rows) {
      const network::Network network =
          sampler::decode(space, sampler::parse_architecture(space, row.name));
      const costmodel::Prediction found = *costmodel::predict(model, network);
      const double known = *row.seconds * (model.of == Response::energy ? 0.1 : 1);
      inside += found.interval->contains(known) ? 1 : 0;
      EXPECT_THAT(found.outside, ElementsAre());
      const double error = std::abs(found.value - known) / known;
      EXPECT_LT(error, model.kind == ModelKind::lookup      ? 1e-9
                       : model.kind == ModelKind::per_layer ? 1e-4
                                                            : 0.3);
    }
    EXPECT_GE(inside, 108U) << model.title();  // 90 %, where 95 % are promised for fresh networks
  }
}

TEST(CostModelView, EveryFigureOfTheFitIsInTheFile) {
  const evaluation::Series series = evaluation::planted_networks("kws", 60);
  const auto models = judged(series);
  const CostModelView view = cost_model_view(series, models, {}, true, {});
  const Model& line = *view.file.model(Response::latency, ModelKind::ops);
  const analysis::LinearModel& fit = *models[0].fit.linear;
  EXPECT_EQ(line.line->estimate("ops"), fit.coefficients[1].estimate);
  EXPECT_EQ(line.line->covariance, fit.covariance);
  EXPECT_EQ(line.line->term("ops")->standard_error, fit.coefficients[1].standard_error);
  EXPECT_EQ(line.fit->rmse, fit.rmse);
  const Model& by_type = *view.file.model(Response::latency, ModelKind::ops_by_type);
  EXPECT_THAT(by_type.line->term("conv2d")->types, ElementsAre("conv2d"));
  EXPECT_EQ(by_type.line->term("intercept")->types.size(), 0U);
  const Model& layers = *view.file.model(Response::latency, ModelKind::per_layer);
  EXPECT_TRUE(layers.kernels_known);
  EXPECT_TRUE(layers.by_construction);  // sums of the simulator's own layers
  EXPECT_FALSE(line.by_construction);
  EXPECT_EQ(view.file.provenance.data_digest, evaluation::digest_of(series));
  EXPECT_EQ(view.file.counts.drawn, 60U);
}

TEST(CostModelView, NotValidNeedsToBeAllowedAndIsSaidInTheFile) {
  const evaluation::Series series = evaluation::planted_networks("kws", 20);  // too few
  const CostModelView view = view_of(series);
  EXPECT_TRUE(view.file.models.empty());
  EXPECT_TRUE(view.not_valid_left_out);
  ASSERT_EQ(view.left_out.size(), 1U);
  EXPECT_EQ(view.left_out[0].why, "judged not valid");
  EXPECT_EQ(view.left_out[0].titles.size(), 8U);
  const CostModelView allowed = view_of(series, true);
  ASSERT_EQ(allowed.file.models.size(), 8U);
  for (const Model& model : allowed.file.models) {
    EXPECT_TRUE(model.not_valid_allowed);
    EXPECT_EQ(model.verdict->ruling, analysis::Ruling::not_valid);
  }
  EXPECT_THAT(text_of(allowed.file), HasSubstr("latency, per-layer"));
}

TEST(CostModelView, ATableHasALineAndNoSpace) {
  const CostModelView view = view_of(evaluation::planted_series(150, 10));
  ASSERT_EQ(view.file.models.size(), 1U);
  EXPECT_FALSE(view.file.space || view.file.seed || view.file.counts.drawn);
  EXPECT_FALSE(view.not_valid_left_out);
  EXPECT_EQ(view.left_out.size(), 2U);  // no energy; no layers
  EXPECT_NO_THROW((void)costmodel::cost_model_text(
      view_of(evaluation::planted_series(150, 10)).file, "m.json"));
}

}  // namespace
}  // namespace opline::report
