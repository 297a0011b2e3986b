#include "src/cli/figure_json.h"

namespace opline::cli {

Json interval_json(const std::optional<analysis::Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}

Json estimate_json(const std::optional<analysis::Estimate>& estimate) {
  if (!estimate) return nullptr;
  return {{"value", estimate->value}, {"interval", interval_json(estimate->interval)}};
}

Json test_json(const std::optional<analysis::Test>& test) {
  if (!test) return nullptr;
  return {{"statistic", test->statistic}, {"p", test->p}};
}

Json errors_json(const std::optional<analysis::RelativeErrors>& errors) {
  if (!errors) return nullptr;
  return {{"n", errors->n},
          {"mape", errors->mape_percent},
          {"q50", errors->median_percent},
          {"q90", errors->q90_percent},
          {"q95", errors->q95_percent},
          {"q100", errors->worst_percent},
          {"bias", errors->bias_percent}};
}

}  // namespace opline::cli
