#include "analysis/validation/scaled_residuals.h"

#include <algorithm>

#include "analysis/numerics/median.h"
#include "analysis/numerics/series_checks.h"

namespace opline::analysis {
namespace {

/// A spread that is above 0 at every prediction.
Spread usable_spread(std::span<const double> predicted, std::span<const double> residuals,
                     double reference) {
  Spread spread = fit_spread(predicted, residuals);
  const double least = 1e-12 * reference;  // below it a spread is the rounding's
  if (spread.at(reference) < least) return {least, 0};
  const bool all_above_0 =
      std::all_of(predicted.begin(), predicted.end(), [](double p) { return p > 0; });
  if (!all_above_0 && spread.absolute < least) return {spread.at(reference), 0};
  return spread;
}

}  // namespace

std::optional<ScaledResiduals> scale_residuals(const char* what, std::span<const double> predicted,
                                               std::span<const double> measured) {
  require_pairs(what, predicted, measured);
  require_positive(what, "measured", measured);
  if (measured.empty()) return std::nullopt;
  ScaledResiduals result;
  result.reference = median({predicted.begin(), predicted.end()});
  if (!(result.reference > 0)) return std::nullopt;
  result.r.resize(measured.size());
  for (std::size_t i = 0; i < measured.size(); ++i) result.r[i] = measured[i] - predicted[i];
  result.spread = usable_spread(predicted, result.r, result.reference);
  for (std::size_t i = 0; i < measured.size(); ++i) result.r[i] /= result.spread.at(predicted[i]);
  return result;
}

}  // namespace opline::analysis
