// src/report/parts.h - figures of analysis/ as records, the same in every format.
#pragma once
#include <optional>
#include <string>

#include "analysis/numerics/interval.h"
#include "analysis/numerics/relative_errors.h"
#include "analysis/regression/diagnostics.h"
#include "analysis/validation/repeats.h"
#include "src/evaluation/series.h"
#include "src/measure/setup.h"
#include "src/report/record.h"

namespace opline::report {

[[nodiscard]] Record estimate_record(const analysis::Estimate& estimate);  ///< value, interval
[[nodiscard]] Record test_record(const analysis::Test& test);              ///< statistic, p
/// n, mape, q50, q90, q95, q100, bias; in percent.
[[nodiscard]] Record errors_record(const analysis::RelativeErrors& errors);
/// statistic, p, networks, measurements, pure_error, pure_error_percent, pure_share.
[[nodiscard]] Record lack_of_fit_record(const analysis::LackOfFit& found);
/// rows, networks, shared ("name", "ops"), deviation_percent, factor, scatter_percent, p.
[[nodiscard]] Record repeat_spread_record(const analysis::RepeatSpread& spread);
/// Every field of the setup; null where unknown.
[[nodiscard]] Record setup_record(const measure::Setup& setup);
/// calibration_of() a simulated series, null of another.
[[nodiscard]] Json calibration_json(const evaluation::Series& series);
/// [low, high] or null.
[[nodiscard]] Json interval_json(const std::optional<analysis::Interval>& interval);

// ---- Text ----

/// "-" where there is none.
[[nodiscard]] std::string text_or_dash(const std::optional<double>& value,
                                       const char* format = "{:.4g}");
/// "<2e-16", "0.013", "-".
[[nodiscard]] std::string p_text(const std::optional<double>& p);
/// " (1.2 to 1.5)", scaled by `unit`; empty where there is none.
[[nodiscard]] std::string interval_text(const std::optional<analysis::Interval>& interval,
                                        double unit = 1, const char* number = "{:.4g}");

/// "mean 2.27 %; 50 % below 1.68, 90 % below 4.49, 95 % below 6.22, all below 28.86 %; bias +0.43
/// %".
[[nodiscard]] std::string relative_errors_text(const analysis::RelativeErrors& errors);

/// "100 measurements of 5 networks; pure error 0.512 ms, 1.02 % of latency; lack of fit F 12.3 (p
/// 0.001)".
[[nodiscard]] std::string lack_of_fit_text(const analysis::LackOfFit& found);

/// `value` to the digits that its standard error leaves: the error's second significant digit,
/// e.g. "8.58" for an error of 0.5, "10.00003" for one of 0.00041; at most twelve decimals. Four
/// significant digits for an error of 0.
[[nodiscard]] std::string to_error(double value, double standard_error);

/// "Simulated cycles are uncalibrated.", or what a simulated series was calibrated with and how far
/// off measured seconds may be. Empty of what was measured.
[[nodiscard]] std::string calibration_sentence(const evaluation::Series& series);

/// `text` broken at blanks into lines of at most 100 columns, all but the first indented by
/// `indent`; the first has that many columns in front of it.
[[nodiscard]] std::string wrapped(const std::string& text, std::size_t indent);

}  // namespace opline::report
