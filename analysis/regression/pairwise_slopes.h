// analysis/regression/pairwise_slopes.h - order statistics of the slopes between all pairs of
// points, without listing them.
//
// Seen from slope t the points stand in the order of y - t x. A pair with x_i < x_j changes places
// where t passes its slope; so the slopes in (a, b] are the inversions between the orders at a and
// b, which merge sort counts, lists and samples in O(n log n). A random sample of the slopes in an
// interval brackets the wanted one in a share of about 3 / sqrt(n) of them; after two or three
// rounds few enough are left to list. Matousek, "Randomized optimal algorithm for slope selection",
// IPL 39, 1991; Dillencourt, Mount, Netanyahu, Int. J. Comput. Geometry Appl. 2, 1992. The result
// doesn't depend on the sample. y - t x is formed in double-double: doubles would misplace near
// ties.
//
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numerics/double_double.h"

namespace opline::analysis {

class PairwiseSlopes {
 public:
  /// Finite values, x and y of one size < 2^32.
  PairwiseSlopes(std::span<const double> x, std::span<const double> y);

  /// Pairs with different x.
  [[nodiscard]] std::uint64_t count() const { return count_; }

  struct Selected {
    double value = 0;
    std::optional<double> next;  ///< The slope of rank `rank` + 1 where it was at hand.
  };
  /// The slope of rank `rank` < count(), from 0 in increasing order. Slopes that differ by rounding
  /// only (4 units in the last place) may change places. Throws Error{input} when slopes leave the
  /// range of a double.
  [[nodiscard]] Selected select(std::uint64_t rank) const;

 private:
  struct Point {
    double x = 0, y = 0;
    DoubleDouble at;  ///< y - t x.
  };
  /// A slope to look from: pairs of slope `t` itself are before it (`inclusive`) or behind it.
  struct View {
    double t = 0;
    bool inclusive = true;
  };
  static View just_below(double slope);
  static View just_above(double slope);
  static void look(std::vector<Point>& points, double t);
  [[nodiscard]] std::uint64_t count_up_to(const View& view) const;
  /// Slopes between two views: those of the given places (ascending) among them, or all of them.
  /// The order of places is the algorithm's own.
  [[nodiscard]] std::vector<double> slopes(
      const View& low, const View& high,
      const std::optional<std::vector<std::uint64_t>>& places) const;

  std::vector<Point> points_;  ///< By x, then y.
  std::uint64_t count_ = 0;
};

}  // namespace opline::analysis
