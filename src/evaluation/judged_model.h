// src/evaluation/judged_model.h - every model that a series supports, with how far a search may
// trust it: what a cost model exports.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/validation/prediction_validation.h"
#include "analysis/verdict/prediction_verdict.h"
#include "src/evaluation/judge.h"
#include "src/evaluation/model_fit.h"

namespace opline::evaluation {

/// One model of one response. Where it could not be fitted only `fit.why_no_fit` counts.
struct JudgedModel {
  ModelFit fit;
  /// Errors, margin and interval on networks that the model was not fitted to; none for fewer
  /// networks than folds.
  std::optional<analysis::PredictionValidation> held_out;
  std::optional<analysis::PredictionVerdict> verdict;  ///< Of `ops` that of judge().
  std::string why_not_judged;                          ///< Where there is no verdict.
};

struct ModelsOptions {
  std::vector<ModelKind> kinds = {ModelKind::ops, ModelKind::ops_by_type, ModelKind::per_layer};
  std::vector<Response> responses = {Response::latency, Response::energy};
  JudgeOptions judge;  ///< `of` is not used.
};

/// Kind by kind, latency before energy. `series` must outlive the result, and have its layers for
/// other models than ops. O(models x judge()).
[[nodiscard]] std::vector<JudgedModel> judge_models(const Series& series,
                                                    const ModelsOptions& options);

/// Names the measurements of a series: network, ops, seconds and joules of each row, in their
/// order. 32 hexadecimal digits.
[[nodiscard]] std::string digest_of(const Series& series);

}  // namespace opline::evaluation
