// src/energy/trace_csv.h - traces as CSV files: opline's own, and those that other instruments'
// programs export.
//
// Format, for users: docs/formats/energy-trace.md. Times ascend; a row without a current, and a
// step in time that is longer than the median step, are lost samples.
#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "src/base/csv_dialect.h"
#include "src/energy/trace.h"

namespace opline::energy {

/// Which columns hold what. A column is named as in the header; its unit is the end of the name
/// ("current_ma", "Current(uA)") or follows a colon ("Timestamp:ms").
struct TraceColumns {
  std::string time = "time_s";
  std::string current = "current_a";
  std::optional<std::string> voltage = {};  ///< Default: `voltage_v`, where there is one.
  /// The line's level; default: `trigger`, where there is one. An edge lies in the middle of the
  /// two samples between which the level changes.
  std::optional<std::string> trigger = {};
};

struct TraceCsvOptions {
  CsvOptions csv = {};
  /// Of the supply, where no column is named that holds it; above 0. Replaces `voltage_v`.
  std::optional<double> volts = {};
  double trigger_threshold = 0.5;  ///< At and above it the line is high.
};

/// Reads `path`. Throws Error{io}; Error{usage} for columns and units that do not fit; and
/// Error{input} with every mistake as "file:line: column `name`: what, and what to do".
[[nodiscard]] Trace read_trace(const std::filesystem::path& path, const TraceColumns& columns = {},
                               const TraceCsvOptions& options = {});
/// The same from the content of a file; `name` stands for the file in messages.
[[nodiscard]] Trace parse_trace(std::string bytes, const std::string& name,
                                const TraceColumns& columns = {},
                                const TraceCsvOptions& options = {});

/// A trace without fault() as text, which parse_trace() reads as the same trace. `command`: for
/// provenance.
[[nodiscard]] std::string trace_as_csv(const Trace& trace, const std::string& command);

}  // namespace opline::energy
