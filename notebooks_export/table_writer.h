// notebooks_export/table_writer.h - one table in two forms: CSV, and JSON lines.
//
//   TableWriter table(TableForm::json_lines, {"opline-layers", 1}, {"network", "ops"}, comments);
//   table.text("net0").integer(1000).end_row();   // {"format": "opline-layers 1", "network": ...}
//
// CSV is that of CsvWriter (src/base/csv.h): comment lines, header, rows; what is unknown is an
// empty field. JSON lines have one object per row with the same names as keys, null for what is
// unknown. JSON has no comments, so there each object opens with the key `format`, and `comments`
// are left out. Its text is ASCII: other characters are escaped, so that no reader takes one of
// them for the end of a line.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/csv.h"
#include "src/base/sink.h"

namespace opline::notebooks_export {

enum class TableForm { csv, json_lines };

/// Of a table; documented in docs/formats.
struct TableFormat {
  std::string name;  ///< "opline-networks".
  int version = 1;
};

class TableWriter {
 public:
  /// `columns`: at least one, none empty, none twice. `comments`: one line each.
  /// With a sink the table is handed to it in parts of about a megabyte, so that a long one is
  /// never in memory as a whole.
  TableWriter(TableForm form, const TableFormat& format, std::vector<std::string> columns,
              const std::vector<std::string>& comments, Sink sink = {});

  // Each adds one field to the row at hand. An empty text and a missing number are unknown. NaN and
  // infinity are bugs.
  TableWriter& text(std::string_view value);
  TableWriter& number(std::optional<double> value);
  TableWriter& integer(std::optional<std::uint64_t> value);
  /// Ends the row; it must have as many fields as there are columns.
  void end_row();

  /// The file so far, without what the sink was given; every row must have been ended.
  [[nodiscard]] const std::string& str() const;

 private:
  void member(const std::string& json);
  void hand_over();

  TableForm form_;
  std::string opening_;  ///< Of a JSON object.
  std::vector<std::string> columns_;
  std::size_t in_row_ = 0;
  std::string lines_;
  std::optional<CsvWriter> csv_;
  Sink sink_;
};

}  // namespace opline::notebooks_export
