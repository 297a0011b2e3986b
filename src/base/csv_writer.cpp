#include <cmath>
#include <set>

#include "src/base/csv.h"
#include "src/base/error.h"

namespace opline {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// A field that would not come back as it is: separators, quotes, what some readers take for a
/// comment wherever it stands, a byte-order mark or blanks that other readers trim.
bool needs_quotes(std::string_view field) {
  if (field.empty()) return false;
  return field.find_first_of(",\"\r\n#") != std::string_view::npos || field.front() == '\xEF' ||
         is_blank(field.front()) || is_blank(field.back());
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

std::string CsvWriter::take() {
  std::string text = str();
  out_.clear();
  return text;
}

const std::string& CsvWriter::str() const {
  OPLINE_ASSERT(in_row_ == 0, "the last row was not ended");
  return out_;
}

}  // namespace opline
