#include "src/cli/table_options.h"

#include <fmt/ostream.h>

#include <ostream>

#include "src/base/printable.h"
#include "src/evaluation/table_series.h"

namespace opline::cli {
namespace {

using evaluation::MeasuredTable;

evaluation::TableColumns columns_of(const Options& options) {
  evaluation::TableColumns columns;
  columns.ops = options.text("ops");
  columns.latency = options.text("latency");
  columns.name = options.optional_text("name");
  columns.id = options.optional_text("id");
  columns.tflite = options.optional_text("tflite");
  columns.energy = options.optional_text("energy");
  if (options.has("features")) columns.features = options.list("features");
  if (options.has("against")) columns.features = {options.text("against")};
  if (options.has("clock-hz"))
    columns.clock_hz = options.integer("clock-hz", 1, 100'000'000'000ULL);
  return columns;
}

evaluation::TableOptions reading_of(const Options& options) {
  evaluation::TableOptions reading;
  if (options.has("sep")) reading.csv.separator = parse_separator(options.text("sep"));
  if (options.has("decimal")) reading.csv.decimal = parse_decimal(options.text("decimal"));
  if (options.has("na")) reading.csv.missing = parse_missing_values(options.text("na"));
  if (options.has("encoding")) reading.csv.encoding = parse_encoding(options.text("encoding"));
  reading.skip_bad = options.has("skip-bad");
  return reading;
}

void report_left_out(const MeasuredTable& table, Console& console) {
  const auto report = [&](const evaluation::LeftOut& left_out, const char* what) {
    if (left_out.rows == 0) return;
    fmt::print(console.err, "opline: {}: {} of {} rows {} left out, the first in line {}\n",
               table.file, left_out.rows, table.rows_in_file, what, left_out.lines.front());
  };
  report(table.without_latency, "without a latency");
  report(table.bad, "with a mistake");
  for (const CsvMistake& mistake : table.mistakes)
    fmt::print(console.err, "  {}:{}: {}{}\n", table.file, mistake.line,
               mistake.column.empty() ? "" : "column `" + printable(mistake.column) + "`: ",
               mistake.message);
}

}  // namespace

void add_table_options(Options& options) {
  options.value("csv", "FILE", "a table of measurements; rows of one name repeat one network");
  options.value("ops", "COLUMN", "its column with the op count", "ops");
  options.value("latency", "COLUMN", "its column with the latency", "latency_s");
  options.value("name", "COLUMN", "its column with the network's name; default: the line's number");
  options.value("id", "COLUMN", "its column with the network's id, as a study and exports have it");
  options.value("tflite", "COLUMN",
                "its column with the network's .tflite file, or with a digest of it");
  options.value("energy", "COLUMN",
                "its column with the energy of one inference, in j, mj, uj or nj");
  options.value("runtime", "NAME", "the runtime it was measured with, and its version");
  options.value("compiler", "NAME", "the compiler of the runtime, with its version");
  options.value("flags", "TEXT", "the compiler's flags");
  options.value("clock-hz", "HZ", "clock of the core, for a latency in cycles");
  options.value("sep", "CHAR", "its separator: comma, semicolon, tab or pipe; default: detected");
  options.completes("sep", {"comma", "semicolon", "tab", "pipe"});
  options.value("decimal", "CHAR", "its decimal mark, . or ,; default: detected");
  options.completes("decimal", {".", ","});
  options.value("na", "WORD,...",
                "what stands for a missing value; default: NA, NaN, null, -, ...");
  options.value("encoding", "NAME", "utf-8, utf-16 or latin1; default: UTF-8, or by its mark");
  options.completes("encoding", {"utf-8", "utf-16", "latin1"});
  options.flag("skip-bad", "leave out rows with mistakes, and count them");
}

const std::vector<std::string>& table_option_names() {
  static const std::vector<std::string> names = {
      "ops",   "latency",  "name", "id",      "tflite", "energy",   "runtime", "compiler",
      "flags", "clock-hz", "sep",  "decimal", "na",     "encoding", "skip-bad"};
  return names;
}

measure::Setup table_setup(const Options& options, const std::string& board) {
  measure::Setup setup;
  setup.runner = measure::Runner::imported;
  setup.board = board;
  setup.runtime = measure::parse_runtime(options.optional_text("runtime").value_or(""));
  setup.compiler = options.optional_text("compiler").value_or("");
  setup.flags = options.optional_text("flags").value_or("");
  if (options.has("clock-hz")) setup.clock_hz = options.integer("clock-hz");
  return setup;
}

TableSource read_table(const Options& options, const std::string& space, const std::string& board,
                       Console& console) {
  TableSource source;
  source.table = evaluation::read_measured_table(options.text("csv"), columns_of(options),
                                                 reading_of(options));
  report_left_out(source.table, console);
  source.series = evaluation::series_of(source.table, space, table_setup(options, board));
  return source;
}

}  // namespace opline::cli
