#include "src/base/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "src/base/error.h"
#include "src/base/files.h"

namespace opline {

/// Splits the text of a table once, from front to back; quoted fields are unescaped where they
/// stand.
class CsvParser {
 public:
  explicit CsvParser(CsvTable& table) : table_(table), text_(table.text_) {}

  void parse() {
    reject_other_encodings();
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    read_comments();
    read_header();
    while (skip_empty_lines()) read_row();
  }

 private:
  using Field = CsvTable::Field;

  [[noreturn]] void fail(std::size_t line, const std::string& message) const {
    throw Error(ErrorCode::input, "{}:{}: {}", table_.name_, line, message);
  }

  void reject_other_encodings() const {
    if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
      fail(1, "is UTF-16; save the table as UTF-8");
    }
    if (const std::size_t zero = text_.find('\0'); zero != std::string::npos) {
      const auto end = text_.begin() + static_cast<std::ptrdiff_t>(zero);
      fail(1 + static_cast<std::size_t>(std::count(text_.begin(), end, '\n')),
           "holds a zero byte; a CSV file is text, save the table as UTF-8");
    }
  }

  [[nodiscard]] bool done() const { return at_ >= text_.size(); }

  /// Consumes a line break if one is here.
  bool line_break() {
    if (done()) return false;
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    if (text_[at_] != '\n') return false;
    ++at_;
    ++line_;
    return true;
  }

  /// False at the end of the text.
  bool skip_empty_lines() {
    while (line_break()) {
    }
    return !done();
  }

  void read_comments() {
    while (skip_empty_lines() && text_[at_] == '#') {
      const std::size_t end = std::min(text_.find('\n', at_), text_.size());
      std::string comment = text_.substr(at_ + 1, end - at_ - 1);
      if (comment.ends_with('\r')) comment.pop_back();
      if (comment.starts_with(' ')) comment.erase(0, 1);
      table_.comments_.push_back(std::move(comment));
      at_ = end;
    }
  }

  void read_header() {
    if (done())
      fail(line_,
           "has no header row; the first row must name the columns, as in \"name,ops,latency_s\"");
    const std::size_t line = line_;
    read_fields();
    std::set<std::string> seen;
    for (const Field& field : row_) {
      const std::string name = text_.substr(field.begin, field.length);
      if (name.empty())
        fail(line, fmt::format("column {} has no name; give it one", table_.columns_.size() + 1));
      if (!seen.insert(name).second)
        fail(line, fmt::format("column `{}` is there twice; rename one", name));
      table_.columns_.push_back(name);
    }
  }

  void read_row() {
    const std::size_t line = line_;
    read_fields();
    const std::size_t wanted = table_.columns_.size();
    if (row_.size() != wanted) {
      fail(line, fmt::format(
                     "has {} field{} where the header has {}; {}", row_.size(),
                     row_.size() == 1 ? "" : "s", wanted,
                     "write one field for each column and put text that holds a comma in quotes"));
    }
    table_.lines_.push_back(line);
    table_.fields_.insert(table_.fields_.end(), row_.begin(), row_.end());
  }

  /// Fills row_ with the fields up to and with the line break.
  void read_fields() {
    row_.clear();
    while (true) {
      row_.push_back(!done() && text_[at_] == '"' ? quoted() : plain());
      if (done() || line_break()) return;
      if (text_[at_] != ',') fail_after_field();
      ++at_;
    }
  }

  [[noreturn]] void fail_after_field() const {
    const std::string place = column_name();
    if (text_[at_] == '"') {
      fail(line_, place +
                      ": a quote inside a field without quotes; put the field in quotes and double "
                      "the quote");
    }
    if (text_[at_] == '\r') {
      fail(line_, place +
                      ": a carriage return without a line feed; save the table with LF or CRLF "
                      "line breaks");
    }
    fail(line_, place + ": text after the closing quote; double a quote that belongs to the field");
  }

  /// The column of the field read last, for messages.
  [[nodiscard]] std::string column_name() const {
    const std::size_t index = row_.size() - 1;
    if (index < table_.columns_.size()) return fmt::format("column `{}`", table_.columns_[index]);
    return fmt::format("column {}", index + 1);
  }

  Field plain() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(",\"\r\n", at_), text_.size());
    return {begin, at_ - begin};
  }

  Field quoted() {
    const std::size_t opened = line_;
    const std::size_t begin = ++at_;
    std::size_t end = begin;
    while (true) {
      if (done()) fail(opened, "a quote is opened here and never closed; close it or double it");
      const char c = text_[at_++];
      if (c == '"') {
        if (done() || text_[at_] != '"') return {begin, end - begin};
        ++at_;
      }
      if (c == '\n') ++line_;
      text_[end++] = c;
    }
  }

  CsvTable& table_;
  std::string& text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::vector<Field> row_;
};

CsvTable CsvTable::from_file(const std::filesystem::path& path) {
  return from_text(read_file(path), path.string());
}

CsvTable CsvTable::from_text(std::string text, const std::string& name) {
  CsvTable table;
  table.name_ = name;
  table.text_ = std::move(text);
  CsvParser(table).parse();
  return table;
}

bool CsvTable::has(std::string_view name) const {
  return std::find(columns_.begin(), columns_.end(), name) != columns_.end();
}

std::size_t CsvTable::column(std::string_view name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  if (found != columns_.end()) return static_cast<std::size_t>(found - columns_.begin());
  if (columns_.size() == 1 && columns_[0].find_first_of(";\t") != std::string::npos) {
    throw Error(
        ErrorCode::input,
        "{}: has no column `{}`: its header is the one field `{}`; separate fields by commas",
        name_, name, columns_[0]);
  }
  throw Error(ErrorCode::input,
              "{}: has no column `{}`; there are `{}`: rename one or name another", name_, name,
              fmt::join(columns_, "`, `"));
}

namespace {

/// A field as messages show it: not the megabyte that a forgotten quote makes of it.
std::string shown(std::string_view field) {
  constexpr std::size_t most = 40;
  return field.size() <= most ? std::string(field) : std::string(field.substr(0, most)) + "...";
}

}  // namespace

std::string_view CsvTable::text(std::size_t row, std::size_t column) const {
  OPLINE_ASSERT(row < rows() && column < columns_.size(), "row {}, column {}", row, column);
  const Field& field = fields_[row * columns_.size() + column];
  return std::string_view(text_).substr(field.begin, field.length);
}

double CsvTable::number(std::size_t row, std::size_t column) const {
  const std::string_view field = text(row, column);
  double value = 0;
  const auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (problem == std::errc::result_out_of_range) {
    fail(row, column,
         fmt::format("is `{}`, which is beyond what a double holds; use another unit",
                     shown(field)));
  }
  if (problem != std::errc{} || end != field.data() + field.size()) {
    fail(row, column,
         fmt::format("is `{}`, not a number; write it as 1234.5 or 1.2e-3, nothing around it",
                     shown(field)));
  }
  if (!std::isfinite(value))
    fail(row, column,
         fmt::format("is `{}`; it must be finite, or leave the row out", shown(field)));
  return value;
}

std::uint64_t CsvTable::integer(std::size_t row, std::size_t column) const {
  const std::string_view field = text(row, column);
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (problem == std::errc::result_out_of_range)
    fail(row, column, fmt::format("is `{}`, beyond 64 bits", shown(field)));
  if (problem != std::errc{} || end != field.data() + field.size()) {
    fail(row, column,
         fmt::format("is `{}`, not a whole number; write decimal digits, nothing around them",
                     shown(field)));
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

namespace {

/// A field that would not come back as it is: separators, quotes, what looks like a comment, a
/// byte-order mark or blanks that other readers trim.
bool needs_quotes(std::string_view field) {
  if (field.empty()) return false;
  return field.find_first_of(",\"\r\n") != std::string_view::npos || field.front() == '#' ||
         field.front() == '\xEF' || field.front() == ' ' || field.back() == ' ';
}

}  // namespace

CsvWriter::CsvWriter(const std::vector<std::string>& columns,
                     const std::vector<std::string>& comments)
    : columns_(columns.size()) {
  OPLINE_ASSERT(!columns.empty(), "a table needs a column");
  const std::set<std::string> distinct(columns.begin(), columns.end());
  OPLINE_ASSERT(distinct.size() == columns.size() && !distinct.contains(""),
                "columns need names of their own");
  for (const std::string& comment : comments) {
    OPLINE_ASSERT(comment.find_first_of("\r\n") == std::string::npos, "a comment is one line");
    out_ += comment.empty() ? "#\n" : "# " + comment + "\n";
  }
  for (const std::string& name : columns) text(name);
  end_row();
}

void CsvWriter::raw(std::string_view field) {
  OPLINE_ASSERT(in_row_ < columns_, "the row has {} fields already", columns_);
  if (in_row_++ > 0) out_ += ',';
  out_ += field;
}

CsvWriter& CsvWriter::text(std::string_view value) {
  OPLINE_ASSERT(value.find('\0') == std::string_view::npos, "a zero byte in a CSV field");
  if (value.empty() && columns_ == 1) {
    raw("\"\"");  // an empty line would not be a row
  } else if (!needs_quotes(value)) {
    raw(value);
  } else {
    std::string quoted = "\"";
    for (const char c : value) quoted.append(c == '"' ? 2 : 1, c);
    raw(quoted + '"');
  }
  return *this;
}

CsvWriter& CsvWriter::number(std::optional<double> value) {
  if (!value) return text("");
  OPLINE_ASSERT(std::isfinite(*value), "a number that CSV cannot hold");
  raw(fmt::format("{}", *value));
  return *this;
}

CsvWriter& CsvWriter::integer(std::optional<std::uint64_t> value) {
  if (!value) return text("");
  raw(fmt::format("{}", *value));
  return *this;
}

void CsvWriter::end_row() {
  OPLINE_ASSERT(in_row_ == columns_, "the row has {} of {} fields", in_row_, columns_);
  out_ += '\n';
  in_row_ = 0;
}

const std::string& CsvWriter::str() const {
  OPLINE_ASSERT(in_row_ == 0, "the last row was not ended");
  return out_;
}

}  // namespace opline
