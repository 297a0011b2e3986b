#include <fmt/ostream.h>

#include <filesystem>
#include <ostream>

#include "src/cli/fitting.h"
#include "src/cli/measured_table.h"

namespace opline::cli {

int import_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options("import",
                  "Read your own measurements from a CSV file with named columns into a study, so "
                  "that they can be "
                  "fitted,\n"
                  "plotted and exported like any other. A column's unit is the end of its name "
                  "(latency_ms, ops_mmacs) "
                  "or\n"
                  "given as COLUMN:UNIT. Units of ops: ops, kops, mops, gops, macs (= 2 ops), "
                  "kmacs, mmacs, gmacs; of\n"
                  "latency: s, ms, us, ns, cycles; of energy: j, mj, uj. Importing the same table "
                  "twice changes nothing.",
                  "opline import --csv mine.csv --ops macs --latency latency_ms --name model "
                  "--board my-board --db "
                  "mine.db\n"
                  "opline import --csv log.csv --ops count:mmacs --latency t:us --board "
                  "nucleo-h743 --runtime 'tflm "
                  "2024' --db mine.db\nopline fit --db mine.db");
  add_table_options(options);
  options.value("db", "FILE", "the study file; made when missing");
  options.value("space", "NAME", "what the networks are called together; default: the file's name");
  options.value("board", "NAME", "the board they were measured on");
  options.value("compiler", "NAME", "the compiler, with its version");
  options.value("flags", "TEXT", "the compiler's flags");
  if (!options.parse(arguments, console)) return 0;

  const std::string path = options.text("csv");
  const std::string database = options.text("db");
  const std::string space =
      options.optional_text("space").value_or(std::filesystem::path(path).stem().string());
  MeasuredTable table = read_table(options, space, options.text("board"));
  table.setup.compiler = options.optional_text("compiler").value_or("");
  table.setup.flags = options.optional_text("flags").value_or("");
  store::Study study = store::Study::open(database, store::Mode::create, utc_now());
  const std::int64_t added = store_table(study, table, options, console);
  fmt::print(
      console.out, "{}: {} rows read, {} new{}; now: opline fit --db {}\n", path, table.rows.size(),
      added,
      table.unmeasured == 0 ? "" : fmt::format(", {} without a latency left out", table.unmeasured),
      database);
  return 0;
}

}  // namespace opline::cli
