// analysis/regression/robust_fit.h - y on several columns, when some rows are far off.
//
// Huber's M-estimator: the b that minimises sum of rho(e / s), rho quadratic up to k and linear
// beyond, so that a row far off pulls with a bounded force: weight w = min(1, k s / |e|). It
// withstands outliers in y, not rows far out in the columns (leverage): for one column theil_sen.h
// withstands those too. By iteratively reweighted least squares from the ordinary fit, the scale s
// = median |e| / 0.6745 (normalised MAD about 0), recomputed at each step, as R's MASS::rlm(method
// = "M", psi = psi.huber, scale.est = "MAD").
//
// Standard errors of b, with psi(u) = max(-k, min(u, k)), u = e / s, psi' = [|u| <= k], m and v its
// mean and variance (divisor n - 1), p coefficients, n rows (Huber and Ronchetti, Robust
// Statistics, 2nd ed., 2009, section 7.6; R's MASS::summary.rlm):
//   (K / m)^2 s^2 sum psi(u)^2 / (n - p) (X'X)^-1,  K = 1 + p v / (n m^2).
// They assume independent e of one distribution, symmetric about 0, and many rows; intervals take
// Student's t with n - p degrees of freedom, which is a convention.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analysis/regression/linear_model.h"
#include "src/base/result.h"

namespace opline::analysis {

struct HuberOptions {
  double confidence = 0.95;  ///< Of every interval, in (0, 1).
  double k = 1.345;  ///< >= 0.7, so that half of the rows are never pulled in (median |e| is 0.6745
                     ///< s). 1.345: 95 % of the efficiency of least squares where e is normal.
  double tolerance =
      1e-12;  ///< > 0. Converged when the step's |change of e| / |e| (2-norms) is at most this.
  unsigned threads = 1;  ///< >= 1, of the ordinary fit. Changes nothing but the time.
  std::size_t max_iterations =
      500;  ///< >= 1. Each step gains a digit or so where few rows are off.
};

struct HuberFit {
  std::size_t n = 0;                      ///< Rows.
  std::size_t degrees = 0;                ///< n - p, >= 1.
  std::vector<Coefficient> coefficients;  ///< In the order of the design's columns.
  double scale =
      0;  ///< s, unit of y: of the residuals before the last step. 0: most rows are met exactly.
  bool converged = false;      ///< As HuberOptions::tolerance; also where the scale is 0.
  std::size_t iterations = 0;  ///< Steps of least squares after the ordinary fit.
  std::optional<RelativeErrors> relative;  ///< Of the fitted values; none unless every y > 0.

  // One value per row.
  std::vector<double> fitted;
  std::vector<double> residuals;  ///< y - fitted.
  std::vector<double>
      weights;  ///< min(1, k s / |e|) of the last step: below 1, the row is pulled in.
};

/// Fits. O(iterations n p^2). A fit that hasn't converged is returned and says so. Where the scale
/// is 0 the errors are 0 too, and t and p nothing. Throws Error{input}: as fit_linear(); options
/// out of range.
[[nodiscard]] HuberFit fit_huber(const Design& design, std::span<const double> y,
                                 const HuberOptions& options = {});
/// As fit_huber(), with a reason as try_fit_linear().
[[nodiscard]] Result<HuberFit> try_fit_huber(const Design& design, std::span<const double> y,
                                             const HuberOptions& options = {});

}  // namespace opline::analysis
