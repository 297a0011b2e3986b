#include "analysis/validation_errors.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/rank_statistics.h"
#include "analysis/validation_input.h"

namespace opline::analysis {

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
  std::sort(errors.begin(), errors.end());
  result.median_percent = quantile_of_sorted(errors, 0.5);
  result.q90_percent = quantile_of_sorted(errors, 0.9);
  result.q95_percent = quantile_of_sorted(errors, 0.95);
  result.worst_percent = errors.back();
  return result;
}

}  // namespace opline::analysis
