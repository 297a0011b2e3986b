#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "sampler/decode.h"
#include "src/base/error.h"
#include "src/base/units.h"
#include "src/cli/measuring.h"
#include "src/cli/network_view.h"

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

void plot(const NetworkView& view, const std::optional<runners::SimulatedBoard>& board,
          const std::string& path, Console& console) {
  figures::MemoryFigure figure = board
                                     ? memory_figure(view, board->limits().arena_bytes, board->board().title)
                                     : memory_figure(view, std::nullopt, "");
  figure.provenance = console.command_line;
  figures::write_memory_figure(path, figure);
  fmt::print(console.err, "{}\n", path);
}

void print_latency(const runners::SimulatedBoard& board, const measure::Measurement& measured,
                   std::ostream& out) {
  const double seconds = static_cast<double>(*measured.cycles) / static_cast<double>(*board.setup().clock_hz);
  fmt::print(out, "{} cycles = {} on {} (simulated, {}, uncalibrated)\n", *measured.cycles,
             format_seconds(seconds), board.board().title, board.setup().runtime);
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
  options.value("plot", "FILE", "draw SRAM over time as .svg or .png");
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
  const NetworkView view{"", subject.architecture, subject.network, layout, measured ? &*measured : nullptr};
  if (const auto path = options.optional_text("plot")) plot(view, board, *path, console);
  if (options.has("json")) {
    Json json = to_json(view);
    if (board) json["setup"] = board->setup().to_json();
    console.out << to_text(json);
    return 0;
  }
  print(view, console.out);
  if (measured) print_latency(*board, *measured, console.out);
  return 0;
}

}  // namespace opline::cli
