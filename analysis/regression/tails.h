// analysis/regression/tails.h - are residuals more often far off than normal ones would be?
//
// Intervals of R^2 rest on fourth moments: with t errors of 3 degrees of freedom, which have none,
// BCa intervals of 95 % hold 61 to 92 % of the time. The sample kurtosis m4 / m2^2 (3 for a normal
// distribution) is tested against normal by Anscombe and Glynn's transformation (Biometrika 70(1),
// 1983; scipy.stats.kurtosistest). With many rows any excess is significant, so that the kurtosis
// must be large as well.
#pragma once
#include <cstddef>
#include <optional>
#include <span>

namespace opline::analysis {

inline constexpr double kHeavyKurtosis =
    4.5;                                 ///< And above: 1.5 more than normal, half of Laplace's.
inline constexpr double kHeavyP = 0.01;  ///< Of a kurtosis as large if the residuals were normal.

struct TailWeight {
  double kurtosis = 3;  ///< m4 / m2^2, moments about the mean with divisor n.
  double z = 0;         ///< Anscombe and Glynn's, standard normal for normal data.
  double p = 1;         ///< One-sided: of a kurtosis at least as large.
  bool heavy = false;   ///< kurtosis >= kHeavyKurtosis and p < kHeavyP.
};

/// Of residuals, divided by their usual size where that varies (fit_spread(), spread.h): a
/// mixture of spreads has heavy tails of its own. Nothing for fewer than 20 values or values that
/// are all equal. O(n).
[[nodiscard]] std::optional<TailWeight> tail_weight(std::span<const double> residuals);

}  // namespace opline::analysis
