// src/cli/figure_json.h - figures of analysis/ as JSON, the same in every format.
#pragma once
#include <optional>

#include "analysis/numerics/interval.h"
#include "analysis/numerics/relative_errors.h"
#include "analysis/regression/diagnostics.h"
#include "src/base/json.h"

namespace opline::cli {

// null for what is not there.
[[nodiscard]] Json interval_json(
    const std::optional<analysis::Interval>& interval);  ///< [low, high]
[[nodiscard]] Json estimate_json(
    const std::optional<analysis::Estimate>& estimate);                   ///< {"value", "interval"}
[[nodiscard]] Json test_json(const std::optional<analysis::Test>& test);  ///< {"statistic", "p"}
/// {"n", "mape", "q50", "q90", "q95", "q100", "bias"}, in percent.
[[nodiscard]] Json errors_json(const std::optional<analysis::RelativeErrors>& errors);

}  // namespace opline::cli
