#include "analysis/validation/latency_margin.h"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "analysis/numerics/series_checks.h"
#include "analysis/validation/scaled_residuals.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

/// The rank (1-based) of the smallest order statistic that is not below the quantile with a
/// probability of more than `tail`; none where even the largest is.
std::optional<std::size_t> upper_rank(std::size_t n, double level, double tail) {
  const boost::math::binomial_distribution<double> below(static_cast<double>(n), level);
  // Order statistic u is below the quantile when at least u rows are.
  const auto rank = static_cast<std::size_t>(
      boost::math::quantile(boost::math::complement(below, tail)));  // rounded outwards
  for (std::size_t u = rank > 2 ? rank - 2 : 1; u <= n; ++u) {
    const double chance =
        boost::math::cdf(boost::math::complement(below, static_cast<double>(u) - 1));
    if (chance <= tail) return u;
  }
  return std::nullopt;
}

/// The rank of the largest order statistic that is above the quantile with a probability of at most
/// `tail`; 0 where none is.
std::size_t lower_rank(std::size_t n, double level, double tail) {
  const boost::math::binomial_distribution<double> below(static_cast<double>(n), level);
  auto l = static_cast<std::size_t>(boost::math::quantile(below, tail)) + 2;
  l = std::min(l, n);
  // Order statistic l is above the quantile when at most l - 1 rows are below.
  while (l > 0 && boost::math::cdf(below, static_cast<double>(l) - 1) > tail) --l;
  return l;
}

struct Quantile {
  double value = 0;
  std::optional<Interval> interval;
  double exceeded = 0;
  bool extrapolated = false;
  std::size_t rank = 1;  ///< 1-based.
};

/// Of increasing r.
Quantile conformal_quantile(std::span<const double> sorted, double target, bool whole,
                            double confidence) {
  const std::size_t count = sorted.size();
  const auto n = static_cast<double>(count);
  const double rank = std::ceil((1 - target) * (whole ? n : n + 1) - 1e-9);  // (1 - 0.01) 100 is 99
  Quantile result;
  result.exceeded = rank > n ? 1 / (n + 1) : target;
  result.rank = static_cast<std::size_t>(std::clamp(rank, 1.0, n));
  result.value = std::max(0.0, sorted[result.rank - 1]);
  if (whole) return result;
  const double tail = (1 - confidence) / 2;
  const std::size_t low = lower_rank(count, 1 - target, tail);
  Interval interval{low == 0 ? 0 : std::max(0.0, sorted[low - 1]), 0};
  if (const auto high = upper_rank(count, 1 - target, tail)) {
    interval.high = std::max(0.0, sorted[*high - 1]);
  } else {
    const double beyond = 1 - std::pow(tail, 1 / n);  // share above the largest, at most
    interval.high = std::max(0.0, sorted.back()) * std::sqrt(std::max(1.0, beyond / target));
    result.extrapolated = true;
  }
  interval.low = std::min(interval.low, result.value);
  interval.high = std::max(interval.high, result.value);
  result.interval = interval;
  return result;
}

}  // namespace

double LatencyMargin::bound(double predicted) const {
  return predicted + absolute + relative * std::max(predicted, 0.0);
}

double LatencyMargin::at(double predicted) const {
  OPLINE_ASSERT(predicted > 0, "a margin as a share of {}", predicted);
  return absolute / predicted + relative;
}

double LatencyMargin::largest_prediction(double budget) const {
  return (budget - absolute) / (1 + relative);
}

std::optional<LatencyMargin> latency_margin(std::span<const double> predicted,
                                            std::span<const double> measured, double target,
                                            bool whole, double confidence) {
  require_share("margin", "target", target);
  require_share("margin", "confidence", confidence);
  const auto found = scale_residuals("margin", predicted, measured);
  if (!found) return std::nullopt;
  const std::vector<double>& scaled = found->r;
  const Spread& spread = found->spread;
  LatencyMargin result;
  result.reference = found->reference;
  std::vector<double> sorted = scaled;
  std::sort(sorted.begin(), sorted.end());
  const Quantile q = conformal_quantile(sorted, target, whole, confidence);
  result.absolute = q.value * spread.absolute;
  result.relative = q.value * spread.relative;
  result.exceeded = q.exceeded;
  result.extrapolated = q.extrapolated;
  const double per_q = spread.at(result.reference) / result.reference;
  result.margin.value = result.at(result.reference);
  if (q.interval) result.margin.interval = {q.interval->low * per_q, q.interval->high * per_q};
  for (std::size_t i = 0; i < scaled.size(); ++i) {
    if (scaled[i] > 0 && scaled[i] >= sorted[q.rank - 1]) result.deciding.push_back(i);
  }
  std::stable_sort(result.deciding.begin(), result.deciding.end(),
                   [&](std::size_t a, std::size_t b) { return scaled[a] > scaled[b]; });
  if (result.deciding.size() > 10) result.deciding.resize(10);
  return result;
}

}  // namespace opline::analysis
