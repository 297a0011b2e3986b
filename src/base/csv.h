// src/base/csv.h - tables with named columns that opline wrote, and how it writes them.
//
// The separator is a comma and the decimal mark a point; syntax and recovery are those of
// csv_scanner.h. A header without or with equal names, rows of another length and stray quotes are
// errors, all of them in one message, each as "file:line: column `name`: what, and what to do".
// Tables of users, whose dialect is detected, are read by src/evaluation/table.
//
//   CsvTable table = CsvTable::from_file("export.csv");
//   const std::size_t ops = table.column("ops");
//   for (std::size_t row = 0; row < table.rows(); ++row) use(table.integer(row, ops));
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline {

/// A table that was read. Rows and columns count from 0; out of range is a bug (OPLINE_ASSERT). A
/// copy of the text and 16 bytes a field are kept. Views of fields live as long as the table and
/// are invalidated by moving it.
class CsvTable {
 public:
  /// Reads. Throws Error{io}, or Error{input} with the mistakes of the file (csv_mistakes.h).
  static CsvTable from_file(const std::filesystem::path& path);
  /// Reads `text`; `name` stands for the file in messages.
  static CsvTable from_text(std::string text, const std::string& name);

  /// Header names in file order: at least one, none empty, none twice.
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  /// Lines above the header that start with '#', without it and without the blank after it.
  [[nodiscard]] const std::vector<std::string>& comments() const { return comments_; }
  [[nodiscard]] std::size_t rows() const { return lines_.size(); }

  [[nodiscard]] bool has(std::string_view name) const;
  /// Position of the column `name` (exact match). Throws Error{input} that lists the columns there
  /// are.
  [[nodiscard]] std::size_t column(std::string_view name) const;

  /// The field without its quotes; empty where nothing was written.
  [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const;
  /// The whole field as a finite decimal number ("12.5", "-3e-4"; csv_number.h). Throws
  /// Error{input}; an empty field is an error.
  [[nodiscard]] double number(std::size_t row, std::size_t column) const;
  /// The whole field as an integer of 0 ... 2^64-1 in decimal digits. Throws Error{input}, also
  /// when empty.
  [[nodiscard]] std::uint64_t integer(std::size_t row, std::size_t column) const;
  /// As number() and integer(), but an empty field is unknown.
  [[nodiscard]] std::optional<double> optional_number(std::size_t row, std::size_t column) const;
  [[nodiscard]] std::optional<std::uint64_t> optional_integer(std::size_t row,
                                                              std::size_t column) const;

  /// "file:line" where the row begins (1-based, as editors count).
  [[nodiscard]] std::string where(std::size_t row) const;
  /// Throws Error{input} "file:line: column `name`: message".
  [[noreturn]] void fail(std::size_t row, std::size_t column, const std::string& message) const;

 private:
  friend class CsvTableReader;
  struct Field {
    std::size_t begin;  ///< Offset in text_.
    std::size_t length;
  };

  std::string name_;
  std::string text_;  ///< The file, quoted fields unescaped in place.
  std::vector<std::string> columns_;
  std::vector<std::string> comments_;
  std::vector<Field> fields_;       ///< Row by row, columns_.size() each.
  std::vector<std::size_t> lines_;  ///< Where each row begins.
};

/// Builds the text of a CSV file: comment lines, header, rows; LF line breaks. A field is quoted
/// when reading it back needs it, and numbers are the shortest that read back as the same double.
class CsvWriter {
 public:
  /// `columns`: at least one, none empty, none twice. `comments`: one line each, written as "#
  /// comment".
  explicit CsvWriter(const std::vector<std::string>& columns,
                     const std::vector<std::string>& comments = {});

  // Each adds one field to the row at hand; a missing value is an empty field. NaN or infinity is a
  // bug.
  CsvWriter& text(std::string_view value);
  CsvWriter& number(std::optional<double> value);
  CsvWriter& integer(std::optional<std::uint64_t> value);
  /// Ends the row; it must have as many fields as there are columns.
  void end_row();

  /// The file so far, without what take() gave away; every row must have been ended.
  [[nodiscard]] const std::string& str() const;
  /// str(), which is given away: of a long table it need not be kept.
  [[nodiscard]] std::string take();

 private:
  void raw(std::string_view field);

  std::size_t columns_;
  std::size_t in_row_ = 0;
  std::string out_;
};

}  // namespace opline
