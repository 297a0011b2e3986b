// analysis/verdict/prediction_verdict.h - may a search use this model's predictions?
//
// The rule of verdict.h for a model that is not a line in ops: order, error and margin of
// predictions of networks it has not seen, against the same thresholds. What is about a line in ops
// alone (R^2, curvature, slopes) does not apply.
#pragma once
#include <string>
#include <vector>

#include "analysis/validation/prediction_validation.h"
#include "analysis/verdict/verdict.h"

namespace opline::analysis {

struct PredictionVerdict {
  Ruling ruling = Ruling::not_valid;
  std::vector<Criterion> criteria;   ///< Networks, error, tau-b, margin.
  std::vector<std::string> reasons;  ///< Why not `valid`: a sentence per criterion.
};

/// The validation must have been made for thresholds.false_feasible().
[[nodiscard]] PredictionVerdict judge_predictions(const PredictionValidation& validation,
                                                  const Thresholds& thresholds = {});

}  // namespace opline::analysis
