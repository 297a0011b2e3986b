// src/base/csv_scanner.h - CSV text split into records and fields, one record at a time.
//
// Syntax: RFC 4180 with any of the separators of csv_dialect.h, and what other programs write:
// line breaks LF, CRLF or CR, also inside quotes; blanks around fields; empty lines; lines that
// start with '#', anywhere, are comments (unless their first field is a missing value such as
// #N/A). A quote inside a field without quotes, text after a closing quote and a quote that is
// never closed are faults of that line: the scan continues with the next line, so that one
// forgotten quote does not swallow the rest of the file. No allocation per field; O(text).
//
//   CsvScanner scanner(text, dialect);
//   while (scanner.next()) use(scanner.line(), scanner.fields());
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/csv_dialect.h"

namespace opline {

/// A field without its quotes and without blanks around it.
struct CsvField {
  std::string_view text;  ///< Part of the scanned text.
  bool quoted = false;
  bool doubled = false;  ///< Quotes in `text` are still doubled; value() gives the field.

  /// The field itself.
  [[nodiscard]] std::string value() const;
};

/// Why a record could not be split.
struct CsvFault {
  std::size_t line = 0;    ///< Where, from 1.
  std::size_t column = 0;  ///< Position of the field, from 0.
  const char* message = "";
};

/// Copies are independent: a copy made below the header reads the rows again.
class CsvScanner {
 public:
  /// `text` must outlive the scanner and its fields. `first_line`: number of its first line.
  CsvScanner(std::string_view text, const CsvDialect& dialect, std::size_t first_line = 1);

  /// Goes to the next record, past empty lines and comments. False at the end of the text.
  bool next();

  /// Of the record: at least one field. Unspecified when there is a fault().
  [[nodiscard]] std::span<const CsvField> fields() const { return fields_; }
  /// The line where the record starts, from 1.
  [[nodiscard]] std::size_t line() const { return record_line_; }
  [[nodiscard]] const std::optional<CsvFault>& fault() const { return fault_; }
  /// Comment lines above the first record, without '#' and the blank after it.
  [[nodiscard]] const std::vector<std::string>& comments() const { return comments_; }

 private:
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] bool blank(char c) const { return c == ' ' || (c == '\t' && separator_ != '\t'); }
  [[nodiscard]] bool at_break() const { return text_[at_] == '\n' || text_[at_] == '\r'; }
  bool skip_blanks();
  void skip_break();
  void skip_line();
  bool find_record();
  [[nodiscard]] bool at_comment() const;
  void keep_comment(std::string_view line);
  bool read_field();
  bool read_plain();
  bool read_quoted();
  bool end_field();
  bool fail(std::size_t line, const char* message);

  std::string_view text_;
  char separator_;
  std::vector<std::string> values_with_hash_;  ///< Missing values that start with '#'.
  std::array<bool, 256> stops_{};              ///< What ends a field without quotes.
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t record_begin_ = 0;
  std::size_t record_line_ = 0;
  bool first_record_ = true;
  bool more_fields_ = false;
  std::vector<CsvField> fields_;
  std::optional<CsvFault> fault_;
  std::vector<std::string> comments_;
};

}  // namespace opline
