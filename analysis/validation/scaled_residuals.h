// analysis/validation/scaled_residuals.h - residuals in units of their usual size at the
// prediction:  r = (measured - predicted) / spread(predicted)  (spread.h). What margins and
// prediction intervals are quantiles of.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "analysis/regression/spread.h"

namespace opline::analysis {

struct ScaledResiduals {
  double reference = 0;   ///< The median prediction, > 0.
  Spread spread;          ///< Above 0 at every prediction.
  std::vector<double> r;  ///< In the order of the rows.
};

/// Nothing for no rows or a median prediction that is not above 0. O(n). Throws Error{input} for
/// unequal lengths, values that are not finite and measured ones that are not above 0; `what` opens
/// the message.
[[nodiscard]] std::optional<ScaledResiduals> scale_residuals(const char* what,
                                                             std::span<const double> predicted,
                                                             std::span<const double> measured);

}  // namespace opline::analysis
