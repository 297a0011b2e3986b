#include "notebooks_export/networks_table.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "notebooks_export/drawn_networks.h"
#include "sampler/space/architecture.h"
#include "src/base/error.h"

namespace opline::notebooks_export {
namespace {

using evaluation::Series;

constexpr const char* kFigureColumns[] = {
    "network",     "position",     "draws",         "architecture", "outcome",
    "reason",      "ops",          "macs",          "parameters",   "layers",
    "flash_bytes", "weight_bytes", "channel_bytes", "sram_bytes",   "activation_bytes",
    "cycles",      "latency_s",    "energy_j",      "energy_origin"};

using Spaces = std::map<std::string, sampler::Space>;  // by id

/// Whether the campaign's networks are architectures of a search space: those of a table and those
/// of a grid of single layers (opline layers) only have names.
bool has_architectures(const Series& series) { return series.seed && series.prior != "grid"; }

Spaces read_spaces(store::Study& study, const std::vector<Series>& series) {
  Spaces spaces;
  const std::vector<store::SpaceRow> rows = study.spaces();
  for (const Series& one : series) {
    if (!has_architectures(one) || spaces.contains(one.space_id)) continue;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const store::SpaceRow& space) {
      return space.id == one.space_id;
    });
    OPLINE_ASSERT(row != rows.end(), "a campaign of a space that the study does not have");
    spaces.emplace(one.space_id, sampler::parse_space(row->text, row->name + ".toml"));
  }
  return spaces;
}

/// The names of all decisions, each once.
std::vector<std::string> decision_columns(const Spaces& spaces, const std::vector<Series>& series) {
  std::vector<std::string> names;
  for (const Series& one : series) {
    const auto space = spaces.find(one.space_id);
    if (space == spaces.end()) continue;
    for (const sampler::Decision& decision : space->second.decisions) {
      if (std::find(names.begin(), names.end(), decision.name) == names.end())
        names.push_back(decision.name);
    }
  }
  return names;
}

/// A chosen width as a number, else the option as it is written.
void write_option(TableWriter& table, const sampler::Decision& decision, std::size_t option) {
  if (decision.kind == sampler::DecisionKind::width) {
    table.integer(static_cast<std::uint64_t>(decision.options.at(option)));
  } else {
    table.text(sampler::option_text(decision, option));
  }
}

void write_decisions(TableWriter& table, const sampler::Space* space,
                     const std::string& architecture, const std::vector<std::string>& columns) {
  std::optional<sampler::Architecture> chosen;
  if (space != nullptr) chosen = sampler::parse_architecture(*space, architecture);
  for (const std::string& column : columns) {
    std::size_t decision = 0;
    const std::size_t decisions = space != nullptr ? space->decisions.size() : 0;
    while (decision < decisions && space->decisions[decision].name != column) ++decision;
    if (decision < decisions && sampler::is_active(*space, *chosen, decision)) {
      write_option(table, space->decisions[decision], chosen->options[decision]);
    } else {
      table.text("");
    }
  }
}

void write_memory(TableWriter& table, const store::NetworkRecord& network) {
  std::optional<std::uint64_t> flash;
  if (network.weight_bytes && network.channel_bytes)
    flash = *network.weight_bytes + *network.channel_bytes;
  table.integer(flash)
      .integer(network.weight_bytes)
      .integer(network.channel_bytes)
      .integer(network.arena_bytes)
      .integer(network.activation_bytes);
}

/// Measured energy, else power x latency.
void write_energy(TableWriter& table, const Series& series, std::optional<double> joules,
                  std::optional<double> seconds) {
  if (joules) {
    table.number(joules).text("measured");
  } else if (series.power && seconds) {
    table.number(series.power->watts * *seconds).text("modelled");
  } else {
    table.number(std::nullopt).text("");
  }
}

void write_network(TableWriter& table, const Series& series, const DrawnNetwork& drawn) {
  const store::NetworkRecord& network = drawn.network;
  table.text(network.id).integer(drawn.position).integer(drawn.draws).text(drawn.architecture);
  table.text(drawn.outcome ? to_string(drawn.outcome->kind) : "pending")
      .text(drawn.outcome ? drawn.outcome->reason : "");
  table.integer(network.ops).integer(network.macs).integer(network.parameters);
  table.integer(network.layers.empty() ? std::nullopt
                                       : std::optional<std::uint64_t>(network.layers.size()));
  write_memory(table, network);
  const measure::Measurement none;
  const measure::Measurement& found = drawn.measurement() != nullptr ? *drawn.measurement() : none;
  const auto seconds = latency_seconds(found.cycles, found.seconds, series.setup);
  table.integer(found.cycles).number(seconds);
  write_energy(table, series, found.joules, seconds);
}

}  // namespace

std::string networks_table(TableForm form, store::Study& study, const std::vector<Series>& series,
                           const std::vector<std::string>& comments, const Sink& sink) {
  const Spaces spaces = read_spaces(study, series);
  const std::vector<std::string> decisions = decision_columns(spaces, series);
  std::vector<std::string> columns(std::begin(kCampaignColumns), std::end(kCampaignColumns));
  columns.insert(columns.end(), std::begin(kFigureColumns), std::end(kFigureColumns));
  columns.insert(columns.end(), std::begin(kSetupColumns), std::end(kSetupColumns));
  columns.insert(columns.end(), decisions.begin(), decisions.end());
  TableWriter table(form, {"opline-networks", 1}, columns, comments, sink);
  for (const Series& one : series) {
    const auto space = spaces.find(one.space_id);
    each_network(study, one, [&](const DrawnNetwork& drawn) {
      write_campaign(table, one);
      write_network(table, one, drawn);
      write_setup(table, one);
      write_decisions(table, space == spaces.end() ? nullptr : &space->second, drawn.architecture,
                      decisions);
      table.end_row();
    });
  }
  return table.str();
}

}  // namespace opline::notebooks_export
