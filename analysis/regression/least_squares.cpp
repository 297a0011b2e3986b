#include "analysis/regression/least_squares.h"

#include <algorithm>

#include "src/base/parallel.h"

namespace opline::analysis {
namespace {

Extended times(const OrthonormalBasis& basis, const Extended& share) {
  const std::size_t k = basis.kept.size();
  Extended product(k);
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = i; j < k; ++j) product[i] += basis.transform[i * k + j] * share[j];
  }
  return product;
}

/// What a block of rows needs: columns and y, y - Xb in column 0 of `e`, w e in its column 1.
struct Blocks {
  RowBlock x, z, e;
  explicit Blocks(std::size_t columns) : x(columns + 1), z(columns), e(2) {}

  void fill(const RowSource& source, const Extended& estimates, std::size_t first,
            std::size_t count) {
    source.fill(first, count, x);
    const std::size_t k = estimates.size();
    e.set(0, {x.high(k), count}, {});
    std::fill_n(e.low(0), kBlockRows, 0.0);
    for (std::size_t i = 0; i < k; ++i) add_multiple(-estimates[i], x, i, e, 0);
    if (!source.weights.empty()) multiply(source.weights.subspan(first, count), e, 0, e, 1);
  }
  [[nodiscard]] std::size_t weighted(const RowSource& source) const {
    return source.weights.empty() ? 0 : 1;
  }
};

/// Calls `block(first, count, blocks, sums)` for all rows; adds up the sums, `count` of them.
template <typename Block>
Extended sum_over_blocks(const RowSource& source, std::size_t sums, unsigned threads,
                         const Block& block) {
  std::vector<Extended> chunks((source.rows + kChunkRows - 1) / kChunkRows, Extended(sums));
  parallel_for(threads, chunks.size(), [&](std::size_t chunk) {
    Blocks blocks(source.columns - 1);
    const std::size_t end = std::min((chunk + 1) * kChunkRows, source.rows);
    for (std::size_t first = chunk * kChunkRows; first < end; first += kBlockRows)
      block(first, std::min(kBlockRows, end - first), blocks, chunks[chunk]);
  });
  Extended total(sums);
  for (const Extended& chunk : chunks) {
    for (std::size_t i = 0; i < sums; ++i) total[i] += chunk[i];
  }
  return total;
}

/// Leverages, and the estimates once more from the residuals of the first ones.
void refine(LeastSquares& fit, const RowSource& source, unsigned threads) {
  const std::size_t k = fit.estimates.size();
  const Extended share = sum_over_blocks(
      source, k, threads,
      [&](std::size_t first, std::size_t count, Blocks& blocks, Extended& sums) {
        blocks.fill(source, fit.estimates, first, count);
        fit.basis.rows(blocks.x, blocks.z);
        for (std::size_t j = 0; j < k; ++j)
          sums[j] += dot(blocks.z, j, blocks.e, blocks.weighted(source));
        for (std::size_t row = 0; row < count; ++row) {
          double squares = 0;
          for (std::size_t j = 0; j < k; ++j)
            squares += blocks.z.high(j)[row] * blocks.z.high(j)[row];
          const double weight = source.weights.empty() ? 1 : source.weights[first + row];
          fit.leverages[first + row] = std::clamp(weight * squares, 0.0, 1.0);
        }
      });
  const Extended correction = times(fit.basis, share);
  for (std::size_t i = 0; i < k; ++i) fit.estimates[i] += correction[i];
}

void set_residuals(LeastSquares& fit, const RowSource& source, unsigned threads) {
  const Extended squares = sum_over_blocks(
      source, 2, threads,
      [&](std::size_t first, std::size_t count, Blocks& blocks, Extended& sums) {
        blocks.fill(source, fit.estimates, first, count);
        sums[0] += dot(blocks.e, 0, blocks.e, blocks.weighted(source));
        sums[1] += dot(blocks.e, 0, blocks.e, 0);
        for (std::size_t row = 0; row < count; ++row) {
          const double residual = blocks.e.high(0)[row];
          fit.residuals[first + row] = residual;
          fit.fitted[first + row] =
              (blocks.x.high(fit.estimates.size())[row] - residual) - blocks.e.low(0)[row];
        }
      });
  fit.residual_squares = squares[0];
  fit.plain_squares = squares[1];
}

DoubleDouble total_squares(std::span<const double> y, std::span<const double> weights,
                           bool about_mean, unsigned threads) {
  const std::vector<double> ones(kBlockRows, 1.0);
  RowSource source{y.size(), 2, {}, weights};
  DoubleDouble mean;
  source.fill = [&](std::size_t first, std::size_t count, RowBlock& block) {
    block.set(0, std::span(ones).first(count), {});
    block.set(1, y.subspan(first, count), {});
    block.set_extended(1);
    std::fill_n(block.low(1), kBlockRows, 0.0);
    add_multiple(-mean, block, 0, block, 1);
  };
  if (about_mean) {
    const Extended sums = gram_matrix(source, threads);
    mean = sums[1] / sums[0];
  }
  return gram_matrix(source, threads)[3];
}

}  // namespace

LeastSquares least_squares(const Design& design, std::span<const double> y,
                           std::span<const double> weights, unsigned threads) {
  const RowSource source = rows_of(design, weights, y);
  LeastSquares fit;
  fit.basis = orthonormal_basis(design, weights, Dependent::refuse, y, threads);
  fit.estimates = times(fit.basis, fit.basis.projection);
  fit.fitted.resize(source.rows);
  fit.residuals.resize(source.rows);
  fit.leverages.resize(source.rows);
  refine(fit, source, threads);
  set_residuals(fit, source, threads);
  fit.total_squares = total_squares(y, weights, design.has_intercept(), threads);
  return fit;
}

Extended weighted_gram(const Design& design, const OrthonormalBasis& basis,
                       std::span<const double> factors, unsigned threads) {
  const RowSource columns = rows_of(design, {}, {});
  RowSource rows{columns.rows, basis.kept.size(), {}, factors};
  rows.fill = [&](std::size_t first, std::size_t count, RowBlock& block) {
    RowBlock x(columns.columns);
    columns.fill(first, count, x);
    basis.rows(x, block);
  };
  return gram_matrix(rows, threads);
}

}  // namespace opline::analysis
