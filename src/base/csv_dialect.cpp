#include "src/base/csv_dialect.h"

#include <algorithm>

#include "src/base/csv_number.h"
#include "src/base/csv_scanner.h"
#include "src/base/error.h"

namespace opline {
namespace {

bool is_separator(char c) {
  return std::find(kCsvSeparators.begin(), kCsvSeparators.end(), c) != kCsvSeparators.end();
}

/// Excel's first line "sep=;", also in quotes: sets begin, first_line and separator. Whether it is
/// there.
bool read_separator_line(CsvText& file) {
  const std::string_view text = file.text;
  const bool quoted = text.starts_with("\"sep=");
  const std::size_t at = quoted ? 5 : 4;
  if ((!quoted && !text.starts_with("sep=")) || text.size() <= at || !is_separator(text[at]))
    return false;
  std::size_t end = at + 1;
  if (quoted && end < text.size() && text[end] == '"') ++end;
  if (end < text.size() && text[end] != '\r' && text[end] != '\n') return false;
  if (text.substr(end).starts_with("\r\n")) ++end;
  file.begin = std::min(end + 1, text.size());
  file.first_line = 2;
  file.separator = text[at];
  return true;
}

/// Fields of the header and how many of the first rows have as many.
struct Fit {
  std::size_t columns = 0;
  std::size_t rows = 0;
};

Fit fit_of(const CsvText& file, char separator) {
  constexpr std::size_t rows_looked_at = 100;
  CsvScanner scanner(file.body(), {.separator = separator}, file.first_line);
  if (!scanner.next()) return {};
  Fit fit{scanner.fields().size(), 0};
  for (std::size_t row = 0; row < rows_looked_at && scanner.next(); ++row) {
    if (!scanner.fault() && scanner.fields().size() == fit.columns) ++fit.rows;
  }
  return fit;
}

void detect_separator(CsvText& file, const std::string& name) {
  std::string candidates;
  std::string best;
  std::size_t most_rows = 0;
  for (const char separator : kCsvSeparators) {
    const Fit fit = fit_of(file, separator);
    if (fit.columns < 2) continue;
    candidates += separator;
    if (best.empty() || fit.rows > most_rows) best.clear();
    if (best.empty() || fit.rows == most_rows) best += separator;
    most_rows = std::max(most_rows, fit.rows);
  }
  if (candidates.size() > 1) {
    if (best.size() > 1) {
      throw Error(ErrorCode::input,
                  "{}: the separator is not clear: {} and {} divide the header and the first rows "
                  "equally well; give it (--sep)",
                  name, separator_name(best[0]), separator_name(best[1]));
    }
    file.separator = best[0];
  } else if (!candidates.empty()) {
    file.separator = candidates[0];
  }
}

}  // namespace

std::vector<std::string> default_missing_values() {
  return {"NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "-"};
}

char parse_separator(std::string_view text) {
  if (text.size() == 1 && is_separator(text[0])) return text[0];
  if (text == "comma") return ',';
  if (text == "semicolon") return ';';
  if (text == "tab" || text == "\\t") return '\t';
  if (text == "pipe") return '|';
  throw Error(ErrorCode::usage, "`{}` is not a known separator; use one of `,` `;` `|` tab", text);
}

char parse_decimal(std::string_view text) {
  if (text == "." || text == "point") return '.';
  if (text == "," || text == "comma") return ',';
  throw Error(ErrorCode::usage, "`{}` is not a decimal mark; use `.` or `,`", text);
}

std::vector<std::string> parse_missing_values(std::string_view text) {
  std::vector<std::string> values;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view value = text.substr(0, comma);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    if (!value.empty()) values.emplace_back(value);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return values;
}

std::string separator_name(char separator) {
  return separator == '\t' ? "tab" : fmt::format("`{}`", separator);
}

CsvText open_csv(std::string bytes, const std::string& name, const CsvOptions& options) {
  CsvText file;
  DecodedText decoded = decode_text(std::move(bytes), name, options.encoding);
  file.text = std::move(decoded.text);
  file.encoding = decoded.encoding;
  const bool stated = read_separator_line(file);
  if (options.separator) {
    file.separator = *options.separator;
  } else if (!stated) {
    detect_separator(file, name);
  }
  return file;
}

}  // namespace opline
