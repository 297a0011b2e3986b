// analysis/regression/orthonormal.h - an orthonormal basis of a design, good to about 32 digits
// whatever its condition.
//
// X'W X is summed in double-double; its Cholesky factor R has a relative error of about condition^2
// x 1e-31. Up to a condition of 1e6 that is far below a double's, and T = R^-1. Beyond, Y = X R^-1
// in double-double leaves columns that are orthonormal but for the error of R; the Cholesky factor
// L' of Y'W Y takes that away, and T = R^-1 L^-T. The rows z_i = T' x_i are those of an orthonormal
// Z (Z'W Z = 1), so that estimates are T Z'W y, their covariance s^2 T T' and leverages w_i
// z_i'z_i. (Preconditioned Cholesky QR: Yamamoto et al., "Roundoff error analysis of the
// CholeskyQR2 algorithm", ETNA 44, 2015.) It works by blocks of rows (row_blocks.h) and copies
// nothing.
//
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "analysis/regression/design.h"
#include "analysis/regression/row_blocks.h"

namespace opline::analysis {

/// Columns, of the design's columns chosen by `kept`; k = kept.size().
struct OrthonormalBasis {
  std::vector<std::size_t> kept;        ///< Columns of the design, ascending.
  std::vector<DoubleDouble> transform;  ///< T, k x k, upper triangular, row by row.
  double condition = 1;  ///< Of the weighted design, its columns scaled to length 1; 2-norm.
  std::vector<DoubleDouble> projection;  ///< Z'W t, k values, of a target t; empty without one.
  DoubleDouble target_squares;           ///< t'W t; 0 without a target.

  /// z = T' x of one row. `z` has k values.
  void row(const Design& design, std::size_t row, std::span<DoubleDouble> z) const;
  /// The same of a block: `x` has the design's columns, `z` k or more.
  void rows(RowBlock& x, RowBlock& z) const;
};

/// What a column adds beyond the ones before it, as a share of its length, below which it is their
/// combination: so little may be the rounding of its values.
inline constexpr double kDependent = 1e-13;

enum class Dependent { refuse, drop };

/// Makes the basis. `weights`: one per row, all > 0, or empty for all 1. `target` may be empty.
/// Dependent columns are dropped, as R's lm does, or refused: throws Error{input} naming the first.
/// Also Error{input} when the squares leave the range of a double. O(rows x columns^2).
[[nodiscard]] OrthonormalBasis orthonormal_basis(const Design& design,
                                                 std::span<const double> weights,
                                                 Dependent dependent = Dependent::refuse,
                                                 std::span<const double> target = {},
                                                 unsigned threads = 1);

/// The same of any rows; the last column is the target. `name` of a column is for messages.
[[nodiscard]] OrthonormalBasis orthonormal_basis(
    const RowSource& source, bool with_target, Dependent dependent,
    const std::function<std::string(std::size_t)>& name, unsigned threads);

}  // namespace opline::analysis
