// src/base/csv_number.h - decimal numbers as people and spreadsheets write them.
//
// Number: [+-] digits [mark digits] [e[+-]digits]. Thousands separators are accepted where they can
// be nothing else: groups of three digits behind a first group of one to three, the same separator
// throughout, none in front of a leading 0, no exponent. They are the mark that is not the decimal
// mark, a space (also no-break or thin) or an apostrophe. Conversion is correctly rounded
// (std::from_chars). "1,234" is 1234 with a decimal point and 1.234 with a decimal comma; which of
// them the file has is decided by all its numbers (decimal_evidence).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace opline {

enum class NumberFault {
  none,
  not_a_number,
  not_finite,    ///< inf, nan.
  out_of_range,  ///< Beyond what a double holds, or so small that it would become 0.
  other_mark,    ///< A number with the other decimal mark.
};

struct CsvNumber {
  double value = 0;  ///< Finite; 0 when there is a fault.
  NumberFault fault = NumberFault::none;
};

/// The whole of `field` as a number with the decimal mark `decimal` ('.' or ',').
[[nodiscard]] CsvNumber parse_csv_number(std::string_view field, char decimal);

/// What is wrong with `field` and what to do: "is `1,5`, a number with a decimal comma; ...".
[[nodiscard]] std::string explain(NumberFault fault, std::string_view field);

/// What a field tells about the decimal mark of its file.
enum class DecimalEvidence {
  none,           ///< No mark, or not a number.
  point,          ///< A number with a decimal point only: 0.5, 12.34, 1,234.5, 1,234,567.
  comma,          ///< A number with a decimal comma only: 0,5, 12,34, 1.234,5, 1.234.567.
  point_or_1000,  ///< "1.234".
  comma_or_1000,  ///< "1,234".
};
[[nodiscard]] DecimalEvidence decimal_evidence(std::string_view field);

}  // namespace opline
