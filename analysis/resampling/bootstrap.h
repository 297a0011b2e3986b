// analysis/resampling/bootstrap.h - how much would a figure differ had other networks been drawn?
//
// BCa, the bias-corrected and accelerated bootstrap: Efron, "Better Bootstrap Confidence
// Intervals", JASA 82(397), 1987; Efron and Tibshirani, An Introduction to the Bootstrap,
// chapter 14. n rows are drawn from the n rows with replacement, `replicates` times; the figures of
// these samples are read at quantiles that are shifted by
//   bias correction  z0 = Phi^-1(share of replicates below the estimate, equal ones counted half),
//   acceleration     a  = sum u^3 / (6 (sum u^2)^1.5), u the jackknife's deviations (left-out
//                    figures' mean - figure),
// that is at Phi(z0 + (z0 + z) / (1 - a (z0 + z))) for z = Phi^-1((1 -+ confidence) / 2).
//
// Assumes independent rows of one population; for small n or a figure at the end of its range it
// covers less than it says. It describes which networks happened to be drawn: for a whole
// enumeration it means nothing. Replicate r is a function of (seed, r): the thread count changes
// nothing.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numerics/interval.h"

namespace opline::analysis {

/// The figure of the rows named (0-based; a row may come more than once), or nothing where these
/// rows have none. Called from several threads at once.
using RowStatistic = std::function<std::optional<double>(std::span<const std::uint32_t> rows)>;

struct BootstrapOptions {
  double confidence = 0.95;       ///< In (0, 1).
  std::size_t replicates = 2000;  ///< >= 100; Efron and Tibshirani ask for at least 1000.
  std::uint64_t seed = 1;
  unsigned threads = 1;  ///< >= 1.
  std::size_t jackknife_groups =
      500;  ///< >= 2. Above as many rows, row i is left out together with the others of group
            ///< i mod groups: n calls of an O(n) figure would be O(n^2). The acceleration of
            ///< groups estimates that of single rows (both moments of u add up).
  /// >= 100. With n rows above it replicates draw m = max_rows of them (with replacement) and their
  /// deviations from the estimate are multiplied by sqrt(m / n): the m out of n bootstrap (Bickel,
  /// Gotze, van Zwet, Statistica Sinica 7, 1997), for figures whose standard error goes as 1 /
  /// sqrt(n). Bias and acceleration, which vanish as 1 / sqrt(n), are taken as 0: the interval is
  /// estimate + quantiles of the deviations about their median. Its ends are known to about 3 % of
  /// its width with 2000 replicates, as any bootstrap's.
  std::size_t max_rows = static_cast<std::size_t>(-1);
};

struct BootstrapInterval {
  double estimate = 0;  ///< The figure of the data.
  Interval interval;
  double confidence = 0.95;
  double standard_error = 0;   ///< Standard deviation of the replicates (divisor B - 1).
  double bias_correction = 0;  ///< z0.
  double acceleration = 0;     ///< a.
  std::size_t replicates = 0;  ///< Replicates that had a figure.
  std::size_t undefined =
      0;  ///< Replicates without one (as a sample whose rows are all the same network).
};

/// The figures of the replicates in order of r, undefined ones left out, of min(n, max_rows) rows
/// each. n >= 1 rows. O(replicates x figure). Throws Error{input} for options out of range.
[[nodiscard]] std::vector<double> bootstrap_replicates(std::size_t n, const RowStatistic& statistic,
                                                       const BootstrapOptions& options = {});

/// The interval of given replicates and jackknife figures; quantiles as quantile_of_sorted(), as
/// scipy does. Nothing when it is not defined: fewer than 2 replicates or jackknife figures, every
/// replicate on one side of the estimate, 1 <= a (z0 + z), or a bias so large that the corrected
/// interval leaves the estimate out. Replicates that are all equal to the estimate give an interval
/// without width.
[[nodiscard]] std::optional<BootstrapInterval> bca_interval(double estimate,
                                                            std::vector<double> replicates,
                                                            std::span<const double> jackknife,
                                                            double confidence);

/// All of it. Nothing for fewer than 3 rows, when the figure of the data or of a jackknife sample
/// is not defined, when more than 5 % of the replicates have none (what is left would be another
/// distribution), or as bca_interval(). Throws Error{input} for options out of range.
[[nodiscard]] std::optional<BootstrapInterval> bootstrap(std::size_t n,
                                                         const RowStatistic& statistic,
                                                         const BootstrapOptions& options = {});

/// What is asked of a proxy, as figures of rows of (x, y). The spans must outlive the result.
/// Nothing for fewer than 3 rows (tau-b: 2), for rows without two different x (tau-b: or y), and
/// MAPE for any y <= 0.
[[nodiscard]] RowStatistic r_squared_of_rows(std::span<const double> x, std::span<const double> y);
[[nodiscard]] RowStatistic mape_percent_of_rows(std::span<const double> x,
                                                std::span<const double> y);
[[nodiscard]] RowStatistic kendall_tau_b_of_rows(std::span<const double> x,
                                                 std::span<const double> y);

}  // namespace opline::analysis
