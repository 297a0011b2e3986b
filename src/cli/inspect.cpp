#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "sampler/decode.h"
#include "src/base/error.h"
#include "src/base/units.h"
#include "src/cli/measuring.h"

namespace opline::cli {
namespace {

struct Subject {
  std::string architecture;
  network::Network network;
};

Subject subject_of(const Options& options) {
  const sampler::Space space = sampler::load_space(options.text("space"));
  const auto text = options.optional_text("architecture");
  const sampler::Architecture architecture =
      text ? sampler::parse_architecture(space, *text)
           : sampler::sample(space, sampler::Prior::uniform_decisions, options.integer("seed"),
                             options.integer("index"));
  return {sampler::to_text(space, architecture), sampler::decode(space, architecture)};
}

/// Measures one network on a simulated board; throws where the outcome is no measurement.
measure::Measurement measure_on(const runners::SimulatedBoard& board, const network::Network& network) {
  const network::Layout layout = network::lay_out(network);
  if (auto reason = network::reason_not_to_fit(layout.footprint, board.limits())) {
    throw Error(ErrorCode::device, "the network doesn't fit {}: {}", board.board().name, *reason);
  }
  const network::Pools pools =
      network::Pools::generate(network::weight_bytes_at_most(layout), layout.footprint.channel_bytes);
  const network::CompiledNetwork compiled = network::compile(network, pools);
  const measure::Request request{network.id(), compiled.plan, compiled.digests, true,
                                 campaign::budget_cycles(network)};
  const measure::Outcome outcome = board.make_runner()->measure(request);
  if (outcome.kind != measure::OutcomeKind::measured) {
    throw Error(ErrorCode::device, "{}: {}", measure::to_string(outcome.kind), outcome.reason);
  }
  return *outcome.measurement;
}

std::string shape_text(const network::Shape& shape) {
  return fmt::format("{}x{}x{}", shape.h, shape.w, shape.c);
}

Json layer_json(const Subject& subject, const network::Layout& layout, const measure::Measurement* measured,
                std::size_t i) {
  const network::Layer& layer = subject.network.layers()[i];
  const network::LayerOps count = network::count_layer(layer);
  Json json = {{"type", network::to_string(layer.type)},
               {"input", {layer.input.h, layer.input.w, layer.input.c}},
               {"output", {layer.output.h, layer.output.w, layer.output.c}},
               {"macs", count.macs},
               {"ops", count.ops()},
               {"parameters", count.parameters},
               {"live_bytes", layout.live_bytes[i]}};
  if (measured != nullptr) json["cycles"] = measured->layer_cycles[i];
  return json;
}

Json network_json(const Subject& subject, const network::Layout& layout,
                  const measure::Measurement* measured) {
  Json json = {
      {"architecture", subject.architecture}, {"network", subject.network.id()}, {"layers", Json::array()}};
  for (std::size_t i = 0; i < layout.layers.size(); ++i)
    json["layers"].push_back(layer_json(subject, layout, measured, i));
  const network::NetworkOps total = network::total_ops(subject.network);
  json["macs"] = total.macs;
  json["ops"] = total.ops();
  json["parameters"] = total.parameters;
  json["flash_bytes"] = layout.footprint.flash_bytes();
  json["activation_bytes"] = layout.footprint.activation_bytes;
  json["sram_bytes"] = layout.footprint.arena_bytes;
  if (measured != nullptr) json["cycles"] = *measured->cycles;
  return json;
}

void print(const Subject& subject, const network::Layout& layout, const measure::Measurement* measured,
           std::ostream& out) {
  fmt::print(out, "architecture {}\nnetwork {}\n\n", subject.architecture, subject.network.id());
  fmt::print(out, "{:>3} {:<17} {:>11} {:>11} {:>11} {:>9} {:>9}{}\n", "", "layer", "input", "output", "macs",
             "params", "SRAM", measured != nullptr ? "       cycles  per mac" : "");
  for (std::size_t i = 0; i < layout.layers.size(); ++i) {
    const network::Layer& layer = subject.network.layers()[i];
    const network::LayerOps count = network::count_layer(layer);
    fmt::print(out, "{:>3} {:<17} {:>11} {:>11} {:>11} {:>9} {:>9}", i, network::to_string(layer.type),
               shape_text(layer.input), shape_text(layer.output), count.macs, count.parameters,
               format_bytes(layout.live_bytes[i]));
    if (measured != nullptr) {
      const std::uint64_t cycles = measured->layer_cycles[i];
      fmt::print(out, " {:>12}  {}", cycles,
                 count.macs == 0
                     ? ""
                     : fmt::format("{:7.2f}", static_cast<double>(cycles) / static_cast<double>(count.macs)));
    }
    fmt::print(out, "\n");
  }
  const network::NetworkOps total = network::total_ops(subject.network);
  fmt::print(
      out, "\n{} macs = {}, {} parameters\nflash {} of tensors, SRAM {} of arena ({} of it activations)\n",
      total.macs, format_ops(total.ops()), total.parameters, format_bytes(layout.footprint.flash_bytes()),
      format_bytes(layout.footprint.arena_bytes), format_bytes(layout.footprint.activation_bytes));
}

}  // namespace

int inspect_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "inspect",
      "Show one network of a search space layer by layer: shapes, macs, parameters, SRAM in use; with "
      "--board\n"
      "also the cycles of each layer on that simulated board.",
      "opline inspect --space kws --index 3\n"
      "opline inspect --space kws --index 3 --board nucleo-f446re\n"
      "opline inspect --space tiny --architecture \"$(opline sample --space tiny --count 1 --json | jq -r "
      "'.[0].architecture')\"");
  options.value("space", "NAME", "search space: a name or a .toml file", "kws");
  options.value("architecture", "TEXT", "decisions as `opline sample` prints them");
  options.value("seed", "S", "without --architecture: sample --index of this seed", "1");
  options.value("index", "I", "which sample", "0");
  options.value("board", "NAME", "simulate the network on this board");
  options.flag("json", "print JSON");
  if (!options.parse(arguments, console)) return 0;

  const Subject subject = subject_of(options);
  const network::Layout layout = network::lay_out(subject.network);
  std::optional<measure::Measurement> measured;
  std::optional<runners::SimulatedBoard> board;
  if (const auto name = options.optional_text("board")) {
    board = runners::SimulatedBoard::load(*name);
    measured = measure_on(*board, subject.network);
  }
  const measure::Measurement* cycles = measured ? &*measured : nullptr;
  if (options.has("json")) {
    Json json = network_json(subject, layout, cycles);
    if (board) json["setup"] = board->setup().to_json();
    console.out << to_text(json);
    return 0;
  }
  print(subject, layout, cycles, console.out);
  if (measured) {
    const double seconds =
        static_cast<double>(*measured->cycles) / static_cast<double>(*board->setup().clock_hz);
    fmt::print(console.out, "{} cycles = {} on {} (simulated, {}, uncalibrated)\n", *measured->cycles,
               format_seconds(seconds), board->board().title, board->setup().runtime);
  }
  return 0;
}

}  // namespace opline::cli
