#include "analysis/regression/row_blocks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "src/base/parallel.h"

namespace opline::analysis {
namespace {

constexpr std::size_t kLanes = 8;
static_assert(kBlockRows % kLanes == 0 && kChunkRows % kBlockRows == 0);

/// A sum in lanes: high + low each.
struct Lanes {
  std::array<double, kLanes> high{}, low{};
};

/// The loops below, compiled twice on x86-64: fma and vectors of four are not in its baseline, and
/// std::fma is a slow call without. Both give the same bits.
[[gnu::always_inline]] inline void add_products(const double* a, const double* a_low,
                                                const double* b, const double* b_low,
                                                Lanes& lanes) {
  std::array<double, kLanes> sum = lanes.high, rest = lanes.low;
  for (std::size_t row = 0; row < kBlockRows; row += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const double product = a[row + lane] * b[row + lane];
      double error = std::fma(a[row + lane], b[row + lane], -product);
      if (a_low != nullptr)
        error += a_low[row + lane] * b[row + lane] + a[row + lane] * b_low[row + lane];
      const double next = sum[lane] + product;
      const double part = next - sum[lane];
      rest[lane] += error + ((sum[lane] - (next - part)) + (product - part));
      sum[lane] = next;
    }
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    lanes.high[lane] = sum[lane] + rest[lane];
    lanes.low[lane] = rest[lane] - (lanes.high[lane] - sum[lane]);
  }
}

[[gnu::always_inline]] inline void add_multiples(double factor, double factor_low,
                                                 const double* from, const double* from_low,
                                                 double* to, double* to_low) {
  for (std::size_t row = 0; row < kBlockRows; ++row) {
    // DoubleDouble's product and sum, written out.
    const double product = factor * from[row];
    const double cross =
        std::fma(factor_low, from[row],
                 std::fma(factor, from_low[row], std::fma(factor, from[row], -product)));
    const double high = to[row] + product;
    const double part = high - to[row];
    const double error = (to[row] - (high - part)) + (product - part);
    const double low = to_low[row] + cross;
    const double low_part = low - to_low[row];
    const double low_error = (to_low[row] - (low - low_part)) + (cross - low_part);
    const double first = high + (error + low);
    const double second = (error + low) - (first - high) + low_error;
    to[row] = first + second;
    to_low[row] = second - (to[row] - first);
  }
}

using AddProducts = void (*)(const double*, const double*, const double*, const double*, Lanes&);
using AddMultiples = void (*)(double, double, const double*, const double*, double*, double*);

void products_anywhere(const double* a, const double* a_low, const double* b, const double* b_low,
                       Lanes& lanes) {
  if (a_low == nullptr) return add_products(a, nullptr, b, nullptr, lanes);
  add_products(a, a_low, b, b_low, lanes);
}
void multiples_anywhere(double factor, double factor_low, const double* from,
                        const double* from_low, double* to, double* to_low) {
  add_multiples(factor, factor_low, from, from_low, to, to_low);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void products_avx2(const double* a, const double* a_low,
                                                       const double* b, const double* b_low,
                                                       Lanes& lanes) {
  if (a_low == nullptr) return add_products(a, nullptr, b, nullptr, lanes);
  add_products(a, a_low, b, b_low, lanes);
}
__attribute__((target("avx2,fma"))) void multiples_avx2(double factor, double factor_low,
                                                        const double* from, const double* from_low,
                                                        double* to, double* to_low) {
  add_multiples(factor, factor_low, from, from_low, to, to_low);
}
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#endif

struct Kernels {
  AddProducts products = products_anywhere;
  AddMultiples multiples = multiples_anywhere;
};

const Kernels& kernels() {
  static const Kernels chosen = [] {
    Kernels best;
#if defined(__x86_64__)
    if (has_avx2()) best = {products_avx2, multiples_avx2};
#endif
    return best;
  }();
  return chosen;
}

void add_block_products(RowBlock& a, std::size_t i, RowBlock& b, std::size_t j, Lanes& lanes) {
  const bool extended = a.extended(i) || b.extended(j);
  kernels().products(a.high(i), extended ? a.low(i) : nullptr, b.high(j),
                     extended ? b.low(j) : nullptr, lanes);
}

DoubleDouble total(const Lanes& lanes) {
  DoubleDouble sum;
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    sum += DoubleDouble::sum(lanes.high[lane], lanes.low[lane]);
  return sum;
}

Extended chunk_products(const RowSource& source, std::size_t begin, std::size_t end) {
  const std::size_t k = source.columns;
  RowBlock block(k), weighted(source.weights.empty() ? 0 : k);
  std::vector<Lanes> lanes(k * k);
  for (std::size_t first = begin; first < end; first += kBlockRows) {
    const std::size_t count = std::min(kBlockRows, end - first);
    source.fill(first, count, block);
    for (std::size_t i = 0; i < k; ++i) {
      if (!source.weights.empty())
        multiply(source.weights.subspan(first, count), block, i, weighted, i);
      RowBlock& left = source.weights.empty() ? block : weighted;
      for (std::size_t j = i; j < k; ++j) add_block_products(left, i, block, j, lanes[i * k + j]);
    }
  }
  Extended sums;
  for (const Lanes& one : lanes) sums.push_back(total(one));
  return sums;
}

}  // namespace

void RowBlock::set(std::size_t column, std::span<const double> high, std::span<const double> low) {
  std::fill(std::copy(high.begin(), high.end(), this->high(column)),
            this->high(column) + kBlockRows, 0.0);
  if (low.empty() && !extended(column)) return;
  std::fill(std::copy(low.begin(), low.end(), this->low(column)), this->low(column) + kBlockRows,
            0.0);
  if (!low.empty()) set_extended(column);
}

RowSource rows_of(const Design& design, std::span<const double> weights,
                  std::span<const double> y) {
  const auto fill = [&design, y](std::size_t first, std::size_t count, RowBlock& block) {
    for (std::size_t i = 0; i < design.columns(); ++i) {
      const std::span<const double> low = design.low(i);
      block.set(i, design.high(i).subspan(first, count),
                low.empty() ? low : low.subspan(first, count));
    }
    if (!y.empty()) block.set(design.columns(), y.subspan(first, count), {});
  };
  return {design.rows(), design.columns() + (y.empty() ? 0 : 1), fill, weights};
}

Extended gram_matrix(const RowSource& source, unsigned threads) {
  const std::size_t k = source.columns;
  std::vector<Extended> chunks((source.rows + kChunkRows - 1) / kChunkRows);
  parallel_for(threads, chunks.size(), [&](std::size_t chunk) {
    chunks[chunk] =
        chunk_products(source, chunk * kChunkRows, std::min((chunk + 1) * kChunkRows, source.rows));
  });
  Extended sum(k * k);
  for (const Extended& chunk : chunks) {
    for (std::size_t i = 0; i < k * k; ++i) sum[i] += chunk[i];
  }
  return sum;
}

void add_multiple(const DoubleDouble& factor, RowBlock& from, std::size_t column, RowBlock& to,
                  std::size_t to_column) {
  to.set_extended(to_column);
  kernels().multiples(factor.high, factor.low, from.high(column), from.low(column),
                      to.high(to_column), to.low(to_column));
}

void multiply(std::span<const double> weights, RowBlock& from, std::size_t column, RowBlock& to,
              std::size_t to_column) {
  to.set_extended(to_column);
  for (std::size_t row = 0; row < kBlockRows; ++row) {
    const DoubleDouble value = DoubleDouble::sum(from.high(column)[row], from.low(column)[row]);
    const DoubleDouble product =
        row < weights.size() ? value * DoubleDouble(weights[row]) : DoubleDouble();
    to.high(to_column)[row] = product.high;
    to.low(to_column)[row] = product.low;
  }
}

DoubleDouble dot(RowBlock& a, std::size_t a_column, RowBlock& b, std::size_t b_column) {
  Lanes lanes;
  add_block_products(a, a_column, b, b_column, lanes);
  return total(lanes);
}

}  // namespace opline::analysis
