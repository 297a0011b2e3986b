// analysis/numerics/rank_statistics.h - does the proxy put networks in the order that latency
// puts them in?
//
// A search compares candidates; what counts for it is order, not distance. Every figure here
// depends on the order of x and of y alone (the misorder bins also on the ratios of x). Ties are
// exact comparisons of doubles. Data: pairs (x, y), for opline (ops, latency); any unit. Fewer than
// 2 pairs, or a column without any two different values, give no figure. Throws Error{input} when x
// and y differ in length or a value is NaN or infinite.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace opline::analysis {

/// The n (n - 1) / 2 pairs of rows, each in exactly one class. n < 2^32.
struct PairCounts {
  std::uint64_t concordant = 0;  ///< x and y differ, in the same direction.
  std::uint64_t discordant = 0;  ///< x and y differ, in opposite directions.
  std::uint64_t tied_x = 0;      ///< Same x, different y.
  std::uint64_t tied_y = 0;      ///< Different x, same y.
  std::uint64_t tied_both = 0;   ///< Same x and same y.
  [[nodiscard]] std::uint64_t total() const {
    return concordant + discordant + tied_x + tied_y + tied_both;
  }
};

/// Counts by merge sort in O(n log n): Knight, "A computer method for calculating Kendall's tau
/// with ungrouped data", JASA 61(314), 1966.
[[nodiscard]] PairCounts count_pairs(std::span<const double> x, std::span<const double> y);

/// (C - D) / sqrt((C + D + tied_x)(C + D + tied_y)), in [-1, 1]: Kendall, "The treatment of ties in
/// ranking problems", Biometrika 33(3), 1945. O(n log n).
[[nodiscard]] std::optional<double> kendall_tau_b(std::span<const double> x,
                                                  std::span<const double> y);

/// Ranks from 1; equal values share the mean of the ranks they take up. O(n log n).
[[nodiscard]] std::vector<double> mid_ranks(std::span<const double> values);

/// Pearson's correlation of the mid-ranks, in [-1, 1] (Kendall and Gibbons, Rank Correlation
/// Methods, 5th ed.); sums in double-double. O(n log n).
[[nodiscard]] std::optional<double> spearman_rho(std::span<const double> x,
                                                 std::span<const double> y);

/// Pairs whose relative difference in x, (larger - smaller) / smaller, is in [from, to).
struct MisorderBin {
  double from = 0;
  std::optional<double> to;  ///< None: the bin has no upper end.
  std::uint64_t pairs = 0;   ///< Pairs with different x in the bin.
  std::uint64_t misordered =
      0;  ///< Of them: the one with the larger x has the smaller y. Equal y are not misordered.
  /// misordered / pairs; none for an empty bin.
  [[nodiscard]] std::optional<double> rate() const;
};

struct Misorder {
  std::uint64_t same_x = 0;  ///< Pairs that x cannot order; they are in no bin.
  MisorderBin all;           ///< Every pair with different x.
  std::vector<MisorderBin> bins;
};

/// Share of pairs that x puts in another order than y does, against their relative difference in x.
/// `edges` increase strictly, each finite and above 0; k edges make k + 1 bins, from 0 to without
/// end. The default is from "1 % more ops" to "twice the ops". x above 0. O(bins x n log n). Throws
/// Error{input} also for other edges or x.
[[nodiscard]] Misorder misorder(std::span<const double> x, std::span<const double> y,
                                const std::vector<double>& edges = {0.01, 0.02, 0.05, 0.1, 0.2, 0.5,
                                                                    1});

/// The quantile `probability` (in [0, 1]) of increasing values, at least one: linear between order
/// statistics, the first at 0 and the last at 1 (type 7 of Hyndman and Fan, The American
/// Statistician 50(4), 1996; R's and numpy's default).
[[nodiscard]] double quantile_of_sorted(std::span<const double> sorted, double probability);

}  // namespace opline::analysis
