// analysis/regression/row_blocks.h - columns of a regression, a block of rows at a time, and their
// sums of products to 32 digits.
//
// A block lies in the first-level cache and column by column, so that compilers vectorise over
// rows. Sums of products are kept in eight lanes, each an exact product added with its error kept
// (Dot2: Ogita, Rump, Oishi, SIAM J. Sci. Comput. 26(6), 2005), made a double-double after every
// block. Lanes are added per chunk of rows and chunks in their order: results do not depend on the
// number of threads.
//
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "analysis/regression/design.h"

namespace opline::analysis {

inline constexpr std::size_t kBlockRows = 128;
inline constexpr std::size_t kChunkRows =
    4096;  ///< A whole number of blocks: what one thread sums.

using Extended = std::vector<DoubleDouble>;  ///< A vector, or a matrix row by row.

/// kBlockRows values of each column.
class RowBlock {
 public:
  explicit RowBlock(std::size_t columns)
      : columns_(columns),
        high_(columns * kBlockRows),
        low_(columns * kBlockRows),
        extended_(columns) {}
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] double* high(std::size_t column) { return &high_[column * kBlockRows]; }
  [[nodiscard]] double* low(std::size_t column) { return &low_[column * kBlockRows]; }
  /// Whether the column's low parts count; where they don't they are 0.
  [[nodiscard]] bool extended(std::size_t column) const { return extended_[column]; }
  void set_extended(std::size_t column) { extended_[column] = true; }
  /// Copies values; the rows beyond them become 0. `low` may be empty.
  void set(std::size_t column, std::span<const double> high, std::span<const double> low);

 private:
  std::size_t columns_;
  std::vector<double> high_, low_;
  std::vector<bool> extended_;
};

/// Where rows come from. `fill` writes rows [first, first + count), count <= kBlockRows, the rest
/// of the block 0; it is called from several threads.
struct RowSource {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::function<void(std::size_t first, std::size_t count, RowBlock& block)> fill;
  std::span<const double> weights;  ///< One a row, or empty.
};

/// The columns of a design, then y where it isn't empty.
[[nodiscard]] RowSource rows_of(const Design& design, std::span<const double> weights,
                                std::span<const double> y);

/// Sums over the rows of w c_i c_j: columns x columns, symmetric; the lower triangle is left 0.
[[nodiscard]] Extended gram_matrix(const RowSource& source, unsigned threads);

/// to += factor * column, row by row.
void add_multiple(const DoubleDouble& factor, RowBlock& from, std::size_t column, RowBlock& to,
                  std::size_t to_column);

/// to = weights * column, rows beyond `weights` 0.
void multiply(std::span<const double> weights, RowBlock& from, std::size_t column, RowBlock& to,
              std::size_t to_column);

/// Sum of a * b over the rows of a block.
[[nodiscard]] DoubleDouble dot(RowBlock& a, std::size_t a_column, RowBlock& b,
                               std::size_t b_column);

}  // namespace opline::analysis
