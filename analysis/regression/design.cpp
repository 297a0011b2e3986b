#include "analysis/regression/design.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.h"

namespace opline::analysis {

Design::Design(std::size_t rows, Intercept intercept) : rows_(rows), intercept_(intercept) {
  OPLINE_ASSERT(rows >= 1, "a design without rows");
  if (has_intercept()) columns_.push_back({"intercept", std::vector<double>(rows, 1.0), {}});
}

std::size_t Design::column(const std::string& name) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name == name) return i;
    names.push_back(columns_[i].name);
  }
  throw Error(ErrorCode::input, "linear model: there is no column `{}`; there are {}", name,
              fmt::join(names, ", "));
}

DoubleDouble Design::at(std::size_t row, std::size_t column) const {
  const Column& from = columns_[column];
  return from.low.empty() ? DoubleDouble(from.high[row])
                          : DoubleDouble::sum(from.high[row], from.low[row]);
}

std::vector<double> Design::values(std::size_t column) const { return columns_.at(column).high; }

void Design::add_column(Column column) {
  if (column.high.size() != rows_) {
    throw Error(ErrorCode::input,
                "linear model: column `{}` has {} values, the design {} rows; give one per row",
                column.name, column.high.size(), rows_);
  }
  for (const Column& other : columns_) {
    if (other.name != column.name) continue;
    throw Error(ErrorCode::input, "linear model: a second column `{}`; give each a name of its own",
                column.name);
  }
  const auto bad = std::find_if_not(column.high.begin(), column.high.end(),
                                    [](double value) { return std::isfinite(value); });
  if (bad != column.high.end()) {
    throw Error(ErrorCode::input,
                "linear model: column `{}`, value {} of {} is {}; leave out rows that are not "
                "known, or use "
                "other units",
                column.name, bad - column.high.begin() + 1, rows_, *bad);
  }
  columns_.push_back(std::move(column));
}

Design& Design::add(const std::string& name, std::span<const double> values) {
  add_column({name, {values.begin(), values.end()}, {}});
  return *this;
}

Design& Design::add(const std::string& name, std::span<const DoubleDouble> values) {
  Column column{name, {}, {}};
  for (const DoubleDouble& value : values) {
    column.high.push_back(value.high);
    column.low.push_back(value.low);
  }
  if (std::all_of(column.low.begin(), column.low.end(), [](double low) { return low == 0; }))
    column.low.clear();
  add_column(std::move(column));
  return *this;
}

Design& Design::add_powers(const std::string& name, std::span<const double> values,
                           unsigned degree) {
  OPLINE_ASSERT(degree >= 1, "a polynomial of degree {}", degree);
  add(name, values);
  std::vector<DoubleDouble> power(values.begin(), values.end());
  for (unsigned exponent = 2; exponent <= degree; ++exponent) {
    for (std::size_t row = 0; row < rows_; ++row)
      power[row] = power[row] * DoubleDouble(values[row]);
    add(fmt::format("{}^{}", name, exponent), power);
  }
  return *this;
}

Design& Design::add_product(std::size_t a, std::size_t b) {
  std::vector<DoubleDouble> product;
  product.reserve(rows_);
  for (std::size_t row = 0; row < rows_; ++row) product.push_back(at(row, a) * at(row, b));
  return add(a == b ? name(a) + "^2" : name(a) + "*" + name(b), product);
}

}  // namespace opline::analysis
