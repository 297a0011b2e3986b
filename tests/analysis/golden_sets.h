// tests/analysis/golden_sets.h - the six data sets that R's goldens are made of (data/goldens.R),
// and comparing with them.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "analysis/regression/design.h"
#include "analysis/regression/reference_sets.h"
#include "src/base/csv.h"

namespace opline::analysis {

inline const std::string kGoldenFolder = OPLINE_SOURCE_DIR "/tests/analysis/data/";

struct GoldenSet {
  std::vector<double> y, x1, x2;  ///< x2 is empty where the set has one column.
  [[nodiscard]] Design design(Intercept intercept = Intercept::with) const {
    Design columns(y.size(), intercept);
    columns.add("x1", x1);
    if (!x2.empty()) columns.add("x2", x2);
    return columns;
  }
};

inline std::map<std::string, GoldenSet> golden_sets() {
  std::map<std::string, GoldenSet> sets;
  const CsvTable data = CsvTable::from_file(kGoldenFolder + "diagnostics_data.csv");
  for (std::size_t row = 0; row < data.rows(); ++row) {
    GoldenSet& set = sets[std::string(data.text(row, 0))];
    set.y.push_back(data.number(row, 1));
    set.x1.push_back(data.number(row, 2));
    if (const auto x2 = data.optional_number(row, 3)) set.x2.push_back(*x2);
  }
  EXPECT_EQ(sets.size(), 6U);
  return sets;
}

/// Figures of a set: a name, and one or several values.
using Figures = std::map<std::string, std::vector<double>>;

/// Compares with every row of a table (set, quantity, row from 1, value); returns how many there
/// were.
inline std::size_t expect_digits(const std::string& file,
                                 const std::map<std::string, Figures>& found, double digits) {
  const CsvTable goldens = CsvTable::from_file(kGoldenFolder + file);
  for (std::size_t row = 0; row < goldens.rows(); ++row) {
    const std::string set(goldens.text(row, 0)), quantity(goldens.text(row, 1));
    const double value = found.at(set).at(quantity).at(goldens.integer(row, 2) - 1);
    EXPECT_GE(digits_of_agreement(value, goldens.number(row, 3)), digits)
        << goldens.where(row) << " " << quantity << " " << value;
  }
  return goldens.rows();
}

}  // namespace opline::analysis
