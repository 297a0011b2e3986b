#include "analysis/validation/curvature.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "analysis/numerics/median.h"
#include "analysis/numerics/rank_statistics.h"
#include "analysis/numerics/series_checks.h"
#include "analysis/numerics/student_t.h"
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

/// A share c r / f, or a mean of such: c times `factor`, with its derivative by the line's two
/// coefficients.
struct Share {
  double factor = 0;
  double by_level = 0, by_slope = 0;  ///< At c = 1.
};

/// The straight line and the parabola's distance from it as one model: level, slope, c.
struct Bend {
  LinearModel model;  ///< y on 1, x - mean, r.
  double t = 0;       ///< Student's quantile, with c's degrees of freedom.
  [[nodiscard]] const Coefficient& c() const { return model.coefficients[2]; }

  [[nodiscard]] Estimate estimate(const Share& share, bool interval) const {
    const double value = c().estimate;
    Estimate result{value * share.factor, {}};
    if (!interval) return result;
    const std::array<double, 3> gradient = {value * share.by_level, value * share.by_slope,
                                            share.factor};
    double variance = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t j = 0; j < 3; ++j)
        variance += gradient[i] * model.covariance[3 * i + j] * gradient[j];
    }
    const double half_width = t * std::sqrt(std::max(0.0, variance));
    result.interval = {result.value - half_width, result.value + half_width};
    return result;
  }
};

/// Nothing for a row of leverage 1, or x too much alike for a square.
std::optional<Bend> fit_bend(std::span<const double> x, std::span<const double> y,
                             std::span<const double> left, double mean, double confidence) {
  std::vector<double> centred;
  for (const double one : x) centred.push_back(one - mean);
  Design design(x.size());
  design.add("x", centred).add("x^2", left);
  Result<LinearModel> model =
      try_fit_linear(design, y, {.confidence = confidence, .covariance = CovarianceKind::hc3});
  if (!model) return std::nullopt;
  Bend bend{*std::move(model), 0};
  bend.t = two_sided_t_of(confidence, bend.c().degrees);
  return bend;
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
  const LinearFit line = fit_line(x, y);
  const std::vector<double> left = square_residuals(x, line.x_mean);
  const auto bend = fit_bend(x, y, left, line.x_mean, options.confidence);
  if (!bend) return std::nullopt;
  const Interval middle = middle_range(x, options.middle);

  Curvature result;
  result.quadratic = bend->c();
  const double typical = median({y.begin(), y.end()});
  result.of_median = std::any_of(x.begin(), x.end(), [&](double ops) {
    return middle.contains(ops) && !(line.predict(ops).value > 0);
  });
  if (result.of_median && !(typical > 0)) return std::nullopt;
  Share largest, sum;
  double rows = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!middle.contains(x[i])) continue;
    const double base = result.of_median ? typical : line.predict(x[i]).value;
    const double factor = left[i] / base;
    const double by_level = result.of_median ? 0 : -factor / base;
    const Share share{factor, by_level, by_level * (x[i] - line.x_mean)};
    const double sign = factor < 0 ? -1 : 1;
    sum.factor += sign * share.factor;
    sum.by_level += sign * share.by_level;
    sum.by_slope += sign * share.by_slope;
    ++rows;
    if (std::abs(factor) <= std::abs(largest.factor)) continue;
    largest = share;
    result.largest_at = x[i];
  }
  const bool interval = !options.whole_enumeration;
  const Share mean{sum.factor / rows, sum.by_level / rows, sum.by_slope / rows};
  result.largest = bend->estimate(largest, interval);
  result.mean = absolute(bend->estimate(mean, interval));
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
