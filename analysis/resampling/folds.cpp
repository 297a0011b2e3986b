#include "analysis/resampling/folds.h"

#include <Eigen/Dense>
#include <utility>

#include "analysis/regression/orthonormal.h"
#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::analysis {
namespace {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

/// Of what all rows know in a direction (1), the share that must be left without the fold.
constexpr double kLeast = 1e-9;
/// Of a row's length, the share that may lie in directions nothing is left of.
constexpr double kOutside = 1e-7;

/// Z'Wy and Z'WZ of some rows.
struct Sums {
  explicit Sums(Eigen::Index k) : moments(Vector::Zero(k)), gram(Matrix::Zero(k, k)) {}
  Vector moments;
  Matrix gram;
};

/// Estimates without a fold, and the directions it leaves undetermined.
struct Estimates {
  Vector b;
  Matrix lost;  ///< Columns of length 1.
};

Estimates without(const Sums& fold, const Vector& all) {
  const Eigen::Index k = all.size();
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(Matrix::Identity(k, k) - fold.gram);
  const Vector rest = all - fold.moments;
  Eigen::Index lost = 0;  // eigenvalues ascend
  while (lost < k && solver.eigenvalues()(lost) < kLeast) ++lost;
  const auto kept = solver.eigenvectors().rightCols(k - lost);
  const Vector scaled =
      solver.eigenvalues().tail(k - lost).cwiseInverse().cwiseProduct(kept.transpose() * rest);
  return {kept * scaled, solver.eigenvectors().leftCols(lost)};
}

}  // namespace

std::vector<std::size_t> deal_folds(std::size_t n, std::size_t folds, std::uint64_t seed,
                                    std::uint64_t repeat) {
  std::vector<std::size_t> fold(n);
  for (std::size_t row = 0; row < n; ++row) fold[row] = row % folds;
  RandomStream random(seed, repeat);
  for (std::size_t left = n; left > 1; --left) {
    std::swap(fold[left - 1], fold[random.below(static_cast<std::uint32_t>(left))]);
  }
  return fold;
}

HeldOutFits::HeldOutFits(const Design& design, std::span<const double> y,
                         std::span<const double> weights, unsigned threads)
    : weights_(weights.begin(), weights.end()) {
  const std::size_t n = design.rows();
  if (y.size() != n || (!weights.empty() && weights.size() != n)) {
    throw Error(ErrorCode::input,
                "held-out fits: {} rows, {} values of y and {} weights; give one per row", n,
                y.size(), weights.size());
  }
  const OrthonormalBasis basis = orthonormal_basis(design, weights, Dependent::drop, {}, threads);
  k_ = basis.kept.size();
  std::vector<DoubleDouble> z(k_);
  z_.reserve(n * k_);
  weighted_.reserve(n);
  for (std::size_t row = 0; row < n; ++row) {
    basis.row(design, row, z);
    for (const DoubleDouble& value : z) z_.push_back(value.value());
    weighted_.push_back(weights.empty() ? y[row] : weights[row] * y[row]);
  }
}

std::vector<std::optional<double>> HeldOutFits::predictions(std::span<const std::size_t> fold,
                                                            std::size_t folds) const {
  const std::size_t n = weighted_.size();
  OPLINE_ASSERT(fold.size() == n, "{} folds of {} rows", fold.size(), n);
  const auto k = static_cast<Eigen::Index>(k_);
  const auto row_of = [&](std::size_t row) {
    return Eigen::Map<const Vector>(z_.data() + row * k_, k);
  };
  std::vector<Sums> sums(folds, Sums(k));
  for (std::size_t row = 0; row < n; ++row) {
    Sums& sum = sums.at(fold[row]);
    const auto z = row_of(row);
    sum.moments += weighted_[row] * z;
    const double weight = weights_.empty() ? 1 : weights_[row];
    sum.gram += (weight * z).lazyProduct(z.transpose());
  }
  Vector all = Vector::Zero(k);
  for (const Sums& sum : sums) all += sum.moments;
  std::vector<Estimates> estimates;
  estimates.reserve(folds);
  for (const Sums& sum : sums) estimates.push_back(without(sum, all));
  std::vector<std::optional<double>> predicted(n);
  for (std::size_t row = 0; row < n; ++row) {
    const Estimates& one = estimates[fold[row]];
    const auto z = row_of(row);
    if ((one.lost.transpose() * z).norm() <= kOutside * z.norm()) predicted[row] = z.dot(one.b);
  }
  return predicted;
}

}  // namespace opline::analysis
