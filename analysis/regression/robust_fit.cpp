// robust_fit.cpp - Huber's estimator in the coordinates of an orthonormal basis.
//
// With Z orthonormal (orthonormal.h) and e0 the residuals of the ordinary fit, a step solves Z'WZ g
// = Z'W e0: as well conditioned as the weights are alike, whatever the design, so doubles do. b =
// b0 + T g, e = e0 - Z g.
#include "analysis/regression/robust_fit.h"
#include "analysis/numerics/insufficient_data.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "analysis/numerics/median.h"
#include "analysis/regression/orthonormal.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr double kNormalMad = 0.6745;  // median |e| of a standard normal, as rounded by MASS
constexpr double kExact =
    1e-25;  // of the largest |y|: residuals of double-double arithmetic where there are none

Eigen::Index index(std::size_t i) { return static_cast<Eigen::Index>(i); }

void require_options(const HuberOptions& options) {
  if (options.k >= 0.7 && std::isfinite(options.k) && options.tolerance > 0 &&
      options.max_iterations >= 1)
    return;
  throw Error(
      ErrorCode::input,
      "robust fit: k is {}, the tolerance {}, at most {} iterations; give a k of at least 0.7, a "
      "tolerance above 0 and 1 iteration or more",
      options.k, options.tolerance, options.max_iterations);
}

Matrix basis_rows(const Design& design, const OrthonormalBasis& basis) {
  Matrix rows(index(design.rows()), index(basis.kept.size()));
  std::vector<DoubleDouble> z(basis.kept.size());
  for (std::size_t row = 0; row < design.rows(); ++row) {
    basis.row(design, row, z);
    for (std::size_t i = 0; i < z.size(); ++i) rows(index(row), index(i)) = z[i].value();
  }
  return rows;
}

double mad_scale(const Vector& residuals) {
  std::vector<double> distances(residuals.size());
  std::transform(residuals.begin(), residuals.end(), distances.begin(),
                 [](double e) { return std::abs(e); });
  return median(std::move(distances)) / kNormalMad;
}

/// The iteration: residuals and weights as they stand, and the way from the ordinary fit.
struct Iteration {
  Vector residuals, weights, way;
  double scale = 0;
  bool converged = false;
  std::size_t steps = 0;
};

Iteration iterate(const Matrix& z, const Vector& ordinary, double least_scale,
                  const HuberOptions& options) {
  Iteration now{ordinary, Vector::Ones(ordinary.size()), Vector::Zero(z.cols())};
  while (!now.converged && now.steps < options.max_iterations) {
    now.scale = mad_scale(now.residuals);
    if (now.scale <= least_scale) {
      now.scale = 0;
      now.converged = true;
      break;
    }
    ++now.steps;
    const double bound = options.k * now.scale;
    now.weights = now.residuals.unaryExpr(
        [&](double e) { return std::abs(e) > bound ? bound / std::abs(e) : 1; });
    const Matrix weighted = now.weights.asDiagonal() * z;
    now.way = (z.transpose() * weighted).ldlt().solve(weighted.transpose() * ordinary);
    const Vector next = ordinary - z * now.way;
    now.converged =
        (next - now.residuals).stableNorm() <= options.tolerance * now.residuals.stableNorm();
    now.residuals = next;
  }
  return now;
}

/// What the root of the diagonal of (X'X)^-1 is multiplied by: K / m s sqrt(sum psi^2 / (n - p)).
double error_factor(const Iteration& last, double k, std::size_t coefficients) {
  if (last.scale == 0) return 0;
  const auto n = static_cast<double>(last.residuals.size());
  const auto p = static_cast<double>(coefficients);
  const auto u = (last.residuals / last.scale).array().abs();
  const double inside = (u <= k).cast<double>().mean();
  OPLINE_ASSERT(inside > 0, "no residual within {} scales", k);
  const double variance = inside * (1 - inside) * n / (n - 1);
  const double correction = 1 + p * variance / (n * inside * inside);
  return correction / inside * last.scale * std::sqrt(u.min(k).square().sum() / (n - p));
}

void set_coefficients(HuberFit& fit, const LinearModel& ordinary, const OrthonormalBasis& basis,
                      const Iteration& last, const HuberOptions& options) {
  const std::size_t k = basis.kept.size();
  const double factor = error_factor(last, options.k, k);
  for (std::size_t i = 0; i < k; ++i) {
    double estimate = ordinary.coefficients[i].estimate;
    double squares = 0;
    for (std::size_t j = i; j < k; ++j) {
      const double t = basis.transform[i * k + j].value();
      estimate += t * last.way(index(j));
      squares += t * t;
    }
    fit.coefficients.push_back(
        student_coefficient(ordinary.coefficients[i].name, estimate, factor * std::sqrt(squares),
                            static_cast<double>(fit.degrees), options.confidence));
  }
}

}  // namespace

HuberFit fit_huber(const Design& design, std::span<const double> y, const HuberOptions& options) {
  require_options(options);
  const LinearModel ordinary =
      fit_linear(design, y, {options.confidence, CovarianceKind::classical, options.threads});
  const OrthonormalBasis basis =
      orthonormal_basis(design, {}, Dependent::refuse, {}, options.threads);
  const Vector start = Eigen::Map<const Vector>(ordinary.residuals.data(), index(ordinary.n));
  const double largest = Eigen::Map<const Vector>(y.data(), start.size()).lpNorm<Eigen::Infinity>();
  const Iteration last = iterate(basis_rows(design, basis), start, kExact * largest, options);

  HuberFit fit;
  fit.n = ordinary.n;
  fit.degrees = ordinary.degrees;
  fit.scale = last.scale;
  fit.converged = last.converged;
  fit.iterations = last.steps;
  set_coefficients(fit, ordinary, basis, last, options);
  fit.residuals.assign(last.residuals.begin(), last.residuals.end());
  fit.weights.assign(last.weights.begin(), last.weights.end());
  for (std::size_t row = 0; row < fit.n; ++row) fit.fitted.push_back(y[row] - fit.residuals[row]);
  if (ordinary.relative) fit.relative = relative_errors(fit.fitted, y);
  return fit;
}

Result<HuberFit> try_fit_huber(const Design& design, std::span<const double> y,
                               const HuberOptions& options) {
  return result_of([&] { return fit_huber(design, y, options); });
}

}  // namespace opline::analysis
