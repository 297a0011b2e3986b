// analysis/regression/reference_sets.h - NIST's certified fits, and how many digits of them are
// reproduced.
//
// The figures are data/reference/nist: NIST Statistical Reference Datasets, linear least squares
// (public domain), docs/formats/reference.md. Takes tables, reads no file.
#pragma once
#include <string>
#include <vector>

#include "src/base/csv.h"

namespace opline::analysis {

/// The digits that a figure must agree to.
inline constexpr double kAimDigits = 11;
inline constexpr double kFilipAimDigits =
    9;  ///< Its columns are so alike that the data's rounding to doubles shows.

/// One set: how many digits agree, at least. Log relative error -log10(|found - certified| /
/// |certified|), at most 15; where 0 is certified, -log10(|found|).
struct ReferenceResult {
  std::string name;
  std::size_t rows = 0;
  std::size_t coefficients = 0;
  double estimates = 0;            ///< The worst coefficient.
  double standard_deviations = 0;  ///< The worst coefficient.
  double residual_deviation = 0;
  double r_squared = 0;
  double condition = 1;  ///< Of the columns, scaled (LinearModel::condition).
  double aim = 0;        ///< kAimDigits, or kFilipAimDigits.
  [[nodiscard]] double worst() const;
  [[nodiscard]] bool reached() const { return worst() >= aim; }
};

/// Digits of agreement, as above; 0 when none agrees.
[[nodiscard]] double digits_of_agreement(double found, double certified);

/// Names of the sets, in the order of `certified`'s first column `data_set`.
[[nodiscard]] std::vector<std::string> reference_names(const CsvTable& certified);

/// Fits the set `name` on `data` (columns y and x, or y and x1, x2 ...) and compares. Throws
/// Error{input} naming it where a table is not as documented.
[[nodiscard]] ReferenceResult check_reference(const CsvTable& certified, const std::string& name,
                                              const CsvTable& data);

}  // namespace opline::analysis
