#include "src/evaluation/judged_model.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/digest.h"
#include "src/base/error.h"

namespace opline::evaluation {
namespace {

analysis::PredictionValidationOptions validation_options(const Series& series,
                                                         const JudgeOptions& options) {
  analysis::PredictionValidationOptions wanted;
  wanted.whole_enumeration = series.covers_whole_space;
  wanted.false_feasible = options.thresholds.false_feasible();
  wanted.seed = options.seed;
  wanted.threads = options.threads;
  return wanted;
}

/// The errors of all dealings to folds, which reports print, in place of those of the means; the
/// interval moves with them.
void take_errors(analysis::PredictionValidation& validation,
                 const analysis::RelativeErrors& errors) {
  const double moved = errors.mape_percent - validation.mape_percent.value;
  validation.errors = errors;
  validation.mape_percent.value = errors.mape_percent;
  if (auto& interval = validation.mape_percent.interval) {
    interval->low += moved;
    interval->high += moved;
  }
}

/// The line: held-out predictions of the same dealings as judge()'s, and its verdict.
void judge_line(JudgedModel& model, const Series& series, const JudgeOptions& options) {
  JudgeOptions wanted = options;
  wanted.of = model.fit.request.of;
  const Judgement judged = judge({&series}, wanted);
  model.why_not_judged = judged.why_none;
  if (!judged.verdict) return;
  model.verdict = {judged.verdict->ruling, judged.verdict->criteria, judged.verdict->reasons};
  const ResponseRows& rows = model.fit.rows;
  const auto unseen = analysis::cross_validate_rows(
      rows.ops, rows.y,
      {.repeats = analysis::bounded_repeats(rows.y.size()), .seed = options.seed});
  if (!unseen) return;
  model.held_out = analysis::validate_predictions(unseen->mean_predictions, rows.y,
                                                  validation_options(series, options));
  if (!model.held_out) return;
  take_errors(*model.held_out, unseen->validation.errors);
  model.held_out->margin = judged.verdict->latency_margin;
}

const std::optional<analysis::HeldOutErrors>& errors_of(const analysis::LayerValidation& unseen,
                                                        ModelKind kind) {
  switch (kind) {
    case ModelKind::ops:
      return unseen.ops;
    case ModelKind::ops_by_type:
      return unseen.by_type;
    case ModelKind::per_layer:
      return unseen.per_layer;
    case ModelKind::lookup:
      return unseen.lookup;
  }
  OPLINE_ASSERT(false, "model {}", static_cast<int>(kind));
  return unseen.ops;
}

void judge_layers(JudgedModel& model, const Series& series, const JudgeOptions& options) {
  model.why_not_judged = "fewer networks than the ten folds of the cross-validation";
  if (!model.fit.unseen) return;
  const auto& errors = errors_of(*model.fit.unseen, model.fit.request.model);
  if (!errors || !errors->networks) return;
  std::vector<double> predicted;
  std::vector<double> measured;
  for (std::size_t i = 0; i < errors->predictions.size(); ++i) {
    if (!errors->predictions[i]) continue;
    predicted.push_back(*errors->predictions[i]);
    measured.push_back(model.fit.rows.y[i]);
  }
  model.held_out =
      analysis::validate_predictions(predicted, measured, validation_options(series, options));
  if (!model.held_out) return;
  take_errors(*model.held_out, *errors->networks);
  model.verdict = analysis::judge_predictions(*model.held_out, options.thresholds);
  model.why_not_judged.clear();
}

JudgedModel judge_model(const Series& series, ModelKind kind, Response of,
                        const JudgeOptions& options) {
  FitRequest request;
  request.of = of;
  request.model = kind;
  JudgedModel model;
  model.fit = fit_model(series, request);
  if (!model.fit.why_no_fit.empty()) return model;
  if (kind == ModelKind::ops) {
    judge_line(model, series, options);
  } else {
    judge_layers(model, series, options);
  }
  return model;
}

}  // namespace

std::vector<JudgedModel> judge_models(const Series& series, const ModelsOptions& options) {
  std::vector<JudgedModel> models;
  for (const ModelKind kind : options.kinds) {
    for (const Response of : options.responses)
      models.push_back(judge_model(series, kind, of, options.judge));
  }
  return models;
}

std::string digest_of(const Series& series) {
  const auto figure = [](const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : "-";
  };
  std::string text;
  for (const Row& row : series.rows)
    text +=
        fmt::format("{} {} {} {}\n", row.network, row.ops, figure(row.seconds), figure(row.joules));
  return digest(text);
}

}  // namespace opline::evaluation
