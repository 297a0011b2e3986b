#include "analysis/validation/curvature.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/numerics/rank_statistics.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/regression/diagnostics.h"
#include "analysis/regression/regression.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

void require_options(const CurvatureOptions& options) {
  require_share("curvature", "confidence", options.confidence);
  if (options.middle > 0 && options.middle <= 1) return;
  throw Error(ErrorCode::input, "curvature: a middle of {}; give a share above 0, up to 1",
              options.middle);
}

bool bends(std::span<const double> x) {
  if (x.size() < 4) return false;
  const auto second = std::find_if(x.begin(), x.end(), [&](double one) { return one != x[0]; });
  return std::any_of(second, x.end(), [&](double one) { return one != x[0] && one != *second; });
}

/// (x - mean)^2 less its line in x.
std::vector<double> square_residuals(std::span<const double> x, double mean) {
  std::vector<double> squares;
  for (const double one : x) squares.push_back((one - mean) * (one - mean));
  const LinearFit line = fit_line(x, squares);
  for (std::size_t i = 0; i < x.size(); ++i) squares[i] -= line.predict(x[i]).value;
  return squares;
}

/// The share that a gap of c times `factor` is.
Estimate times(const Coefficient& c, double factor, bool interval) {
  Estimate result{c.estimate * factor, {}};
  if (interval) {
    const auto [low, high] = std::minmax({c.interval.low * factor, c.interval.high * factor});
    result.interval = {low, high};
  }
  return result;
}

std::optional<Coefficient> quadratic_term(std::span<const double> x, std::span<const double> y,
                                          double confidence) {
  Design design(x.size());
  design.add("x", x);
  try {
    return fit_quadratic(design, y, "x", {confidence, CovarianceKind::hc3}).coefficient("x^2");
  } catch (const Error&) {
    return std::nullopt;  // a row of leverage 1, or x too much alike for a square
  }
}

Interval middle_range(std::span<const double> x, double middle) {
  std::vector<double> sorted(x.begin(), x.end());
  std::sort(sorted.begin(), sorted.end());
  return {quantile_of_sorted(sorted, (1 - middle) / 2),
          quantile_of_sorted(sorted, (1 + middle) / 2)};
}

}  // namespace

std::optional<Curvature> curvature(std::span<const double> x, std::span<const double> y,
                                   const CurvatureOptions& options) {
  require_pairs("curvature", x, y);
  require_options(options);
  if (!bends(x)) return std::nullopt;
  const std::optional<Coefficient> c = quadratic_term(x, y, options.confidence);
  if (!c) return std::nullopt;
  const LinearFit line = fit_line(x, y);
  const std::vector<double> left = square_residuals(x, line.x_mean);
  const Interval middle = middle_range(x, options.middle);

  Curvature result;
  result.quadratic = *c;
  double largest = 0, sum = 0;
  std::size_t rows = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!middle.contains(x[i])) continue;
    const double fitted = line.predict(x[i]).value;
    if (!(fitted > 0)) return std::nullopt;
    const double factor = left[i] / fitted;
    sum += std::abs(factor);
    ++rows;
    if (std::abs(factor) <= std::abs(largest)) continue;
    largest = factor;
    result.largest_at = x[i];
  }
  const bool interval = !options.whole_enumeration;
  result.largest = times(*c, largest, interval);
  result.mean = absolute(times(*c, sum / static_cast<double>(rows), interval));
  return result;
}

Estimate absolute(const Estimate& estimate) {
  Estimate result{std::abs(estimate.value), {}};
  if (!estimate.interval) return result;
  const auto [least, most] =
      std::minmax({std::abs(estimate.interval->low), std::abs(estimate.interval->high)});
  result.interval = {estimate.interval->contains(0) ? 0 : least, most};
  return result;
}

}  // namespace opline::analysis
