#include "src/base/csv.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "src/base/csv_encoding.h"
#include "src/base/csv_mistakes.h"
#include "src/base/csv_number.h"
#include "src/base/csv_scanner.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"

namespace opline {

/// Fills a table; every mistake is collected before it is refused.
class CsvTableReader {
 public:
  explicit CsvTableReader(CsvTable& table)
      : table_(table), scanner_(table.text_, {}), mistakes_(table.name_) {}

  void read() {
    read_header();
    while (scanner_.next()) read_row();
    mistakes_.throw_if_any();
    undouble_quotes();
  }

 private:
  bool has_fault() {
    if (!scanner_.fault()) return false;
    const CsvFault& fault = *scanner_.fault();
    mistakes_.add(fault.line,
                  fault.column < table_.columns_.size() ? table_.columns_[fault.column]
                                                        : std::to_string(fault.column + 1),
                  fault.message);
    return true;
  }

  void read_header() {
    if (!scanner_.next()) {
      throw Error(ErrorCode::input,
                  "{}: has no header row; the first row must name the columns, as in "
                  "\"name,ops,latency_s\"",
                  table_.name_);
    }
    table_.comments_ = scanner_.comments();
    if (has_fault()) mistakes_.throw_if_any();
    std::set<std::string> seen;
    for (const CsvField& field : scanner_.fields()) {
      std::string name = field.value();
      const std::string position = std::to_string(table_.columns_.size() + 1);
      if (name.empty()) mistakes_.add(scanner_.line(), position, "has no name; give it one");
      if (!name.empty() && !seen.insert(name).second)
        mistakes_.add(scanner_.line(), name, "already exists; rename one");
      table_.columns_.push_back(std::move(name));
    }
  }

  void read_row() {
    if (has_fault()) return;
    const std::size_t count = scanner_.fields().size();
    if (count != table_.columns_.size()) {
      mistakes_.add(scanner_.line(), "",
                    fmt::format("has {} field{} where the header has {}; write one field for each "
                                "column and put text that holds a comma in quotes",
                                count, count == 1 ? "" : "s", table_.columns_.size()));
      return;
    }
    table_.lines_.push_back(scanner_.line());
    for (const CsvField& field : scanner_.fields()) {
      if (field.doubled) doubled_.push_back(table_.fields_.size());
      table_.fields_.push_back(
          {static_cast<std::size_t>(field.text.data() - table_.text_.data()), field.text.size()});
    }
  }

  /// Only now: the scanner has read the text.
  void undouble_quotes() {
    for (const std::size_t index : doubled_) {
      CsvTable::Field& field = table_.fields_[index];
      const std::string_view text =
          std::string_view(table_.text_).substr(field.begin, field.length);
      const std::string value = CsvField{text, true, true}.value();
      value.copy(table_.text_.data() + field.begin, value.size());
      field.length = value.size();
    }
  }

  CsvTable& table_;
  CsvScanner scanner_;
  CsvMistakes mistakes_;
  std::vector<std::size_t> doubled_;  ///< Fields whose quotes are still doubled.
};

CsvTable CsvTable::from_file(const std::filesystem::path& path) {
  return from_text(read_file(path), path.string());
}

CsvTable CsvTable::from_text(std::string text, const std::string& name) {
  CsvTable table;
  table.name_ = name;
  table.text_ = decode_text(std::move(text), name, std::nullopt).text;
  CsvTableReader(table).read();
  return table;
}

bool CsvTable::has(std::string_view name) const {
  return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
}

std::size_t CsvTable::column(std::string_view name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
  throw Error(ErrorCode::input,
              "{}: has no column `{}`; there are `{}`: rename one or name another", name_, name,
              fmt::join(columns_, "`, `"));
}

std::string_view CsvTable::text(std::size_t row, std::size_t column) const {
  OPLINE_ASSERT(row < rows() && column < columns_.size(), "row {}, column {}", row, column);
  const Field& field = fields_[row * columns_.size() + column];
  return std::string_view(text_).substr(field.begin, field.length);
}

double CsvTable::number(std::size_t row, std::size_t column) const {
  const std::string_view field = text(row, column);
  const CsvNumber number = parse_csv_number(field, '.');
  if (number.fault != NumberFault::none) fail(row, column, explain(number.fault, field));
  return number.value;
}

std::uint64_t CsvTable::integer(std::size_t row, std::size_t column) const {
  const std::string_view field = text(row, column);
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (problem == std::errc::result_out_of_range)
    fail(row, column, fmt::format("is `{}`, beyond 64 bits", printable(field, 40)));
  if (problem != std::errc{} || end != field.data() + field.size()) {
    fail(row, column,
         fmt::format("is `{}`, not a whole number; write decimal digits, nothing around them",
                     printable(field, 40)));
  }
  return value;
}

std::optional<double> CsvTable::optional_number(std::size_t row, std::size_t column) const {
  if (text(row, column).empty()) return std::nullopt;
  return number(row, column);
}

std::optional<std::uint64_t> CsvTable::optional_integer(std::size_t row, std::size_t column) const {
  if (text(row, column).empty()) return std::nullopt;
  return integer(row, column);
}

std::string CsvTable::where(std::size_t row) const {
  OPLINE_ASSERT(row < rows(), "row {}", row);
  return fmt::format("{}:{}", name_, lines_[row]);
}

void CsvTable::fail(std::size_t row, std::size_t column, const std::string& message) const {
  OPLINE_ASSERT(column < columns_.size(), "column {}", column);
  throw Error(ErrorCode::input, "{}: column `{}`: {}", where(row), columns_[column], message);
}

}  // namespace opline
