// src/cli/output_format.h - results as text, JSON or CSV.
#pragma once
#include <string>

#include "src/base/json.h"
#include "src/cli/options.h"

namespace opline::cli {

enum class OutputFormat { text, json, csv };

/// --format text|json|csv and --json, which is --format json.
void add_format_options(Options& options);
[[nodiscard]] OutputFormat read_format(const Options& options);

/// One row for each object of `records`, a column for each of their scalars, named by its path:
/// "setup.board", "coefficients.ops.interval.low". Objects are flattened; of arrays only intervals
/// [low, high] (keys that end in "interval"); other arrays are left out, as JSON has them.
/// Intervals, tests and errors that are null have the same columns, empty. A column that a record
/// has not is empty there; one that no record has is missing. The first lines are comments: format,
/// version of opline, command.
[[nodiscard]] std::string rows_as_csv(const Json& records, const std::string& format,
                                      const std::string& command);

}  // namespace opline::cli
