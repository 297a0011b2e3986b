// src/evaluation/table/decimal_mark.h - whether a table's numbers have a decimal point or a comma.
#pragma once
#include <cstddef>
#include <span>
#include <string>

#include "src/base/csv_scanner.h"

namespace opline::evaluation {

/// The first number in `columns` that can be read with one mark only (0.5, 12.34, 1,234.5; or 0,5)
/// decides. Where none does, "1.234" and "1,234" are left: with `;` as separator "1,234" has a
/// decimal comma, because programs that separate by semicolons do so where the comma is the decimal
/// mark; with any other separator "1.234" has a decimal point. What remains ("1.234" in a file with
/// semicolons, "1,234" in one without, or both) is an Error{input} that names the first of them and
/// the option. Without any mark: a point. `rows`: a scanner below the header.
[[nodiscard]] char detect_decimal(CsvScanner rows, char separator,
                                  std::span<const std::size_t> columns, const std::string& file);

}  // namespace opline::evaluation
