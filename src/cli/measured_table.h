// src/cli/measured_table.h - a user's table of measurements (CSV with named columns), and how it
// gets into a study.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "src/cli/options.h"
#include "src/measure/outcome.h"
#include "src/measure/setup.h"
#include "src/store/study.h"

namespace opline::cli {

/// One network of a table.
struct TableRow {
  std::string name;
  std::uint64_t ops = 0;
  measure::Outcome outcome;
};

/// Figures of the networks beside ops, which may explain what ops leave open.
struct TableFeatures {
  std::vector<std::string> names;  ///< Columns of --features.
  std::map<std::string, std::vector<double>>
      by_network;  ///< By name of the network: a value a column.
};

struct MeasuredTable {
  std::string file;      ///< As it was given.
  std::string space;     ///< What the networks are called together: --space, or the file's name.
  measure::Setup setup;  ///< Runner `imported`.
  std::vector<TableRow> rows;  ///< At least one.
  TableFeatures features;
  std::size_t unmeasured = 0;  ///< Rows of the file with an empty latency; left out.
};

/// Whether `name` is what a row of a table without names is called: "row 12". It says nothing about
/// another table.
[[nodiscard]] bool is_row_number(const std::string& name);

/// --csv, --ops, --latency, --name, --energy, --runtime, --clock-hz. --features, where it is asked
/// for, is the caller's.
void add_table_options(Options& options);

/// Reads the table that --csv names. `board`: what to call the board. Throws Error{usage} for
/// options that don't match the table, Error{input} naming file, line and column.
[[nodiscard]] MeasuredTable read_table(const Options& options, const std::string& space,
                                       const std::string& board);

/// How many rows were new. Rows that are there with the same figures change nothing; others are
/// refused with Error{usage}.
std::int64_t store_table(store::Study& study, const MeasuredTable& table, const Options& options,
                         Console& console);

}  // namespace opline::cli
