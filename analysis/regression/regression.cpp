#include "analysis/regression/regression.h"

#include <algorithm>
#include <cmath>

#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/moments.h"
#include "analysis/numerics/student_t.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

void require_finite(std::span<const double> values, const char* what) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    throw Error(ErrorCode::input,
                "line fit: {} value {} of {} is {}; leave out pairs that are not known", what,
                i + 1, values.size(), values[i]);
  }
}

void require_fittable(std::span<const double> x, std::span<const double> y,
                      const FitOptions& options) {
  if (x.size() != y.size()) {
    throw Error(ErrorCode::input, "line fit: {} values of x and {} of y; give one y for each x",
                x.size(), y.size());
  }
  if (x.size() < 3) {
    throw InsufficientData(
        "line fit: {} pairs; a line and its errors need at least 3: measure more networks",
        x.size());
  }
  if (!(options.confidence > 0 && options.confidence < 1)) {
    throw Error(ErrorCode::input,
                "line fit: a confidence of {}; give a share between 0 and 1, as 0.95",
                options.confidence);
  }
  require_finite(x, "x");
  require_finite(y, "y");
  if (std::all_of(x.begin(), x.end(), [&](double value) { return value == x[0]; })) {
    throw InsufficientData("line fit: every x is {}; measure networks that differ in it", x[0]);
  }
}

Moments usable_moments(std::span<const double> x, std::span<const double> y) {
  Moments sums = moments(x, y);
  const bool y_varies =
      std::any_of(y.begin(), y.end(), [&](double value) { return value != y[0]; });
  if (!std::isnormal(sums.sxx.high) || !std::isfinite(sums.sxy.high) ||
      (y_varies ? !std::isnormal(sums.syy.high) : sums.syy.high != 0)) {
    throw InsufficientData(
        "line fit: the squares of these values leave the range of a double; use other units");
  }
  return sums;
}

/// Sum of squared residuals and, where every y is positive, of their absolute share of y. The
/// coefficients keep their 32 digits: a residual is the small difference of large numbers.
struct ResidualSums {
  double squares = 0;
  std::optional<double> relative = 0;
};

ResidualSums residual_sums(std::span<const double> x, std::span<const double> y,
                           const DoubleDouble& slope, const DoubleDouble& intercept) {
  DoubleDouble squares;
  DoubleDouble relative;
  bool positive = true;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const DoubleDouble residual = DoubleDouble(y[i]) - (intercept + slope * x[i]);
    squares += residual * residual;
    positive = positive && y[i] > 0;
    if (positive) relative += std::abs(residual.value()) / y[i];
  }
  const bool known = positive && std::isfinite(relative.value());
  return {squares.value(), known ? std::optional(relative.value()) : std::nullopt};
}

Interval around(double estimate, double half_width) {
  return {estimate - half_width, estimate + half_width};
}

void set_errors(LinearFit& fit) {
  const auto n = static_cast<double>(fit.n);
  const double variance = fit.residual_standard_deviation * fit.residual_standard_deviation;
  fit.slope_standard_error = fit.residual_standard_deviation / std::sqrt(fit.sxx);
  fit.intercept_standard_error =
      fit.residual_standard_deviation * std::sqrt(1 / n + fit.x_mean / fit.sxx * fit.x_mean);
  fit.covariance = -fit.x_mean * variance / fit.sxx;
  fit.t = two_sided_t(fit.confidence, fit.n - 2);
  fit.slope_interval = around(fit.slope, fit.t * fit.slope_standard_error);
  fit.intercept_interval = around(fit.intercept, fit.t * fit.intercept_standard_error);
}

}  // namespace

LinearFit fit_line(std::span<const double> x, std::span<const double> y,
                   const FitOptions& options) {
  require_fittable(x, y, options);
  const Moments sums = usable_moments(x, y);
  const DoubleDouble slope = sums.sxy / sums.sxx;
  const DoubleDouble intercept = sums.y_mean - slope * sums.x_mean;
  const ResidualSums residuals = residual_sums(x, y, slope, intercept);
  const auto n = static_cast<double>(x.size());
  const auto [least, most] = std::minmax_element(x.begin(), x.end());

  LinearFit fit;
  fit.n = x.size();
  fit.slope = slope.value();
  fit.intercept = intercept.value();
  fit.confidence = options.confidence;
  fit.rmse = std::sqrt(residuals.squares / n);
  fit.residual_standard_deviation = std::sqrt(residuals.squares / (n - 2));
  if (sums.syy.high > 0)
    fit.r_squared = std::clamp(1 - residuals.squares / sums.syy.value(), 0.0, 1.0);
  if (residuals.relative) fit.mape_percent = 100 / n * *residuals.relative;
  fit.x_min = *least;
  fit.x_max = *most;
  fit.x_mean = sums.x_mean.value();
  fit.y_mean = sums.y_mean.value();
  fit.sxx = sums.sxx.value();
  set_errors(fit);
  return fit;
}

LinePrediction LinearFit::predict(double x) const {
  OPLINE_ASSERT(n >= 3 && std::isfinite(x), "a prediction at {} from {} pairs", x, n);
  const double from_mean = x - x_mean;
  const double share = 1 / static_cast<double>(n) + from_mean / sxx * from_mean;
  LinePrediction result;
  result.value =
      y_mean + slope * from_mean;  // intercept + slope * x, without its cancellation far from zero
  result.mean = around(result.value, t * residual_standard_deviation * std::sqrt(share));
  result.single = around(result.value, t * residual_standard_deviation * std::sqrt(1 + share));
  result.extrapolated = x < x_min || x > x_max;
  return result;
}

Result<LinearFit> try_fit_line(std::span<const double> x, std::span<const double> y,
                               const FitOptions& options) {
  return result_of([&] { return fit_line(x, y, options); });
}

}  // namespace opline::analysis
