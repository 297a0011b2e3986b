#include "analysis/validation/prediction_interval.h"

#include <algorithm>
#include <cmath>

#include "analysis/numerics/series_checks.h"
#include "analysis/validation/scaled_residuals.h"

namespace opline::analysis {

double PredictionOffset::at(double predicted) const {
  return absolute + relative * std::max(predicted, 0.0);
}

Interval PredictionInterval::at(double predicted) const {
  return {predicted - below.at(predicted), predicted + above.at(predicted)};
}

std::optional<PredictionInterval> prediction_interval(std::span<const double> predicted,
                                                      std::span<const double> measured,
                                                      double confidence, bool whole) {
  require_share("prediction interval", "confidence", confidence);
  auto scaled = scale_residuals("prediction interval", predicted, measured);
  if (!scaled || scaled->r.size() < 2) return std::nullopt;
  std::vector<double>& r = scaled->r;
  std::sort(r.begin(), r.end());
  const auto n = static_cast<double>(r.size());
  const double tail = (1 - confidence) / 2;
  // 1e-9: (1 - 0.025) 40 is 39, whatever its last digit.
  const double high = std::ceil((1 - tail) * (whole ? n : n + 1) - 1e-9);
  const double low = whole ? std::floor(tail * n + 1e-9) + 1 : std::floor(tail * (n + 1) + 1e-9);
  const bool supported = low >= 1 && high <= n;
  const auto value = [&](double rank) {
    return r[static_cast<std::size_t>(std::clamp(rank, 1.0, n)) - 1];
  };
  PredictionInterval result;
  result.confidence = supported ? confidence : (n - 1) / (n + 1);
  result.below = {-value(low) * scaled->spread.absolute, -value(low) * scaled->spread.relative};
  result.above = {value(high) * scaled->spread.absolute, value(high) * scaled->spread.relative};
  return result;
}

}  // namespace opline::analysis
