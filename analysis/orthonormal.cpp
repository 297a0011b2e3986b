#include "analysis/orthonormal.h"

#include <Eigen/Dense>
#include <cmath>

#include "src/base/error.h"

namespace opline::analysis {
namespace {

using Matrix = Eigen::MatrixXd;
using Extended = std::vector<DoubleDouble>;  // square or triangular, row by row

double root_weight(std::span<const double> weights, std::size_t row) {
  return weights.empty() ? 1 : std::sqrt(weights[row]);
}

Matrix doubles(const Design& design, std::span<const double> weights) {
  Matrix x(static_cast<Eigen::Index>(design.rows()), static_cast<Eigen::Index>(design.columns()));
  for (std::size_t column = 0; column < design.columns(); ++column) {
    for (std::size_t row = 0; row < design.rows(); ++row) {
      x(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column)) =
          root_weight(weights, row) * design.at(row, column).high;
    }
  }
  return x;
}

[[noreturn]] void refuse_dependent(const Design& design, std::size_t column) {
  if (column == 0) {
    throw Error(ErrorCode::input, "linear model: column `{}` is zero in every row; leave it out",
                design.name(column));
  }
  throw Error(
      ErrorCode::input,
      "linear model: column `{}` is a combination of the columns before it (from `{}` to `{}`), so that no "
      "fit can tell them apart; leave one of them out",
      design.name(column), design.name(0), design.name(column - 1));
}

/// Householder's triangle of the columns that are independent, and which these are. In place: x is used up.
struct Triangle {
  std::vector<std::size_t> kept;
  Matrix r;
};

Triangle triangle(const Design& design, Matrix& x, Dependent dependent) {
  Triangle result;
  const Eigen::Index rows = x.rows();
  Eigen::Index done = 0;
  Eigen::RowVectorXd work(x.cols());
  for (Eigen::Index column = 0; column < x.cols(); ++column) {
    const double length = x.col(column).norm();
    if (!std::isfinite(length) || (length != 0 && !std::isnormal(length * length))) {
      throw Error(ErrorCode::input,
                  "linear model: the squares of column `{}` leave the range of a double; use other units",
                  design.name(static_cast<std::size_t>(column)));
    }
    const double rest = done < rows ? x.col(column).tail(rows - done).norm() : 0;
    if (length == 0 || rest <= kDependent * length) {
      if (dependent == Dependent::refuse) refuse_dependent(design, static_cast<std::size_t>(column));
      continue;
    }
    double tau = 0;
    double beta = 0;
    auto tail = x.col(column).tail(rows - done);
    tail.makeHouseholderInPlace(tau, beta);
    const Eigen::Index left = x.cols() - column - 1;
    const Eigen::VectorXd essential = tail.tail(rows - done - 1);
    x.block(done, column + 1, rows - done, left).applyHouseholderOnTheLeft(essential, tau, work.data());
    x(done, column) = beta;
    result.kept.push_back(static_cast<std::size_t>(column));
    ++done;
  }
  result.r = Matrix::Zero(done, done);
  for (Eigen::Index j = 0; j < done; ++j) {
    const auto column = static_cast<Eigen::Index>(result.kept[static_cast<std::size_t>(j)]);
    result.r.col(j).head(j + 1) = x.col(column).head(j + 1);
  }
  return result;
}

double scaled_condition(const Matrix& r) {
  const Matrix scaled = r * r.colwise().norm().cwiseInverse().asDiagonal();
  const Eigen::VectorXd singular = Eigen::JacobiSVD<Matrix>(scaled).singularValues();
  return singular(0) / singular(singular.size() - 1);
}

/// Inverse of an upper triangle.
Extended inverse_upper(const Extended& upper, std::size_t k) {
  Extended inverse(k * k);
  for (std::size_t j = 0; j < k; ++j) {
    inverse[j * k + j] = DoubleDouble(1) / upper[j * k + j];
    for (std::size_t i = j; i-- > 0;) {
      DoubleDouble sum;
      for (std::size_t m = i + 1; m <= j; ++m) sum += upper[i * k + m] * inverse[m * k + j];
      inverse[i * k + j] = -sum / upper[i * k + i];
    }
  }
  return inverse;
}

Extended product_upper(const Extended& a, const Extended& b, std::size_t k) {
  Extended product(k * k);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i; j < k; ++j) {
      for (std::size_t m = i; m <= j; ++m) product[i * k + j] += a[i * k + m] * b[m * k + j];
    }
  }
  return product;
}

DoubleDouble root(const DoubleDouble& value) {
  const double first = std::sqrt(value.high);
  return DoubleDouble(first) + (value - DoubleDouble::product(first, first)) / DoubleDouble(2 * first);
}

/// The upper triangle U with U'U = gram.
Extended cholesky_upper(const Extended& gram, std::size_t k) {
  Extended upper(k * k);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i; j < k; ++j) {
      DoubleDouble rest = gram[i * k + j];
      for (std::size_t m = 0; m < i; ++m) rest += -(upper[m * k + i] * upper[m * k + j]);
      OPLINE_ASSERT(i != j || rest.high > 0, "an orthonormal basis that is none, at column {}", i);
      upper[i * k + j] = i == j ? root(rest) : rest / upper[i * k + i];
    }
  }
  return upper;
}

Extended gram_matrix(const Design& design, std::span<const double> weights, const OrthonormalBasis& basis) {
  const std::size_t k = basis.kept.size();
  Extended gram(k * k);
  Extended z(k);
  for (std::size_t row = 0; row < design.rows(); ++row) {
    basis.row(design, row, z);
    for (std::size_t i = 0; i < k; ++i) {
      const DoubleDouble weighted = weights.empty() ? z[i] : z[i] * DoubleDouble(weights[row]);
      for (std::size_t j = i; j < k; ++j) gram[i * k + j] += weighted * z[j];
    }
  }
  return gram;
}

}  // namespace

void OrthonormalBasis::row(const Design& design, std::size_t row, std::span<DoubleDouble> z) const {
  const std::size_t k = kept.size();
  for (std::size_t j = k; j-- > 0;) {
    DoubleDouble sum;
    for (std::size_t i = 0; i <= j; ++i) sum += transform[i * k + j] * design.at(row, kept[i]);
    z[j] = sum;
  }
}

OrthonormalBasis orthonormal_basis(const Design& design, std::span<const double> weights,
                                   Dependent dependent) {
  Triangle rough;
  {
    Matrix x = doubles(design, weights);
    rough = triangle(design, x, dependent);
  }
  const std::size_t k = rough.kept.size();
  OrthonormalBasis basis;
  basis.kept = rough.kept;
  basis.condition = k == 0 ? 1 : scaled_condition(rough.r);
  Extended r(k * k);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i; j < k; ++j) {
      r[i * k + j] = rough.r(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
    }
  }
  basis.transform = inverse_upper(r, k);
  const Extended correction = inverse_upper(cholesky_upper(gram_matrix(design, weights, basis), k), k);
  basis.transform = product_upper(basis.transform, correction, k);
  return basis;
}

}  // namespace opline::analysis
