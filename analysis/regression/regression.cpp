#include "analysis/regression/regression.h"

#include <algorithm>
#include <cmath>

#include "analysis/numerics/insufficient_data.h"
#include "analysis/numerics/moments.h"
#include "analysis/numerics/student_t.h"
#include "src/base/counted.h"
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
        "line fit: {}; a line and its errors need at least 3: measure more networks",
        counted(x.size(), "pair"));
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

/// A perfect fit's residuals are at most this share of the largest |y|: rounding of y and of the
/// line.
constexpr double kPerfect = 1e-14;

/// What the residuals say. The coefficients keep their 32 digits: a residual is the small
/// difference of large numbers.
struct ResidualSums {
  double squares = 0;
  std::optional<double> relative = 0;  ///< Sum of |residual| / y, where every y is positive.
  double largest = 0;                  ///< Of |residual|.
  double largest_y = 0;                ///< Of |y|.
  // HC3: sums of f, f u and f u^2, f = residual^2 / (1 - leverage)^2, u = (x - x_mean) / sqrt(sxx).
  std::optional<double> hc3_level = 0;
  double hc3_cross = 0, hc3_slope = 0;
  // Bell and McCaffrey: w = u^2 / (1 - h), the same u: sums of w, w u, w u^2 and w^2 (1 - 2
  // h).
  double w = 0, wu = 0, wuu = 0, diagonal = 0;

  /// Of the slope's variance, if every e had one variance: (tr G)^2 / tr(G^2) with tr G = 1.
  [[nodiscard]] double degrees(double n) const {
    return 1 / (diagonal + w * w / n / n + 2 * wu * wu / n + wuu * wuu);
  }
};

/// One line: slope, intercept and where they come from.
struct Line {
  DoubleDouble slope, intercept;
  double x_mean = 0, sxx = 0;
};

void add_hc3(ResidualSums& sums, double residual, double from_mean, double sxx, double n) {
  const double rest = 1 - 1 / n - from_mean / sxx * from_mean;
  if (rest < 1e-12 || !sums.hc3_level) {
    sums.hc3_level.reset();  // the row alone decides a coefficient
    return;
  }
  const double scaled = residual / rest;
  const double factor = scaled * scaled;
  *sums.hc3_level += factor;
  const double u = from_mean / std::sqrt(sxx);  // so that its squares stay in range
  sums.hc3_cross += factor * u;
  sums.hc3_slope += factor * u * u;
  const double weight = u * u / rest;
  sums.w += weight;
  sums.wu += weight * u;
  sums.wuu += weight * u * u;
  sums.diagonal += weight * weight * (2 * rest - 1);  // 1 - 2 h, h = 1 - rest
}

ResidualSums residual_sums(std::span<const double> x, std::span<const double> y, const Line& line,
                           CovarianceKind kind) {
  ResidualSums sums;
  DoubleDouble squares;
  DoubleDouble relative;
  bool positive = true;
  if (kind == CovarianceKind::classical) sums.hc3_level.reset();
  const auto n = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const DoubleDouble residual = DoubleDouble(y[i]) - (line.intercept + line.slope * x[i]);
    squares += residual * residual;
    positive = positive && y[i] > 0;
    const double size = std::abs(residual.value());
    if (positive) relative += size / y[i];
    sums.largest = std::max(sums.largest, size);
    sums.largest_y = std::max(sums.largest_y, std::abs(y[i]));
    if (sums.hc3_level) add_hc3(sums, size, x[i] - line.x_mean, line.sxx, n);
  }
  sums.squares = squares.value();
  if (!positive || !std::isfinite(relative.value())) {
    sums.relative.reset();
  } else {
    sums.relative = relative.value();
  }
  return sums;
}

Interval around(double estimate, double half_width) {
  return {estimate - half_width, estimate + half_width};
}

/// Standard errors of the line's value at the mean of x and of the slope, and their correlation. No
/// squares: those may leave the range of a double where the errors do not.
struct LineSpread {
  double level = 0, slope = 0, correlation = 0;

  /// Standard error of the line's value at a distance from the mean of x.
  [[nodiscard]] double at(double from_mean) const {
    const double tilt = slope * from_mean;
    const double scale = std::max(level, std::abs(tilt));
    if (!(scale > 0)) return scale;
    const double a = level / scale;
    const double b = tilt / scale;
    return scale * std::sqrt(std::max(0.0, a * a + 2 * correlation * a * b + b * b));
  }
};

LineErrors errors_of(const LinearFit& fit, const LineSpread& spread, double degrees) {
  LineErrors errors;
  errors.degrees = degrees;
  errors.t = two_sided_t_of(fit.confidence, degrees);
  errors.slope_standard_error = spread.slope;
  errors.intercept_standard_error = spread.at(-fit.x_mean);
  errors.covariance =
      spread.correlation * spread.level * spread.slope - fit.x_mean * spread.slope * spread.slope;
  errors.slope_interval = around(fit.slope, errors.t * errors.slope_standard_error);
  errors.intercept_interval = around(fit.intercept, errors.t * errors.intercept_standard_error);
  return errors;
}

LineSpread classical_spread(const LinearFit& fit) {
  return {fit.residual_standard_deviation / std::sqrt(static_cast<double>(fit.n)),
          fit.residual_standard_deviation / std::sqrt(fit.sxx), 0};
}

LineSpread hc3_spread(const LinearFit& fit, const ResidualSums& sums) {
  const double level = std::sqrt(*sums.hc3_level);
  const double slope = std::sqrt(sums.hc3_slope);
  const bool known = level > 0 && slope > 0;
  return {level / static_cast<double>(fit.n), slope / std::sqrt(fit.sxx),
          known ? std::clamp(sums.hc3_cross / level / slope, -1.0, 1.0) : 0};
}

void set_errors(LinearFit& fit, const ResidualSums& sums) {
  const auto residual_degrees = static_cast<double>(fit.n - 2);
  LineSpread used = classical_spread(fit);
  fit.classical = errors_of(fit, used, residual_degrees);
  LineErrors errors = fit.classical;
  if (sums.hc3_level) {
    const LineSpread robust = hc3_spread(fit, sums);
    const double degrees = sums.degrees(static_cast<double>(fit.n));
    const bool small = fit.n <= kSmallSample && std::isfinite(degrees);
    const LineErrors found = errors_of(
        fit, robust, small ? std::clamp(degrees, 1.0, residual_degrees) : residual_degrees);
    if (std::isfinite(found.slope_standard_error) &&
        std::isfinite(found.intercept_standard_error)) {  // squares within the range of a double
      used = robust;
      errors = found;
      fit.hc3 = found;
      fit.covariance_kind = CovarianceKind::hc3;
    }
  }
  fit.level_standard_error = used.level;
  fit.level_slope_correlation = used.correlation;
  fit.t = errors.t;
  fit.slope_standard_error = errors.slope_standard_error;
  fit.intercept_standard_error = errors.intercept_standard_error;
  fit.covariance = errors.covariance;
  fit.slope_interval = errors.slope_interval;
  fit.intercept_interval = errors.intercept_interval;
}

}  // namespace

LinearFit fit_line(std::span<const double> x, std::span<const double> y,
                   const FitOptions& options) {
  require_fittable(x, y, options);
  const Moments sums = usable_moments(x, y);
  Line line{sums.sxy / sums.sxx, {}, sums.x_mean.value(), sums.sxx.value()};
  line.intercept = sums.y_mean - line.slope * sums.x_mean;
  const ResidualSums residuals = residual_sums(x, y, line, options.covariance);
  const auto n = static_cast<double>(x.size());
  const auto [least, most] = std::minmax_element(x.begin(), x.end());

  LinearFit fit;
  fit.n = x.size();
  fit.slope = line.slope.value();
  fit.intercept = line.intercept.value();
  fit.confidence = options.confidence;
  fit.rmse = std::sqrt(residuals.squares / n);
  fit.residual_standard_deviation = std::sqrt(residuals.squares / (n - 2));
  if (sums.syy.high > 0)
    fit.r_squared = std::clamp(1 - residuals.squares / sums.syy.value(), 0.0, 1.0);
  if (residuals.relative) fit.mape_percent = 100 / n * *residuals.relative;
  fit.perfect_fit = residuals.largest <= kPerfect * residuals.largest_y;
  fit.x_min = *least;
  fit.x_max = *most;
  fit.x_mean = line.x_mean;
  fit.y_mean = sums.y_mean.value();
  fit.sxx = line.sxx;
  set_errors(fit, residuals);
  return fit;
}

LinePrediction LinearFit::predict(double x) const {
  OPLINE_ASSERT(n >= 3 && std::isfinite(x), "a prediction at {} from {} pairs", x, n);
  const double from_mean = x - x_mean;
  const double error =
      LineSpread{level_standard_error, slope_standard_error, level_slope_correlation}.at(from_mean);
  LinePrediction result;
  result.value =
      y_mean + slope * from_mean;  // intercept + slope * x, without its cancellation far from zero
  result.mean = around(result.value, t * error);
  result.single = around(result.value, t * std::hypot(residual_standard_deviation, error));
  result.extrapolated = x < x_min || x > x_max;
  return result;
}

Result<LinearFit> try_fit_line(std::span<const double> x, std::span<const double> y,
                               const FitOptions& options) {
  return result_of([&] { return fit_line(x, y, options); });
}

}  // namespace opline::analysis
