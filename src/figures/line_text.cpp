#include "src/figures/line_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.h"

namespace opline::figures {
namespace {

int magnitude(double value) { return static_cast<int>(std::floor(std::log10(std::abs(value)))); }

/// Decimals that show the first digit of `error` and three digits of `value`, at most five.
int decimals(double value, double error) {
  if (value == 0) return 0;
  const int three = 2 - magnitude(value);
  const int five = 4 - magnitude(value);
  const int borne_out = error > 0 ? -magnitude(error) : three;
  return std::clamp(std::clamp(borne_out, three, five), 0, 9);
}

Unit slope_unit(double slope, Dimension dimension) {
  const bool time = dimension == Dimension::seconds;
  const double size = std::abs(slope);
  if (size != 0 && size < 0.1e-9) return {1e-12, time ? "ps/op" : "pJ/op"};
  if (size < 1e-6) return {1e-9, time ? "ns/op" : "nJ/op"};
  return {1e-6, time ? "µs/op" : "µJ/op"};
}

}  // namespace

std::string equation(const analysis::LinearFit& fit, Dimension dimension, const Unit& unit) {
  OPLINE_ASSERT(dimension == Dimension::seconds || dimension == Dimension::joules,
                "an equation of dimension {}", static_cast<int>(dimension));
  const Unit per_op = slope_unit(fit.slope, dimension);
  const double slope = fit.slope / per_op.scale;
  const double intercept = fit.intercept / unit.scale;
  return fmt::format("{:.{}f} {} × ops {} {:.{}f} {}", slope,
                     decimals(slope, fit.slope_standard_error / per_op.scale), per_op.name,
                     intercept < 0 ? "−" : "+", std::abs(intercept),
                     decimals(intercept, fit.intercept_standard_error / unit.scale), unit.name);
}

std::string slope_interval(const analysis::LinearFit& fit, Dimension dimension) {
  const Unit per_op = slope_unit(fit.slope, dimension);
  const int digits = decimals(fit.slope / per_op.scale, fit.slope_standard_error / per_op.scale);
  return fmt::format("{:.{}f} to {:.{}f} {}", fit.slope_interval.low / per_op.scale, digits,
                     fit.slope_interval.high / per_op.scale, digits, per_op.name);
}

std::string r_squared(const std::optional<double>& value) {
  if (!value) return "R² not defined";
  const double missing = 1 - *value;
  if (missing == 0) return "R² = 1";
  if (missing < 5e-7) return "R² > 0.999999";
  const int digits = std::max(3, 2 + static_cast<int>(std::floor(-std::log10(missing))));
  return fmt::format("R² = {:.{}f}", *value, std::min(digits, 6));
}

std::string significant(double value, int digits) {
  if (value == 0) return "0";
  return fmt::format("{:.{}f}", value, std::max(0, digits - 1 - magnitude(value)));
}

}  // namespace opline::figures
