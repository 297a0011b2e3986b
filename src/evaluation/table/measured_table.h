// src/evaluation/table/measured_table.h - a user's table of measurements (CSV with named columns)
// as plain values.
//
// One row per measurement. Rows with the same name are repeats of one network; they are all kept,
// and reducing them to one figure per network is the caller's (analysis). Nothing is dropped
// silently: rows without a latency and rows that were skipped are counted, with their lines.
// Format and rules for users: docs/formats/measurements-csv.md.
//
//   const MeasuredTable table = read_measured_table(
//       "mine.csv", {.ops = "mmacs", .latency = "time:ms", .name = "model"});
//
// Reads the whole file at once, then one pass; about 40 bytes per row are kept, and the names.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/base/csv_dialect.h"
#include "src/base/csv_mistakes.h"
#include "src/evaluation/table/network_names.h"

namespace opline::evaluation {

/// Which columns hold what. A column is named as in the header; its unit is the end of the name
/// ("latency_ms", "latency (ms)", "ops_mmacs") or follows a colon ("time:ms"). Units, in any case:
/// of ops: ops, kops, mops, gops, macs (= 2 ops), kmacs, mmacs, gmacs; of latency: s, ms, us, ns,
/// cycles; of energy: j, mj, uj, nj.
struct TableColumns {
  std::string ops = "ops";
  std::string latency = "latency_s";
  std::optional<std::string> name = {};  ///< Without it every row is a network of its own.
  std::optional<std::string> id = {};    ///< Of the network; stands for a name that is not given.
  std::optional<std::string> tflite =
      {};  ///< Likewise: its file, or a digest of it. Not with `id`.
  std::optional<std::string> energy = {};  ///< Of one inference.
  std::vector<std::string> features =
      {};  ///< Further figures of the networks; numbers without a unit.
  std::optional<std::uint64_t> clock_hz = {};  ///< Of the core; needed for a latency in cycles.
};

struct TableOptions {
  CsvOptions csv = {};
  bool skip_bad = false;  ///< Leave out rows with mistakes and count them; else they are an error.
};

/// Rows of a file that were left out.
struct LeftOut {
  std::size_t rows = 0;
  std::vector<std::size_t> lines;  ///< Of the first 20.
};

/// Columns have one entry per row that was read, in the order of the file; at least one row.
struct MeasuredTable {
  std::string file;  ///< As it was given.

  NetworkNames
      names;  ///< Of the networks, in order of first appearance; empty without that column.
  /// Of the networks, as `names`: their ids (network_identity.h); empty without a column of those.
  std::vector<std::string> ids;
  std::vector<std::uint32_t> network;  ///< Per row, from 0: index into `names`, or the row itself.
  std::vector<std::uint64_t> ops;      ///< 1 to 9e18; the same in all rows of a network.
  std::vector<double> seconds;         ///< 1e-12 to 1e9.
  std::vector<std::uint64_t> cycles;   ///< Where the latency is in cycles; else empty.
  std::vector<std::optional<double>> joules;  ///< 1e-15 to 1e9; empty without that column.
  std::vector<std::string> feature_names;
  std::vector<std::vector<double>> features;  ///< Per feature one value per row; finite.
  std::vector<std::size_t> lines;             ///< Where the row starts in the file, from 1.

  std::size_t rows_in_file = 0;  ///< Rows below the header; comments and empty lines are no rows.
  LeftOut without_latency;       ///< A missing value in the latency column.
  LeftOut bad;                   ///< With skip_bad: rows with a mistake.
  std::vector<CsvMistake> mistakes;  ///< With skip_bad: the first 20 mistakes, why rows are `bad`.
  CsvDialect dialect;                ///< As given or detected.
  CsvEncoding encoding = CsvEncoding::utf8;

  [[nodiscard]] std::size_t rows() const { return seconds.size(); }
  /// How many networks the rows are of.
  [[nodiscard]] std::size_t networks() const { return names.empty() ? rows() : names.size(); }
};

/// Reads `path`. Throws Error{usage} for columns that do not fit together (an unknown unit, cycles
/// without a clock), Error{io}, and Error{input} with every mistake of the file as "file:line:
/// column `name`: what, and what to do" (the first 20, and how many more).
[[nodiscard]] MeasuredTable read_measured_table(const std::filesystem::path& path,
                                                const TableColumns& columns,
                                                const TableOptions& options = {});
/// The same from the content of a file; `name` stands for the file in messages.
[[nodiscard]] MeasuredTable parse_measured_table(std::string bytes, const std::string& name,
                                                 const TableColumns& columns,
                                                 const TableOptions& options = {});

}  // namespace opline::evaluation
