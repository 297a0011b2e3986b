#include "analysis/regression/orthonormal.h"

#include <fmt/format.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "analysis/numerics/insufficient_data.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

using Matrix = Eigen::MatrixXd;
constexpr double kRefineCondition =
    1e6;  // its square times 1e-31 is well below a double's rounding

using Names = std::function<std::string(std::size_t)>;

[[noreturn]] void refuse_dependent(const Names& name, std::size_t column) {
  if (column == 0) {
    throw InsufficientData("linear model: column `{}` is zero in every row; leave it out",
                           name(column));
  }
  throw InsufficientData(
      "linear model: column `{}` is a combination of the columns before it (from `{}` to `{}`), so "
      "that no fit can tell them apart; leave one of them out",
      name(column), name(0), name(column - 1));
}

void require_range(double squares, const Names& name, std::size_t column) {
  // The errors of products are 1e-16 of them and must be numbers still.
  if (squares == 0 || (squares > 1e-280 && std::isfinite(squares))) return;
  throw InsufficientData(
      "linear model: the squares of column `{}` leave the range of a double; use other units",
      name(column));
}

DoubleDouble root(const DoubleDouble& value) {
  const double first = std::sqrt(value.high);
  return DoubleDouble(first) +
         (value - DoubleDouble::product(first, first)) / DoubleDouble(2 * first);
}

/// The Cholesky factor of the columns that are independent, which these are, and R^-T times the
/// target's products.
struct Triangle {
  std::vector<std::size_t> kept;
  Extended r;  ///< Upper triangular, row by row.
  Extended projection;
};

/// One column of R^-T G: what column `column` of `gram` has in common with each of the kept ones.
Extended in_common(const Extended& gram, std::size_t stride, const std::vector<std::size_t>& kept,
                   const std::vector<Extended>& r, std::size_t column) {
  Extended parts;
  for (std::size_t m = 0; m < kept.size(); ++m) {
    DoubleDouble rest = gram[kept[m] * stride + column];
    for (std::size_t l = 0; l < m; ++l) rest += -(r[m][l] * parts[l]);
    parts.push_back(rest / r[m][m]);
  }
  return parts;
}

Triangle triangle(const Extended& gram, std::size_t stride, bool with_target, Dependent dependent,
                  const Names& name) {
  Triangle result;
  std::vector<Extended> columns;  // of R, each up to its diagonal
  const std::size_t candidates = stride - (with_target ? 1 : 0);
  for (std::size_t column = 0; column < candidates; ++column) {
    const DoubleDouble squares = gram[column * stride + column];
    require_range(squares.high, name, column);
    Extended parts = in_common(gram, stride, result.kept, columns, column);
    DoubleDouble rest = squares;
    for (const DoubleDouble& part : parts) rest += -(part * part);
    if (rest.high <= kDependent * kDependent * squares.high) {
      if (dependent == Dependent::refuse) refuse_dependent(name, column);
      continue;
    }
    parts.push_back(root(rest));
    columns.push_back(std::move(parts));
    result.kept.push_back(column);
  }
  const std::size_t k = result.kept.size();
  result.r.resize(k * k);
  for (std::size_t j = 0; j < k; ++j) {
    for (std::size_t i = 0; i <= j; ++i) result.r[i * k + j] = columns[j][i];
  }
  if (with_target) result.projection = in_common(gram, stride, result.kept, columns, candidates);
  return result;
}

double scaled_condition(const Extended& triangle, std::size_t k) {
  if (k == 0) return 1;
  Matrix r(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(k));
  for (std::size_t i = 0; i < k * k; ++i)
    r(static_cast<Eigen::Index>(i / k), static_cast<Eigen::Index>(i % k)) = triangle[i].high;
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

/// Rows z = T'x of the basis as it stands, and the target.
RowSource rough_rows(const RowSource& source, const OrthonormalBasis& basis, bool with_target) {
  const std::size_t k = basis.kept.size();
  RowSource rows{source.rows, k + (with_target ? 1 : 0), {}, source.weights};
  rows.fill = [&source, &basis, with_target, k](std::size_t first, std::size_t count,
                                                RowBlock& block) {
    RowBlock x(source.columns);
    source.fill(first, count, x);
    basis.rows(x, block);
    if (with_target) block.set(k, {x.high(source.columns - 1), count}, {});
  };
  return rows;
}

std::string rough_name(std::size_t column) {
  return fmt::format("{} of an orthonormal basis", column + 1);
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

void OrthonormalBasis::rows(RowBlock& x, RowBlock& z) const {
  const std::size_t k = kept.size();
  for (std::size_t j = 0; j < k; ++j) {
    z.set(j, {}, {});
    z.set_extended(j);
    std::fill_n(z.low(j), kBlockRows, 0.0);
    for (std::size_t i = 0; i <= j; ++i) add_multiple(transform[i * k + j], x, kept[i], z, j);
  }
}

OrthonormalBasis orthonormal_basis(const RowSource& source, bool with_target, Dependent dependent,
                                   const Names& name, unsigned threads) {
  const Extended gram = gram_matrix(source, threads);
  const Triangle rough = triangle(gram, source.columns, with_target, dependent, name);
  const std::size_t k = rough.kept.size();
  OrthonormalBasis basis;
  basis.kept = rough.kept;
  basis.condition = scaled_condition(rough.r, k);
  basis.transform = inverse_upper(rough.r, k);
  basis.projection = rough.projection;
  if (with_target) basis.target_squares = gram.back();
  if (!(basis.condition > kRefineCondition)) return basis;
  const RowSource again = rough_rows(source, basis, with_target);
  const Triangle finer = triangle(gram_matrix(again, threads), again.columns, with_target,
                                  Dependent::refuse, rough_name);
  basis.projection = finer.projection;
  basis.transform = product_upper(basis.transform, inverse_upper(finer.r, k), k);
  return basis;
}

OrthonormalBasis orthonormal_basis(const Design& design, std::span<const double> weights,
                                   Dependent dependent, std::span<const double> target,
                                   unsigned threads) {
  return orthonormal_basis(
      rows_of(design, weights, target), !target.empty(), dependent,
      [&](std::size_t column) { return design.name(column); }, threads);
}

}  // namespace opline::analysis
