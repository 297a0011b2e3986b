// src/energy/trace_columns.h - where the columns of a trace are, and their units.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "src/base/csv_scanner.h"
#include "src/energy/trace_csv.h"

namespace opline::energy {

struct TraceColumn {
  std::size_t position = 0;  ///< From 0.
  std::string name;          ///< As in the header.
  double factor = 1;         ///< What one of its unit is in seconds, amperes or volts.
};

struct SelectedTraceColumns {
  TraceColumn time;
  TraceColumn current;
  std::optional<TraceColumn> voltage;
  std::optional<TraceColumn> trigger;
  std::optional<TraceColumn> rose, fell;  ///< Times of edges, in opline's own files.

  /// Positions of the columns whose numbers may have a decimal mark.
  [[nodiscard]] std::vector<std::size_t> positions() const;
};

/// Finds `columns` in the header. Throws Error{input} for columns that are not there, Error{usage}
/// for unknown units.
[[nodiscard]] SelectedTraceColumns select_trace_columns(std::span<const CsvField> header,
                                                        std::size_t line,
                                                        const TraceColumns& columns,
                                                        const std::string& file);

}  // namespace opline::energy
