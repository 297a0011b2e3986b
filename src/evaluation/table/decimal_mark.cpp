#include "src/evaluation/table/decimal_mark.h"

#include <optional>

#include "src/base/csv_number.h"
#include "src/base/error.h"

namespace opline::evaluation {
namespace {

/// A number that has either mark.
struct Unclear {
  std::size_t line;
  std::string text;
};

[[noreturn]] void refuse(const Unclear& number, const std::string& file) {
  std::string digits = number.text;
  std::erase_if(digits, [](char c) { return c == '.' || c == ','; });
  throw Error(ErrorCode::input,
              "{}:{}: `{}` may have a decimal mark or be {}, and no other number of the table "
              "decides; give the decimal mark (--decimal)",
              file, number.line, number.text, digits);
}

}  // namespace

char detect_decimal(CsvScanner rows, char separator, std::span<const std::size_t> columns,
                    const std::string& file) {
  std::optional<Unclear> point, comma;
  while (rows.next()) {
    if (rows.fault()) continue;
    for (const std::size_t column : columns) {
      if (column >= rows.fields().size()) continue;
      const std::string_view field = rows.fields()[column].text;
      switch (decimal_evidence(field)) {
        case DecimalEvidence::none:
          break;
        case DecimalEvidence::point:
          return '.';
        case DecimalEvidence::comma:
          return ',';
        case DecimalEvidence::point_or_1000:
          if (!point) point = {rows.line(), std::string(field)};
          break;
        case DecimalEvidence::comma_or_1000:
          if (!comma) comma = {rows.line(), std::string(field)};
          break;
      }
    }
  }
  const bool semicolons = separator == ';';
  if (point && (comma || semicolons)) refuse(*point, file);
  if (comma && !semicolons) refuse(*comma, file);
  return comma ? ',' : '.';
}

}  // namespace opline::evaluation
