// analysis/resampling/folds.h - rows dealt to folds, and what a linear model says about rows of a
// fold it was not fitted to.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/regression/design.h"

namespace opline::analysis {

/// The fold of each of n < 2^32 rows, 0 to folds - 1: a shuffle (Fisher and Yates) of 0, 1, ...
/// folds-1, 0, 1, ... Folds differ by at most one row. A function of (seed, repeat).
[[nodiscard]] std::vector<std::size_t> deal_folds(std::size_t n, std::size_t folds,
                                                  std::uint64_t seed, std::uint64_t repeat);

/// Fits y on a design without each fold in turn, all from one orthonormal basis Z of the whole:
/// with r = Z'Wy and G = Z'WZ of the fold's rows, the estimates without them solve (1 - G) b = r -
/// (Z'Wy of the fold). Exact but for rounding; many dealings of one design cost one basis.
class HeldOutFits {
 public:
  /// Dependent columns are dropped, which changes no prediction. `weights` empty for all 1. Throws
  /// Error{input} as fit_linear() for sizes and values for which there is no basis. O(n p^2).
  HeldOutFits(const Design& design, std::span<const double> y, std::span<const double> weights = {},
              unsigned threads = 1);

  /// fold[i] < folds is the fold of row i; the prediction of each row by the fit without its fold.
  /// Nothing where the rows of other folds do not determine it (the row's columns are no
  /// combination of theirs: not estimable, Searle, Linear Models, 1971, section 5.4). O(n p^2 +
  /// folds p^3).
  [[nodiscard]] std::vector<std::optional<double>> predictions(std::span<const std::size_t> fold,
                                                               std::size_t folds) const;

 private:
  std::size_t k_ = 0;
  std::vector<double> z_;         ///< n x k, row by row.
  std::vector<double> weighted_;  ///< w y, one per row.
  std::vector<double> weights_;   ///< Empty for all 1.
};

}  // namespace opline::analysis
