// src/cli/table_options.h - the options that say how a user's table (CSV) is read.
#pragma once
#include "src/cli/options.h"
#include "src/evaluation/series.h"
#include "src/evaluation/table/measured_table.h"

namespace opline::cli {

/// --csv, --ops, --latency, --name, --id, --tflite, --energy, --runtime, --compiler, --flags,
/// --clock-hz, and how the file is written:
/// --sep, --decimal, --na, --encoding, --skip-bad.
void add_table_options(Options& options);
/// Names of the options above but --csv, which mean nothing beside a study.
[[nodiscard]] const std::vector<std::string>& table_option_names();

/// Where a table's networks were measured: --runtime, --compiler, --flags, --clock-hz; imported.
[[nodiscard]] measure::Setup table_setup(const Options& options, const std::string& board);

/// A table that was read, and as a series.
struct TableSource {
  evaluation::MeasuredTable table;
  evaluation::Series series;
};
/// Reads the table that --csv names; what was left out is reported on console.err. `space` and
/// `board`: what its networks and its board are called. Throws Error{usage} for options that do not
/// match the table, else as read_measured_table().
[[nodiscard]] TableSource read_table(const Options& options, const std::string& space,
                                     const std::string& board, Console& console);

}  // namespace opline::cli
