#include "src/cli/measured_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string_view>

#include "analysis/numerics/interval.h"
#include "src/base/csv.h"
#include "src/base/digest.h"
#include "src/base/error.h"
#include "src/cli/fitting.h"
#include "src/cli/progress.h"

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
constexpr Unit kEnergyUnits[] = {{"j", 1}, {"mj", 1e-3}, {"uj", 1e-6}, {"joules", 1}};

/// What an inference on any processor may take: beyond these a unit is mistaken, and ratios of
/// figures may overflow.
constexpr analysis::Interval kSeconds{1e-12, 1e9};
constexpr analysis::Interval kJoules{1e-15, 1e9};
constexpr double kMostOps = 9e18;

constexpr const char* kRow = "row ";

std::string lower(std::string text) {
  for (char& letter : text)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

/// "latency_ms" and "time:ms" are both in milliseconds.
Column find_column(const CsvTable& table, const Options& options, const std::string& option,
                   std::span<const Unit> units) {
  const std::string given = options.text(option);
  const std::size_t colon = given.rfind(':');
  const std::string name = given.substr(0, colon);
  const std::string tail = lower(colon != std::string::npos ? given.substr(colon + 1)
                                                            : name.substr(name.rfind('_') + 1));
  std::string known;
  for (const Unit& unit : units) {
    if (tail == unit.name) return {table.column(name), unit.factor, unit.factor == 0};
    known += std::string(known.empty() ? "" : ", ") + unit.name;
  }
  (void)table.column(name);
  options.fail(
      fmt::format("--{}: the unit of column '{}' is not known; write '{}:UNIT' with one of {}",
                  option, name, name, known));
}

measure::Setup setup_of(const Options& options, const std::string& board) {
  measure::Setup setup;
  setup.runner = measure::Runner::imported;
  setup.board = board;
  setup.runtime = options.optional_text("runtime").value_or("");
  if (options.has("clock-hz")) setup.clock_hz = options.integer("clock-hz", 1, 100'000'000'000ULL);
  return setup;
}

/// The columns that are read, found and checked before any row.
struct Columns {
  Columns(const CsvTable& table, const Options& options, const measure::Setup& setup)
      : ops(find_column(table, options, "ops", kOpsUnits)),
        latency(find_column(table, options, "latency", kTimeUnits)) {
    if (latency.cycles && !setup.clock_hz) options.fail("a latency in cycles needs --clock-hz");
    if (options.has("energy")) energy = find_column(table, options, "energy", kEnergyUnits);
    if (options.has("name")) name = table.column(options.text("name"));
    if (!options.has("features")) return;
    for (const std::string& feature : options.list("features"))
      features.push_back(table.column(feature));
  }
  Column ops;
  Column latency;
  std::optional<Column> energy;
  std::optional<std::size_t> name;
  std::vector<std::size_t> features;
};

void require_plausible(const CsvTable& table, std::size_t row, std::size_t column, double value,
                       const analysis::Interval& range, const char* unit) {
  if (value >= range.low && value <= range.high) return;
  table.fail(row, column,
             fmt::format("is {:.3g} {}, which no inference takes ({:g} to {:g} {}); check the unit",
                         value, unit, range.low, range.high, unit));
}

/// At least one op, as many as a count can hold.
std::uint64_t read_ops(const CsvTable& table, std::size_t row, const Column& column) {
  const double counted = table.number(row, column.position) * column.factor;
  if (!(counted >= 1)) table.fail(row, column.position, "must be at least one op");
  if (!(counted < kMostOps))
    table.fail(row, column.position,
               fmt::format("is {:.3g} ops, which no network has (up to {:g}); check the unit",
                           counted, kMostOps));
  return static_cast<std::uint64_t>(std::llround(counted));
}

measure::Measurement read_measurement(const CsvTable& table, std::size_t row,
                                      const Columns& columns, const measure::Setup& setup) {
  measure::Measurement measurement;
  const std::size_t latency = columns.latency.position;
  if (columns.latency.cycles) {
    measurement.cycles = table.integer(row, latency);
  } else {
    measurement.seconds = table.number(row, latency) * columns.latency.factor;
  }
  if (measurement.cycles == std::uint64_t{0} ||
      (measurement.seconds && !(*measurement.seconds > 0)))
    table.fail(row, latency, "must be above 0; leave it empty where nothing was measured");
  require_plausible(table, row, latency,
                    measurement.seconds ? *measurement.seconds
                                        : static_cast<double>(*measurement.cycles) /
                                              static_cast<double>(setup.clock_hz.value()),
                    kSeconds, "s");
  if (!columns.energy) return measurement;
  const std::size_t energy = columns.energy->position;
  measurement.joules = table.optional_number(row, energy);
  if (!measurement.joules) return measurement;
  *measurement.joules *= columns.energy->factor;
  if (!(*measurement.joules > 0)) table.fail(row, energy, "must be above 0 or empty");
  require_plausible(table, row, energy, *measurement.joules, kJoules, "J");
  return measurement;
}

void read_rows(const CsvTable& table, const Columns& columns, MeasuredTable& result) {
  std::map<std::string, std::string> seen;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    if (table.text(i, columns.latency.position).empty()) {
      ++result.unmeasured;
      continue;
    }
    TableRow row;
    row.name =
        columns.name ? std::string(table.text(i, *columns.name)) : kRow + std::to_string(i + 1);
    if (row.name.empty()) table.fail(i, *columns.name, "is empty; every network needs a name");
    const auto [before, is_new] = seen.try_emplace(row.name, table.where(i));
    if (!is_new)
      table.fail(i, *columns.name,
                 fmt::format("'{}' is there already ({}); keep one row a network", row.name,
                             before->second));
    row.ops = read_ops(table, i, columns.ops);
    row.outcome = {measure::OutcomeKind::measured, "",
                   read_measurement(table, i, columns, result.setup)};
    std::vector<double>& features = result.features.by_network[row.name];
    for (const std::size_t feature : columns.features) features.push_back(table.number(i, feature));
    result.rows.push_back(std::move(row));
  }
  if (result.rows.empty())
    throw Error(ErrorCode::input, "{}: has no row with a latency; write one row a measured network",
                result.file);
}

bool same(const measure::Outcome& a, const measure::Outcome& b) {
  return a.kind == b.kind && a.measurement && b.measurement &&
         a.measurement->cycles == b.measurement->cycles &&
         a.measurement->seconds == b.measurement->seconds &&
         a.measurement->joules == b.measurement->joules;
}

[[noreturn]] void differs(const Options& options, const store::Study& study,
                          const std::string& name, const std::string& what) {
  options.fail(
      fmt::format("'{}' has another {} in {}; import the new table under another --space or --db",
                  name, what, study.path().string()));
}

/// An earlier import's rows must come first and in the same order: rows are the draws of an
/// imported campaign.
void require_same_rows(const std::vector<store::Draw>& before, const std::vector<store::Draw>& now,
                       const std::string& space, const Options& options) {
  for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i) {
    if (before[i].architecture == now[i].architecture) continue;
    options.fail(fmt::format(
        "row {} is '{}', but '{}' when {} was imported before; append new rows at the end, or "
        "choose another --space or --db",
        i + 1, now[i].architecture, before[i].architecture, space));
  }
}

}  // namespace

bool is_row_number(const std::string& name) {
  return name.starts_with(kRow) && name.size() > std::string_view(kRow).size() &&
         name.find_first_not_of("0123456789", std::string_view(kRow).size()) == std::string::npos;
}

void add_table_options(Options& options) {
  options.value("csv", "FILE", "a table of measurements, one row a network");
  options.value("ops", "COLUMN", "its column with the op count", "ops");
  options.value("latency", "COLUMN", "its column with the latency", "latency_s");
  options.value("name", "COLUMN", "its column with the network's name; default: the row's number");
  options.value("energy", "COLUMN", "its column with the energy of one inference, in j, mj or uj");
  options.value("runtime", "NAME", "the runtime it was measured with, and its version");
  options.value("clock-hz", "HZ", "clock of the core, for a latency in cycles");
}

MeasuredTable read_table(const Options& options, const std::string& space,
                         const std::string& board) {
  MeasuredTable result;
  result.file = options.text("csv");
  result.space = space;
  result.setup = setup_of(options, board);
  const CsvTable table = CsvTable::from_file(result.file);
  if (options.has("features")) result.features.names = options.list("features");
  read_rows(table, Columns(table, options, result.setup), result);
  return result;
}

std::int64_t store_table(store::Study& study, const MeasuredTable& table, const Options& options,
                         Console& console) {
  Progress progress(console, "importing, step");
  const std::string& space = table.space;
  const std::vector<TableRow>& rows = table.rows;
  const std::string now = utc_now();
  std::int64_t added = 0;
  study.transact([&] {
    const std::string space_id = study.add_space(space, "imported table: " + space + "\n");
    const std::string setup_id = study.add_setup(table.setup);
    const auto count = static_cast<std::int64_t>(rows.size());
    const store::CampaignKey campaign =
        study.add_campaign({space_id, "imported", std::nullopt, count, console.command_line}, now);
    study.ask(campaign, setup_id);
    std::vector<store::Draw> draws;
    for (const TableRow& row : rows) {
      store::NetworkRecord network;
      network.id = digest("imported network\n" + space + "\n" + row.name);
      network.ops = row.ops;
      const std::optional<store::NetworkRecord> before = study.network(network.id);
      if (before && before->ops != row.ops) differs(options, study, row.name, "op count");
      study.add_network(network);
      draws.push_back({row.name, network.id});
      progress.update(draws.size(), 2 * rows.size());
    }
    require_same_rows(study.draws(campaign), draws, space, options);
    study.add_draws(campaign, 0, draws);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      progress.update(rows.size() + i, 2 * rows.size());
      if (study.record_outcome(draws[i].network, setup_id, rows[i].outcome, now)) {
        ++added;
      } else if (!same(study.outcome(draws[i].network, setup_id)->outcome, rows[i].outcome)) {
        differs(options, study, rows[i].name, "latency or energy");
      }
    }
  });
  return added;
}

}  // namespace opline::cli
