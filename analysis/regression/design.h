// analysis/regression/design.h - the columns a linear model is fitted on.
//
// A column is a name and one value per row. Values may carry about 32 digits (double_double.h):
// powers and products of columns are formed exactly enough that x^10 is known to 31 digits. Rounded
// to a double, such powers limit what any fit can tell (NIST's Filip: to 7.6 digits).
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/numerics/double_double.h"

namespace opline::analysis {

enum class Intercept { with, without };

/// Columns x rows. An intercept is column 0 and named "intercept".
class Design {
 public:
  /// `rows` >= 1.
  explicit Design(std::size_t rows, Intercept intercept = Intercept::with);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t columns() const {
    return columns_.size();
  }  ///< The intercept included.
  [[nodiscard]] bool has_intercept() const { return intercept_ == Intercept::with; }
  [[nodiscard]] const std::string& name(std::size_t column) const {
    return columns_.at(column).name;
  }
  /// Position of the column `name`. Throws Error{input} that lists the columns there are.
  [[nodiscard]] std::size_t column(const std::string& name) const;

  /// One value; row < rows(), column < columns() (unchecked).
  [[nodiscard]] DoubleDouble at(std::size_t row, std::size_t column) const;
  /// The two parts of a column's values; the low one is empty where every value is a double.
  [[nodiscard]] std::span<const double> high(std::size_t column) const {
    return columns_[column].high;
  }
  [[nodiscard]] std::span<const double> low(std::size_t column) const {
    return columns_[column].low;
  }
  /// One column, rounded to doubles.
  [[nodiscard]] std::vector<double> values(std::size_t column) const;

  /// Each adds at the end and returns the design. Throws Error{input} when there is another number
  /// of values than rows, a name is taken or a value is NaN or infinite.
  Design& add(const std::string& name, std::span<const double> values);
  Design& add(const std::string& name, std::span<const DoubleDouble> values);
  /// x, x^2 ... x^degree, named `name`, `name`^2 ...; degree >= 1. The powers are formed in
  /// double-double.
  Design& add_powers(const std::string& name, std::span<const double> values, unsigned degree);
  /// The product of two columns, named "a*b" ("a^2" for a column with itself).
  Design& add_product(std::size_t a, std::size_t b);

 private:
  struct Column {
    std::string name;
    std::vector<double> high;
    std::vector<double> low;  ///< Empty when every value is a double.
  };
  void add_column(Column column);

  std::size_t rows_;
  Intercept intercept_;
  std::vector<Column> columns_;
};

}  // namespace opline::analysis
