#include <fmt/ostream.h>

#include <filesystem>
#include <ostream>

#include "src/base/counted.h"
#include "src/base/error.h"
#include "src/base/units.h"
#include "src/base/utc_now.h"
#include "src/cli/exit_code.h"
#include "src/cli/progress.h"
#include "src/cli/signals.h"
#include "src/cli/table_options.h"
#include "src/evaluation/table_series.h"

namespace opline::cli {

int import_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options("import",
                  "Read your own measurements from a CSV file with named columns into a study, so "
                  "that they can be\n"
                  "fitted, plotted and exported like any other. A column's unit is the end of its "
                  "name (latency_ms,\n"
                  "ops_mmacs) or given as COLUMN:UNIT; case does not matter. Units of ops:\n" +
                      known_units(Quantity::ops) +
                      "\n(a mac is 2 ops); of latency: " + known_units(Quantity::seconds) +
                      ", cycles; of energy: " + known_units(Quantity::joules) +
                      ".\nImporting the same table twice changes nothing.",
                  "opline import --csv mine.csv --ops macs --latency latency_ms --name model "
                  "--board my-board --db mine.db\n"
                  "opline import --csv log.csv --ops count:mmacs --latency t:us --board "
                  "nucleo-h743 --runtime 'tflm 2024' --db mine.db\n"
                  "opline fit --db mine.db");
  add_table_options(options);
  options.value("db", "FILE", "the study file; made when missing");
  options.value("space", "NAME", "what the networks are called together; default: the file's name");
  options.value("board", "NAME", "the board they were measured on");
  options.alias("boards", "board");
  options.value("compiler", "NAME", "the compiler, with its version");
  options.value("flags", "TEXT", "the compiler's flags");
  options.exits(
      {static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io), kInterrupted});
  if (!options.parse(arguments, console)) return 0;

  const std::string path = options.text("csv");
  const std::string database = options.text("db");
  const std::string space =
      options.optional_text("space").value_or(std::filesystem::path(path).stem().string());
  TableSource source = read_table(options, space, options.text("board"), console);
  source.series.setup.compiler = options.optional_text("compiler").value_or("");
  source.series.setup.flags = options.optional_text("flags").value_or("");
  store::Study study = store::Study::open(database, store::Mode::create, utc_now());
  note_that_outcomes_are_stored();
  Progress progress(console, "importing");
  const std::int64_t added = evaluation::store_series(
      study, source.series,
      {console.command_line, utc_now(),
       [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); }});
  study.require_in_place();
  fmt::print(console.out, "{}: {} read, {}, {} new; now: opline fit --db {}\n", path,
             counted(source.table.rows(), "row"), counted(source.series.rows.size(), "network"),
             added, shell_word(database));
  return 0;
}

}  // namespace opline::cli
