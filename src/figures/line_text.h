// src/figures/line_text.h - a fitted line in words, in the units of the figure that shows it.
#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "analysis/regression/regression.h"
#include "src/figures/axis.h"

namespace opline::figures {

/// "7.63 ns/op × ops + 16.4 ms": the intercept in `unit`, the axis's; as many digits as the
/// standard errors bear out, three to five significant ones. `dimension`: seconds or joules.
[[nodiscard]] std::string equation(const analysis::LinearFit& fit, Dimension dimension,
                                   const Unit& unit);
/// "7.56 to 7.71 ns/op": the slope's interval, in the unit and with the digits of equation().
[[nodiscard]] std::string slope_interval(const analysis::LinearFit& fit, Dimension dimension);
/// "R² = 0.982"; more nines get more digits, and 1 is not claimed for less. "R² not defined" where
/// it is not.
[[nodiscard]] std::string r_squared(const std::optional<double>& value);
/// `value` to `digits` significant digits without an exponent: "3.10", "1104", "0.0164".
[[nodiscard]] std::string significant(double value, int digits);

}  // namespace opline::figures
