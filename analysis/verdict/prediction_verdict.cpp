#include "analysis/verdict/prediction_verdict.h"

#include "analysis/verdict/criteria.h"
#include "analysis/verdict/verdict_words.h"

namespace opline::analysis {

PredictionVerdict judge_predictions(const PredictionValidation& validation,
                                    const Thresholds& thresholds) {
  const bool whole = validation.whole_enumeration;
  PredictionVerdict verdict;
  verdict.criteria = {
      networks_criterion(validation.n, thresholds),
      error_criterion(validation.mape_percent, whole, thresholds),
      order_criterion(validation.kendall_tau_b, whole, thresholds),
      margin_criterion(validation.margin, validation.n, true, whole, thresholds),
  };
  verdict.ruling = ruling_of(verdict.criteria, order_forgiven(validation.misorder, thresholds),
                             whole, thresholds);
  for (const Criterion& one : verdict.criteria) {
    if (!fulfilled(one)) verdict.reasons.push_back(sentence(one));
  }
  return verdict;
}

}  // namespace opline::analysis
