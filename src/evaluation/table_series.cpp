#include "src/evaluation/table_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "analysis/validation/repeats.h"
#include "src/base/digest.h"
#include "src/base/error.h"

namespace opline::evaluation {
namespace {

/// What an imported network is called in a study: the user's name, else its position.
std::string imported_name(const Row& row, std::size_t position) {
  return row.name.empty() ? fmt::format("row {}", position + 1) : row.name;
}

std::string imported_id(const std::string& space, const std::string& name) {
  return digest("imported network\n" + space + "\n" + name);
}

/// The rows of each network, reduced.
struct Networks {
  analysis::RowsByNetwork rows;
  analysis::Repeats reduced;
  std::optional<analysis::RepeatSpread> spread;
};

Networks reduce(const MeasuredTable& table, std::span<const double> ops,
                std::span<const std::size_t> keys, analysis::KeySource source) {
  analysis::RowsByNetwork rows(keys);
  Result<analysis::Repeats> reduced = analysis::reduce_repeats(ops, table.seconds, rows);
  OPLINE_ASSERT(reduced, "a table with several op counts of one network: {}", reduced.reason());
  const auto spread = analysis::repeat_spread(*reduced, table.seconds, rows, source);
  return {std::move(rows), *std::move(reduced), spread};
}

/// By name; rows without names are told apart as keys_by_ops() does. Where those of the same ops
/// are too far apart to be repeats, each is a network of its own.
Networks networks_of(const MeasuredTable& table) {
  using analysis::KeySource;
  const std::vector<double> ops(table.ops.begin(), table.ops.end());
  if (!table.names.empty())
    return reduce(table, ops, std::vector<std::size_t>(table.network.begin(), table.network.end()),
                  KeySource::name);
  Networks networks = reduce(table, ops, analysis::keys_by_ops(ops).network, KeySource::ops);
  if (!networks.spread || !networks.spread->wide()) return networks;
  std::vector<std::size_t> each(ops.size());
  std::iota(each.begin(), each.end(), std::size_t{0});
  Networks apart = reduce(table, ops, each, KeySource::ops);
  apart.spread = networks.spread;
  return apart;
}

measure::Measurement measurement_of(const Row& row) {
  measure::Measurement measurement;
  measurement.seconds = row.seconds;
  measurement.joules = row.joules;
  return measurement;
}

bool same(const measure::Outcome& before, const measure::Measurement& now,
          const measure::Setup& setup) {
  if (!before.measurement) return false;
  const measure::Measurement& then = *before.measurement;
  const std::optional<double> seconds =
      then.seconds || !then.cycles || !setup.clock_hz
          ? then.seconds
          : std::optional(static_cast<double>(*then.cycles) / static_cast<double>(*setup.clock_hz));
  return seconds == now.seconds && then.joules == now.joules;
}

[[noreturn]] void differs(const store::Study& study, const std::string& name, const char* what) {
  throw Error(ErrorCode::usage,
              "{}: '{}' has another {} in it; import the new table under another --space or --db",
              study.path().string(), name, what);
}

/// An earlier import's rows must come first and in the same order: rows are the draws of an
/// imported campaign.
void require_same_rows(const std::vector<store::Draw>& before, const std::vector<store::Draw>& now,
                       const store::Study& study, const std::string& space) {
  for (std::size_t i = 0; i < std::min(before.size(), now.size()); ++i) {
    if (before[i].architecture == now[i].architecture) continue;
    throw Error(ErrorCode::usage,
                "{}: row {} is '{}', but '{}' in an earlier import of {}; append new rows at the "
                "end, or choose another --space or --db",
                study.path().string(), i + 1, now[i].architecture, before[i].architecture, space);
  }
}

std::vector<store::Draw> add_networks(store::Study& study, const Series& series,
                                      const TableImport& import) {
  std::vector<store::Draw> draws;
  for (std::size_t i = 0; i < series.rows.size(); ++i) {
    if (import.progress) import.progress(i, 2 * series.rows.size());
    const std::string name = imported_name(series.rows[i], i);
    store::NetworkRecord network;
    network.id =
        series.rows[i].network.empty() ? imported_id(series.space, name) : series.rows[i].network;
    network.ops = series.rows[i].ops;
    const std::optional<store::NetworkRecord> before = study.network(network.id);
    if (before && before->ops != network.ops) differs(study, name, "op count");
    if (!before) study.add_network(network);
    draws.push_back({name, network.id});
  }
  return draws;
}

std::int64_t add_outcomes(store::Study& study, const Series& series,
                          const std::vector<store::Draw>& draws, const std::string& setup,
                          const TableImport& import) {
  std::int64_t added = 0;
  for (std::size_t i = 0; i < series.rows.size(); ++i) {
    if (import.progress) import.progress(series.rows.size() + i, 2 * series.rows.size());
    const measure::Measurement measured = measurement_of(series.rows[i]);
    const measure::Outcome outcome{measure::OutcomeKind::measured, "", measured};
    if (study.record_outcome(draws[i].network, setup, outcome, import.now)) {
      ++added;
    } else if (!same(study.outcome(draws[i].network, setup)->outcome, measured, series.setup)) {
      differs(study, draws[i].architecture, "latency or energy");
    }
  }
  return added;
}

}  // namespace

Series series_of(const MeasuredTable& table, const std::string& space,
                 const measure::Setup& setup) {
  Series series;
  series.space = space;
  series.prior = "imported";
  series.setup = setup;
  series.setup_id = setup.id();
  for (const std::string& name : table.feature_names) series.figures.push_back({name, {}});
  const auto [rows, reduced, spread] = networks_of(table);
  series.lack_of_fit = reduced.lack_of_fit;
  series.repeat_spread = spread;
  const std::vector<std::optional<double>> joules =
      table.joules.empty() ? std::vector<std::optional<double>>(rows.networks())
                           : analysis::medians_of_known(rows, table.joules);
  series.rows.resize(rows.networks());
  for (std::size_t i = 0; i < series.rows.size(); ++i) {
    const std::size_t first = reduced.first_row[i];
    Row& row = series.rows[i];
    if (!table.names.empty()) row.name = table.names[i];
    if (!table.ids.empty()) row.network = table.ids[i];
    row.ops = table.ops[first];
    row.seconds = reduced.y[i];
    row.joules = joules[i];
    row.line = table.lines[first];
    row.repeats = reduced.repeats[i];
    for (std::size_t f = 0; f < series.figures.size(); ++f)
      series.figures[f].values.push_back(table.features[f][first]);
  }
  series.counts.measured.networks = static_cast<std::int64_t>(series.rows.size());
  return series;
}

std::int64_t store_series(store::Study& study, const Series& series, const TableImport& import) {
  std::int64_t added = 0;
  study.transact([&] {
    const std::string space =
        study.add_space(series.space, "imported table: " + series.space + "\n");
    const std::string setup = study.add_setup(series.setup);
    const auto count = static_cast<std::int64_t>(series.rows.size());
    const store::CampaignKey campaign = study.add_campaign(
        {space, "imported", std::nullopt, count, import.study_command}, import.now);
    study.ask(campaign, setup);
    const std::vector<store::Draw> draws = add_networks(study, series, import);
    require_same_rows(study.draws(campaign), draws, study, series.space);
    study.add_draws(campaign, 0, draws);
    added = add_outcomes(study, series, draws, setup, import);
  });
  return added;
}

}  // namespace opline::evaluation
