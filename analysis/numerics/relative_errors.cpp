#include "analysis/numerics/relative_errors.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/numerics/rank_statistics.h"
#include "analysis/numerics/series_checks.h"

namespace opline::analysis {

namespace {

/// Puts the order statistics that quantile_of_sorted() reads for these probabilities, ascending,
/// where sorting would.
void order_at(std::vector<double>& values, std::initializer_list<double> probabilities) {
  auto from = values.begin();
  for (const double probability : probabilities) {
    const double place = std::floor(static_cast<double>(values.size() - 1) * probability);
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(place);
    for (const auto next : {at, at + 1}) {
      if (next < from || next >= values.end()) continue;
      std::nth_element(from, next, values.end());
      from = next + 1;
    }
  }
}

}  // namespace

std::optional<RelativeErrors> relative_errors(std::span<const double> predicted,
                                              std::span<const double> measured) {
  require_pairs("relative errors", predicted, measured);
  require_positive("relative errors", "measured", measured);
  if (measured.empty()) return std::nullopt;
  RelativeErrors result;
  result.n = measured.size();
  std::vector<double> errors;
  errors.reserve(measured.size());
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const double error = 100 * ((predicted[i] - measured[i]) / measured[i]);
    result.bias_percent += error / static_cast<double>(result.n);
    result.mape_percent += std::abs(error) / static_cast<double>(result.n);
    errors.push_back(std::abs(error));
  }
  order_at(errors, {0.5, 0.9, 0.95});
  result.median_percent = quantile_of_sorted(errors, 0.5);
  result.q90_percent = quantile_of_sorted(errors, 0.9);
  result.q95_percent = quantile_of_sorted(errors, 0.95);
  result.worst_percent = *std::max_element(errors.begin(), errors.end());
  return result;
}

}  // namespace opline::analysis
