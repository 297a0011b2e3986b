// analysis/numerics/relative_errors.h - how far predictions are from measurements, as a share of
// the measurement.
#pragma once
#include <cstddef>
#include <optional>
#include <span>

namespace opline::analysis {

/// Relative errors |predicted - measured| / measured, in percent; quantiles as
/// quantile_of_sorted().
struct RelativeErrors {
  std::size_t n = 0;
  double mape_percent = 0;    ///< Mean.
  double median_percent = 0;  ///< 50 %.
  double q90_percent = 0;
  double q95_percent = 0;
  double worst_percent = 0;  ///< 100 %.
  double bias_percent =
      0;  ///< Mean of (predicted - measured) / measured: above 0, the proxy overestimates.
};

/// Nothing for no values. O(n log n). Throws Error{input} when lengths differ, a value is not
/// finite or a measured one is not above 0.
[[nodiscard]] std::optional<RelativeErrors> relative_errors(std::span<const double> predicted,
                                                            std::span<const double> measured);

}  // namespace opline::analysis
