#include <fmt/ostream.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <ostream>

#include "src/base/csv.h"
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/cli/fitting.h"

namespace opline::cli {
namespace {

/// A column and what one of its unit is worth.
struct Column {
  std::size_t position = 0;
  double factor = 1;
  bool cycles = false;
};

struct Unit {
  const char* name;
  double factor;
};
constexpr Unit kOpsUnits[] = {{"ops", 1},  {"kops", 1e3},  {"mops", 1e6},  {"gops", 1e9},
                              {"macs", 2}, {"kmacs", 2e3}, {"mmacs", 2e6}, {"gmacs", 2e9}};
constexpr Unit kTimeUnits[] = {{"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"cycles", 0}};

std::string lower(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

/// "latency_ms" and "time:ms" are both in milliseconds.
Column find_column(const CsvTable& table, const Options& options, const std::string& option,
                   std::span<const Unit> units) {
  const std::string given = options.text(option);
  const std::size_t colon = given.rfind(':');
  const std::string name = given.substr(0, colon);
  const std::string tail =
      lower(colon != std::string::npos ? given.substr(colon + 1) : name.substr(name.rfind('_') + 1));
  std::string known;
  for (const Unit& unit : units) {
    if (tail == unit.name) return {table.column(name), unit.factor, unit.factor == 0};
    known += std::string(known.empty() ? "" : ", ") + unit.name;
  }
  (void)table.column(name);
  options.fail(fmt::format("--{}: the unit of column '{}' is not known; write '{}:UNIT' with one of {}",
                           option, name, name, known));
}

measure::Setup setup_of(const Options& options) {
  measure::Setup setup;
  setup.runner = measure::Runner::imported;
  setup.board = options.text("board");
  setup.runtime = options.optional_text("runtime").value_or("");
  setup.compiler = options.optional_text("compiler").value_or("");
  setup.flags = options.optional_text("flags").value_or("");
  if (options.has("clock-hz")) setup.clock_hz = options.integer("clock-hz", 1, 100'000'000'000ULL);
  return setup;
}

struct Row {
  std::string name;
  std::uint64_t ops = 0;
  measure::Outcome outcome;
};

std::vector<Row> read_rows(const CsvTable& table, const Options& options, const measure::Setup& setup) {
  const Column ops = find_column(table, options, "ops", kOpsUnits);
  const Column latency = find_column(table, options, "latency", kTimeUnits);
  if (latency.cycles && !setup.clock_hz) options.fail("a latency in cycles needs --clock-hz");
  std::optional<std::size_t> energy;
  if (options.has("energy")) energy = table.column(options.text("energy"));
  std::optional<std::size_t> name;
  if (options.has("name")) name = table.column(options.text("name"));
  std::vector<Row> rows;
  std::map<std::string, std::string> seen;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    Row row;
    row.name = name ? std::string(table.text(i, *name)) : fmt::format("row {}", i + 1);
    if (row.name.empty()) table.fail(i, *name, "is empty; every network needs a name");
    const auto [before, is_new] = seen.try_emplace(row.name, table.where(i));
    if (!is_new)
      table.fail(i, *name,
                 fmt::format("'{}' is there already ({}); keep one row a network", row.name, before->second));
    const double counted = table.number(i, ops.position) * ops.factor;
    if (!(counted >= 1 && counted < 9e18)) table.fail(i, ops.position, "must be at least one op");
    row.ops = static_cast<std::uint64_t>(std::llround(counted));
    measure::Measurement measurement;
    if (latency.cycles) {
      measurement.cycles = table.integer(i, latency.position);
    } else {
      measurement.seconds = table.number(i, latency.position) * latency.factor;
    }
    if (measurement.cycles == std::uint64_t{0} || (measurement.seconds && !(*measurement.seconds > 0))) {
      table.fail(i, latency.position, "must be above 0; leave rows without a measurement out");
    }
    if (energy) measurement.joules = table.optional_number(i, *energy);
    if (measurement.joules && !(*measurement.joules > 0)) table.fail(i, *energy, "must be above 0 or empty");
    row.outcome = {measure::OutcomeKind::measured, "", measurement};
    rows.push_back(std::move(row));
  }
  if (rows.empty()) options.fail(fmt::format("{} has no rows", options.text("csv")));
  return rows;
}

bool same(const measure::Outcome& a, const measure::Outcome& b) {
  return a.kind == b.kind && a.measurement && b.measurement &&
         a.measurement->cycles == b.measurement->cycles && a.measurement->seconds == b.measurement->seconds &&
         a.measurement->joules == b.measurement->joules;
}

[[noreturn]] void differs(const Options& options, const store::Study& study, const std::string& name,
                          const std::string& what) {
  options.fail(fmt::format("'{}' has another {} in {}; import the new table under another --space or --db",
                           name, what, study.path().string()));
}

/// An earlier import's rows must come first and in the same order: rows are the draws of an imported campaign.
void require_same_rows(const std::vector<store::Draw>& before, const std::vector<store::Draw>& now,
                       const std::string& space, const Options& options) {
  for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i) {
    if (before[i].architecture == now[i].architecture) continue;
    options.fail(fmt::format(
        "row {} is '{}', but '{}' when {} was imported before; append new rows at the end, or choose "
        "another --space or --db",
        i + 1, now[i].architecture, before[i].architecture, space));
  }
}

/// How many rows were new. Rows that are there with the same figures change nothing; others are refused.
std::int64_t store_rows(store::Study& study, const std::string& space, const std::vector<Row>& rows,
                        const measure::Setup& setup, const Options& options, const std::string& command) {
  const std::string now = utc_now();
  std::int64_t added = 0;
  study.transact([&] {
    const std::string space_id = study.add_space(space, "imported table: " + space + "\n");
    const std::string setup_id = study.add_setup(setup);
    const auto count = static_cast<std::int64_t>(rows.size());
    const store::CampaignKey campaign =
        study.add_campaign({space_id, "imported", std::nullopt, count, command}, now);
    study.ask(campaign, setup_id);
    std::vector<store::Draw> draws;
    for (const Row& row : rows) {
      store::NetworkRecord network;
      network.id = digest("imported network\n" + space + "\n" + row.name);
      network.ops = row.ops;
      const std::optional<store::NetworkRecord> before = study.network(network.id);
      if (before && before->ops != row.ops) differs(options, study, row.name, "op count");
      study.add_network(network);
      draws.push_back({row.name, network.id});
    }
    require_same_rows(study.draws(campaign), draws, space, options);
    study.add_draws(campaign, 0, draws);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (study.record_outcome(draws[i].network, setup_id, rows[i].outcome, now)) {
        ++added;
      } else if (!same(study.outcome(draws[i].network, setup_id)->outcome, rows[i].outcome)) {
        differs(options, study, rows[i].name, "latency or energy");
      }
    }
  });
  return added;
}

}  // namespace

int import_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "import",
      "Read your own measurements from a CSV file with named columns into a study, so that they can be "
      "fitted,\n"
      "plotted and exported like any other. A column's unit is the end of its name (latency_ms, ops_mmacs) "
      "or\n"
      "given as COLUMN:UNIT. Units of ops: ops, kops, mops, gops, macs (= 2 ops), kmacs, mmacs, gmacs; of\n"
      "latency: s, ms, us, ns, cycles. Importing the same table twice changes nothing.",
      "opline import --csv mine.csv --ops macs --latency latency_ms --name model --board my-board --db "
      "mine.db\n"
      "opline import --csv log.csv --ops count:mmacs --latency t:us --board nucleo-h743 --runtime 'tflm "
      "2024' "
      "--db mine.db\nopline fit --db mine.db");
  options.value("csv", "FILE", "the table");
  options.value("db", "FILE", "the study file; made when missing");
  options.value("ops", "COLUMN", "column with the op count", "ops");
  options.value("latency", "COLUMN", "column with the latency", "latency_s");
  options.value("name", "COLUMN", "column with the network's name; default: the row's number");
  options.value("energy", "COLUMN", "column with the energy of one inference in joules");
  options.value("space", "NAME", "what the networks are called together; default: the file's name");
  options.value("board", "NAME", "the board they were measured on");
  options.value("runtime", "NAME", "the runtime, with its version");
  options.value("compiler", "NAME", "the compiler, with its version");
  options.value("flags", "TEXT", "the compiler's flags");
  options.value("clock-hz", "HZ", "clock of the core");
  if (!options.parse(arguments, console)) return 0;

  const std::string path = options.text("csv");
  const measure::Setup setup = setup_of(options);
  const std::string database = options.text("db");
  const CsvTable table = CsvTable::from_file(path);
  const std::vector<Row> rows = read_rows(table, options, setup);
  const std::string space =
      options.optional_text("space").value_or(std::filesystem::path(path).stem().string());
  store::Study study = store::Study::open(database, store::Mode::create, utc_now());
  const std::int64_t added = store_rows(study, space, rows, setup, options, console.command_line);
  fmt::print(console.out, "{}: {} rows read, {} new; now: opline fit --db {}\n", path, rows.size(), added,
             database);
  return 0;
}

}  // namespace opline::cli
