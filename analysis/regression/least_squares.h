// analysis/regression/least_squares.h - the arithmetic of one linear fit, before any statistics.
#pragma once
#include <span>
#include <vector>

#include "analysis/regression/orthonormal.h"

namespace opline::analysis {

/// Sums in double-double, rows rounded to doubles.
struct LeastSquares {
  OrthonormalBasis basis;
  Extended estimates;
  std::vector<double> fitted, residuals, leverages;
  DoubleDouble residual_squares;  ///< Sum of w e^2.
  DoubleDouble plain_squares;     ///< Sum of e^2.
  DoubleDouble total_squares;     ///< Sum of w (y - weighted mean)^2, without intercept of w y^2.
};

/// T Z'W y, refined once: the residuals in double-double are fitted again. Throws as
/// orthonormal_basis().
[[nodiscard]] LeastSquares least_squares(const Design& design, std::span<const double> y,
                                         std::span<const double> weights, unsigned threads);

/// Sum of f_i z_i z_i' over the rows: k x k, the lower triangle left 0.
[[nodiscard]] Extended weighted_gram(const Design& design, const OrthonormalBasis& basis,
                                     std::span<const double> factors, unsigned threads);

}  // namespace opline::analysis
