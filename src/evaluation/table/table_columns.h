// src/evaluation/table/table_columns.h - where the columns of a measured table are, and their
// units.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/csv_scanner.h"
#include "src/evaluation/table/measured_table.h"

namespace opline::evaluation {

/// One column that is read.
struct SelectedColumn {
  std::size_t position = 0;  ///< From 0.
  std::string name;          ///< As in the header.
  double factor = 1;         ///< What one of its unit is in ops, seconds or joules.
  bool cycles = false;       ///< A latency in cycles.
};

/// The columns that are read, found before any row.
struct SelectedColumns {
  SelectedColumn ops;
  SelectedColumn latency;
  std::optional<SelectedColumn> name;
  std::optional<SelectedColumn> identity;  ///< Of ids or .tflite files.
  std::optional<SelectedColumn> energy;
  std::vector<SelectedColumn> features;
  std::vector<std::string> header;
  std::size_t least_fields = 0;  ///< Up to the last column with a name.

  /// Positions of all columns that hold numbers.
  [[nodiscard]] std::vector<std::size_t> numeric() const;
};

/// Finds `columns` in the header of `file`. Columns without a name (the index that pandas writes, a
/// trailing separator) cannot be selected; equal names only where they are not selected. Throws
/// Error{usage} for units, Error{input} for columns that are not there.
[[nodiscard]] SelectedColumns select_columns(std::span<const CsvField> header, std::size_t line,
                                             const TableColumns& columns, const std::string& file);

}  // namespace opline::evaluation
