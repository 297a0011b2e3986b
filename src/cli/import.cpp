#include <fmt/ostream.h>

#include <filesystem>
#include <ostream>

#include "src/base/counted.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/shell_word.h"
#include "src/base/units.h"
#include "src/base/utc_now.h"
#include "src/cli/exit_code.h"
#include "src/cli/network_argument.h"
#include "src/cli/progress.h"
#include "src/cli/signals.h"
#include "src/cli/table_options.h"
#include "src/evaluation/logs/benchmark_log.h"
#include "src/evaluation/table_series.h"
#include "src/network/op_count.h"

namespace opline::cli {
namespace {

/// What is to be stored, and where it is from.
struct Import {
  evaluation::Series series;
  std::string what;  ///< "mine.csv: 12 rows"
};

Import read_table_file(const Options& options, Console& console) {
  const std::string path = options.text("csv");
  const std::string space =
      options.optional_text("space").value_or(std::filesystem::path(path).stem().string());
  TableSource source = read_table(options, space, options.text("board"), console);
  return {std::move(source.series), path + ": " + counted(source.table.rows(), "row")};
}

void report(const evaluation::BenchmarkLog& log, Console& console) {
  const auto known = [](const std::string& text) {
    return text.empty() ? std::string("unknown") : printable(text, 60);
  };
  fmt::print(console.err, "{}: model {}, device {}, {}: {} ({})\n", log.file, known(log.model),
             known(log.device), known(log.tool), format_seconds(log.seconds),
             log.kind == evaluation::LogKind::mlperf_tiny
                 ? "median of " + counted(log.windows, "window")
                 : std::string("mean"));
}

Import read_logs(const Options& options, Console& console) {
  for (const std::string& option : table_option_names()) {
    const bool of_setup =
        option == "runtime" || option == "compiler" || option == "flags" || option == "clock-hz";
    if (options.given(option) && !of_setup)
      options.fail(fmt::format("--{} applies only to a table (--csv)", option));
  }
  const std::vector<std::string> files = options.list("logs");
  std::vector<std::string> networks;
  if (options.has("networks")) networks = options.list("networks");
  if (!networks.empty() && networks.size() != files.size())
    options.fail(fmt::format("--networks names {}, --logs {}; give one network for each log",
                             counted(networks.size(), "network"), counted(files.size(), "file")));
  std::vector<evaluation::LoggedNetwork> logs;
  for (std::size_t i = 0; i < files.size(); ++i) {
    evaluation::LoggedNetwork one{evaluation::read_benchmark_log(files[i]), {}, {}, {}};
    report(one.log, console);
    if (!networks.empty()) {
      const NamedNetwork named = network_named(networks[i], options);
      one.name = named.name;
      one.id = named.network.id();
      one.ops = network::total_ops(named.network).ops();
    }
    logs.push_back(std::move(one));
  }
  const std::string space = options.optional_text("space").value_or(
      logs.front().log.kind == evaluation::LogKind::mlperf_tiny ? "mlperf-tiny" : "stm32cube-ai");
  return {evaluation::series_of(logs, space, table_setup(options, options.text("board"))),
          counted(files.size(), "log")};
}

}  // namespace

int import_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "import",
      "Read your own measurements into a study, so that they can be fitted, plotted and exported "
      "like\n"
      "any other. From a CSV file with named columns (--csv): a column's unit is the end of its "
      "name\n"
      "(latency_ms, ops_mmacs) or given as COLUMN:UNIT; case does not matter. Or from the log.txt "
      "or\n"
      "results.txt of MLPerf Tiny and reports of STM32Cube.AI, one file per network (--logs;\n"
      "docs/formats/benchmark-logs.md). Units of ops:\n" +
          known_units(Quantity::ops) + "\n(a mac is 2 ops); of latency: " +
          known_units(Quantity::seconds) + ", cycles; of energy: " + known_units(Quantity::joules) +
          ".\nImporting the same twice changes nothing.",
      "opline import --csv mine.csv --ops macs --latency latency_ms --name model "
      "--board my-board --db mine.db\n"
      "opline import --csv log.csv --ops count:mmacs --latency t:us --board "
      "nucleo-h743 --runtime 'tflm 2024' --db mine.db\n"
      "opline import --logs kws/results.txt,ad/results.txt --networks "
      "kws.tflite,ad.tflite --board nucleo-l4r5zi --db tiny.db\n"
      "opline fit --db mine.db");
  add_table_options(options);
  options.value("logs", "FILE,...", "logs of MLPerf Tiny, or reports of STM32Cube.AI");
  options.value("networks", "NAME,...",
                "with --logs: the network of each, a .tflite file or a known network (kws-s): its "
                "ops and id");
  options.completes("networks", Names::networks);
  options.value("db", "FILE", "the study file; made when missing");
  options.value("space", "NAME", "what the networks are called together; default: the file's name");
  options.value("board", "NAME", "the board they were measured on");
  options.completes("board", Names::boards);
  options.alias("boards", "board");
  options.exits(
      {static_cast<int>(ErrorCode::input), static_cast<int>(ErrorCode::io), kInterrupted});
  if (!options.parse(arguments, console)) return 0;

  if (options.has("csv") == options.has("logs"))
    options.fail(options.has("csv") ? "--csv and --logs are both given; import one after the other"
                                    : "--csv FILE (a table) or --logs FILE,... is needed");
  if (options.has("networks") && !options.has("logs"))
    options.fail("--networks applies only to --logs; a table has its columns --id and --tflite");
  const std::string database = options.text("db");
  const Import import =
      options.has("csv") ? read_table_file(options, console) : read_logs(options, console);
  store::Study study = store::Study::open(database, store::Mode::create, utc_now());
  note_that_outcomes_are_stored();
  Progress progress(console, "importing");
  const std::int64_t added = evaluation::store_series(
      study, import.series,
      {console.command_line, utc_now(),
       [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total); }});
  study.require_in_place();
  fmt::print(console.out, "{} read, {}, {} new; now: opline fit --db {}\n", import.what,
             counted(import.series.rows.size(), "network"), added, shell_word(database));
  return 0;
}

}  // namespace opline::cli
