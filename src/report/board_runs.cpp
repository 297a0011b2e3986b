#include "src/report/board_runs.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/network/layer_descriptor.h"
#include "src/report/slowest_layers.h"

namespace opline::report {
namespace {

constexpr std::size_t kLongestTitle = 40;

double share_of(const BoardRun& run, std::size_t layer) {
  return static_cast<double>(run.outcome.measurement->layer_cycles[layer]) /
         static_cast<double>(*run.outcome.measurement->cycles);
}

void print_table(const network::Network& network, const std::vector<BoardRun>& runs,
                 std::ostream& out) {
  fmt::print(out, "\n{:<22}", "layer");
  for (const BoardRun& run : runs) {
    if (run.measured()) fmt::print(out, " {:>18}   share", printable(run.title, kLongestTitle));
  }
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    fmt::print(out, "\n{:>3} {:<18}", i, network::to_string(network.layers()[i].type));
    for (const BoardRun& run : runs) {
      if (!run.measured()) continue;
      fmt::print(out, " {:>18} {:>5.1f} %", run.outcome.measurement->layer_cycles[i],
                 100 * share_of(run, i));
    }
  }
  fmt::print(out, "\n");
}

void print_run(const network::Network& network, const BoardRun& run, std::ostream& out) {
  const std::string title = printable(run.title, kLongestTitle);
  if (!run.measured()) {
    fmt::print(out, "{}: {}\n", title, run.outcome.reason);
    return;
  }
  const std::uint64_t cycles = *run.outcome.measurement->cycles;
  const double seconds = run.seconds(cycles);
  fmt::print(out, "{} cycles = {} on {} (simulated, {}, uncalibrated)\n", cycles,
             format_seconds(seconds), title, run.setup.runtime.text());
  if (run.power)
    fmt::print(out, "{:.4g} mJ: modelled as {:.4g} W x latency ({})\n",
               1e3 * run.power->watts * seconds, run.power->watts, printable(run.power->source));
  for (const SlowLayer& slow : slowest_layers(network, run.outcome.measurement->layer_cycles)) {
    const network::Layer& layer = network.layers()[static_cast<std::size_t>(slow.layer)];
    fmt::print(out, "slowest: layer {} ({}, {}) {:.1f} % of the cycles: {}\n", slow.layer,
               network::to_string(layer.type), network::kernel_of(layer), 100 * slow.share,
               slow.reason);
  }
}

Json layers_json(const BoardRun& run) {
  Json layers = Json::array();
  const std::vector<std::uint64_t>& cycles = run.outcome.measurement->layer_cycles;
  for (std::size_t i = 0; i < cycles.size(); ++i)
    layers.push_back(
        {{"cycles", cycles[i]}, {"seconds", run.seconds(cycles[i])}, {"share", share_of(run, i)}});
  return layers;
}

Json run_json(const network::Network& network, const BoardRun& run) {
  Json json = {{"board", run.setup.board},
               {"setup", run.setup.to_json()},
               {"outcome", measure::to_string(run.outcome.kind)}};
  if (!run.measured()) {
    json["reason"] = run.outcome.reason;
    return json;
  }
  const std::uint64_t cycles = *run.outcome.measurement->cycles;
  json["cycles"] = cycles;
  json["seconds"] = run.seconds(cycles);
  json["modelled_joules"] =
      run.power ? Json(run.power->watts * run.seconds(cycles)) : Json(nullptr);
  json["layers"] = layers_json(run);
  json["slowest"] = Json::array();
  for (const SlowLayer& slow : slowest_layers(network, run.outcome.measurement->layer_cycles))
    json["slowest"].push_back(
        {{"layer", slow.layer}, {"share", slow.share}, {"reason", slow.reason}});
  return json;
}

}  // namespace

double BoardRun::seconds(std::uint64_t cycles) const {
  return static_cast<double>(cycles) / static_cast<double>(*setup.clock_hz);
}

void print(const network::Network& network, const std::vector<BoardRun>& runs, std::ostream& out) {
  if (runs.size() > 1 && std::ranges::any_of(runs, &BoardRun::measured))
    print_table(network, runs, out);
  for (const BoardRun& run : runs) print_run(network, run, out);
}

Json to_json(const network::Network& network, const std::vector<BoardRun>& runs) {
  Json json = Json::array();
  for (const BoardRun& run : runs) json.push_back(run_json(network, run));
  return json;
}

std::optional<std::string> shortage(const network::Network& network, const network::Layout& layout,
                                    const network::DeviceLimits& limits) {
  const auto reason = network::reason_not_to_run(layout, limits);
  if (!reason || layout.refusal) return reason;
  const auto name_of = [&](std::size_t i) {
    return fmt::format("layer {} ({})", i, network::to_string(network.layers()[i].type));
  };
  if (layout.footprint.arena_bytes > limits.arena_bytes) {
    const auto peak = std::ranges::max_element(layout.live_bytes);
    const auto layer = static_cast<std::size_t>(peak - layout.live_bytes.begin());
    return fmt::format("{}; most SRAM is in use while {} runs: {} B", *reason, name_of(layer),
                       *peak);
  }
  const auto largest = std::ranges::max_element(network.layers(), {}, &network::weight_bytes);
  return fmt::format("{}; most weights are those of {}: {} B", *reason,
                     name_of(static_cast<std::size_t>(largest - network.layers().begin())),
                     network::weight_bytes(*largest));
}

}  // namespace opline::report
