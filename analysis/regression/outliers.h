// analysis/regression/outliers.h - rows that no line through the others explains: slips of units,
// typing errors, broken measurements.
//
// Least squares cannot look for them: one row x1000 carries the line away and hides. The line here
// is Theil and Sen's (theil_sen.h), which up to 29 % of the rows do not move. Residuals are divided
// by their usual size at that prediction (fit_spread(), spread.h, where a row far off counts
// little) and rows more than six standard deviations off are named: of normal residuals that is one
// row in 500 million, of t residuals with 3 degrees of freedom one in 270. Where more than a tenth
// of the rows are that far off they are not outliers but a second population, and none is named.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace opline::analysis {

struct OutlierOptions {
  double deviations = 6;  ///< > 0: standard deviations from the line.
  double least_share =
      0.05;                ///< And at least this share of the prediction: smaller ones do no harm.
  double most_rows = 0.1;  ///< Share of the rows that may be outliers.
  std::size_t line_rows = 5000;  ///< >= 3: the line is put through at most so many rows, evenly
                                 ///< spread over the table.
};

struct Outlier {
  std::size_t row = 0;           ///< 0-based.
  double measured = 0;           ///< Its y.
  double expected = 0;           ///< What the resistant line says.
  double deviations = 0;         ///< (measured - expected) / standard deviation at `expected`.
  std::optional<double> factor;  ///< measured / expected; none where that is not above 0.
  /// The power of ten that the factor is within 25 % of: 3, 6, 9 or -3, -6, -9. Milliseconds taken
  /// for seconds are 3; ops in thousands are -3 where y is right. None else.
  std::optional<int> unit_power;
};

struct OutlierSearch {
  double slope = 0, intercept = 0;  ///< The resistant line.
  std::vector<Outlier> outliers;    ///< Largest |deviations| first.
  std::size_t far_rows = 0;         ///< Rows beyond the limits, named or not.
  bool too_many = false;            ///< far_rows above most_rows: none is named.
  /// All k outliers are among the 2 k largest or the 2 k smallest x, on one side of the line, and
  /// none looks like a slip of units: as the end of a bend does.
  bool at_end = false;
};

/// Two populations, one of them in another unit.
struct UnitMixture {
  int power = 3;                  ///< 3, 6 or 9: `rows` are about 10^power times the others.
  std::vector<std::size_t> rows;  ///< 0-based, in order.
};
/// Whether some rows are in another unit, however many: sorted by y / x, rows on the two sides of
/// the widest gap are about 10^3, 10^6 or 10^9 apart (within 25 %) in the median of y over the
/// resistant line through the lower side. Nothing where that is not so, for fewer than 3 rows on
/// either side, a gap below 10, or an x or y that is not above 0. Costs and errors as
/// find_outliers().
[[nodiscard]] std::optional<UnitMixture> find_unit_mixture(std::span<const double> x,
                                                           std::span<const double> y,
                                                           std::size_t line_rows = 5000);

/// Nothing for fewer than 8 rows or one x (of the rows looked at). O(n + line_rows log^2). Throws
/// Error{input} for unequal lengths, values that are not finite and options out of range.
[[nodiscard]] std::optional<OutlierSearch> find_outliers(std::span<const double> x,
                                                         std::span<const double> y,
                                                         const OutlierOptions& options = {});

}  // namespace opline::analysis
