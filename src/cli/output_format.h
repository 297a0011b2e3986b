// src/cli/output_format.h - results as text, JSON or CSV.
#pragma once
#include "src/cli/options.h"

namespace opline::cli {

enum class OutputFormat { text, json, csv };

/// --format text|json|csv and --json, which is --format json.
void add_format_options(Options& options);
[[nodiscard]] OutputFormat read_format(const Options& options);

}  // namespace opline::cli
