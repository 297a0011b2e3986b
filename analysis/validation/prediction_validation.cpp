#include "analysis/validation/prediction_validation.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/resampling/bootstrap.h"

namespace opline::analysis {
namespace {

/// Of fewer rows resampling says nothing.
constexpr std::size_t kFewestRows = 10;

Estimate with_interval(double value, std::size_t n, const RowStatistic& statistic,
                       const PredictionValidationOptions& options) {
  Estimate result{value, {}};
  if (options.whole_enumeration || n < kFewestRows) return result;
  BootstrapOptions draws{options.confidence, options.replicates, options.seed, options.threads};
  draws.max_rows = options.max_rows;
  if (const auto found = bootstrap(n, statistic, draws)) result.interval = found->interval;
  return result;
}

std::vector<double> shares_of(std::span<const double> predicted, std::span<const double> measured) {
  std::vector<double> errors(measured.size());
  for (std::size_t i = 0; i < errors.size(); ++i)
    errors[i] = 100 * std::abs(predicted[i] - measured[i]) / measured[i];
  return errors;
}

RowStatistic mean_of_rows(const std::vector<double>& values) {
  return [&values](std::span<const std::uint32_t> rows) -> std::optional<double> {
    double sum = 0;
    for (const std::uint32_t row : rows) sum += values[row];
    return sum / static_cast<double>(rows.size());
  };
}

}  // namespace

std::optional<PredictionValidation> validate_predictions(
    std::span<const double> predicted, std::span<const double> measured,
    const PredictionValidationOptions& options) {
  const auto errors = relative_errors(predicted, measured);
  if (!errors) return std::nullopt;
  PredictionValidation result;
  result.n = measured.size();
  result.whole_enumeration = options.whole_enumeration;
  result.errors = *errors;
  const std::vector<double> shares = shares_of(predicted, measured);
  result.mape_percent =
      with_interval(errors->mape_percent, result.n, mean_of_rows(shares), options);
  if (const auto tau = kendall_tau_b(predicted, measured)) {
    result.kendall_tau_b =
        with_interval(*tau, result.n, kendall_tau_b_of_rows(predicted, measured), options);
  }
  if (std::all_of(predicted.begin(), predicted.end(), [](double one) { return one > 0; }))
    result.misorder = misorder(predicted, measured);
  result.margin = latency_margin(predicted, measured, options.false_feasible,
                                 options.whole_enumeration, options.confidence);
  result.interval =
      prediction_interval(predicted, measured, options.confidence, options.whole_enumeration);
  return result;
}

}  // namespace opline::analysis
