// analysis/orthonormal.h - an orthonormal basis of a design, good to about 32 digits whatever its condition.
//
// Householder QR in double gives X = Q R. Forming Y = X R^-1 in double-double leaves columns that are orthonormal but
// for the error of R; the Cholesky factor of Y'W Y, again in double-double, takes that away. With T = R^-1 L^-T the
// rows z_i = T' x_i are those of an orthonormal Z (Z'W Z = 1), so that estimates are T Z'W y, their covariance s^2 T T'
// and leverages w_i z_i'z_i, with a relative error of about condition x 1e-31. (Preconditioned Cholesky QR: Yamamoto et
// al., "Roundoff error analysis of the CholeskyQR2 algorithm", ETNA 44, 2015.) It needs no second copy of the design.
//
// Room: analysis, private.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "analysis/design.h"

namespace opline::analysis {

/// Columns, of the design's columns chosen by `kept`; k = kept.size().
struct OrthonormalBasis {
  std::vector<std::size_t> kept;        ///< Columns of the design, ascending.
  std::vector<DoubleDouble> transform;  ///< T, k x k, upper triangular, row by row.
  double condition = 1;                 ///< Of the weighted design, its columns scaled to length 1; 2-norm.

  /// z = T' x of one row. `z` has k values.
  void row(const Design& design, std::size_t row, std::span<DoubleDouble> z) const;
};

/// What a column adds beyond the ones before it, as a share of its length, below which it is their combination:
/// double QR can't tell it from rounding.
inline constexpr double kDependent = 1e-13;

enum class Dependent { refuse, drop };

/// Makes the basis. `weights`: one a row, all > 0, or empty for all 1. Dependent columns are dropped, as R's
/// lm does, or refused: throws Error{input} naming the first. Also Error{input} when the squares leave the range of a
/// double. O(rows x columns^2).
[[nodiscard]] OrthonormalBasis orthonormal_basis(const Design& design, std::span<const double> weights,
                                                 Dependent dependent = Dependent::refuse);

}  // namespace opline::analysis
