#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "src/base/error.h"
#include "src/base/other_file.h"
#include "src/base/output.h"
#include "src/base/units.h"
#include "src/base/version.h"
#include "src/cli/figure_options.h"
#include "src/cli/measuring.h"
#include "src/cli/network_argument.h"
#include "src/report/figures/layer_figures.h"
#include "src/report/memory_report.h"
#include "src/report/network_view.h"

namespace opline::cli {
namespace {

constexpr std::uint64_t kMostTraced = 10'000'000;  // about a gigabyte of text

/// With --trace one that writes what it executes to `lines`, which must outlive it.
std::unique_ptr<runners::Runner> runner_of(const runners::SimulatedBoard& board,
                                           const Options& options, std::string& lines) {
  if (!options.has("trace")) return board.make_runner();
  lines = fmt::format("# opline-trace 1, written by opline {}; {}\n", version(),
                      board.setup().to_json().dump());
  return board.make_tracing_runner({options.text("trace-from"),
                                    options.integer("trace-count", 1, kMostTraced),
                                    [&lines](const std::string& line) { lines += line + '\n'; }});
}

/// Measures the network, and writes what --trace asks for.
measure::Measurement measure_on(const runners::SimulatedBoard& board, const NamedNetwork& named,
                                const network::Layout& layout, const Options& options,
                                std::ostream& out) {
  std::string trace;
  const std::unique_ptr<runners::Runner> runner = runner_of(board, options, trace);
  const measure::Outcome outcome =
      runner->measure(request_for(named, layout, simulated_target(board)));
  if (const auto path = options.optional_text("trace")) write_output(*path, trace, out);
  return measurement_of(outcome);
}

std::optional<report::Device> device_of(const std::optional<runners::SimulatedBoard>& board) {
  if (!board) return std::nullopt;
  return report::Device{board->board().title, board->limits().arena_bytes};
}

/// Writes the figure that `option` names a file for, if it does.
void plot(const figures::Figure& figure, const Options& options, const char* option,
          Console& console) {
  figures::Figure drawn = figure;
  drawn.provenance = console.command_line;
  for (const std::string& path : report::write_figure_as(
           drawn, options.text(option), read_figure_options(options, WithFormats::no)))
    fmt::print(console.err, "{}\n", path);
}

/// Neither the trace nor a figure, with the numbers beside it, is written over what is read, or
/// over another of them.
void require_other_outputs(const Options& options, const std::optional<std::string>& file) {
  std::vector<std::filesystem::path> taken = files_of_network(options, file);
  const auto require_other = [&](const std::filesystem::path& path) {
    require_other_file(path, taken);
    if (path != "-") taken.push_back(path);
  };
  for (const char* option : {"trace", "plot", "plot-latency"}) {
    const auto path = options.optional_text(option);
    if (!path) continue;
    require_other(*path);
    if (std::string(option) != "trace")
      require_other(std::filesystem::path(*path).replace_extension(".csv"));
  }
}

void print_latency(const runners::SimulatedBoard& board, const measure::Measurement& measured,
                   std::ostream& out) {
  const double seconds =
      static_cast<double>(*measured.cycles) / static_cast<double>(*board.setup().clock_hz);
  fmt::print(out, "{} cycles = {} on {} (simulated, {}, uncalibrated)\n", *measured.cycles,
             format_seconds(seconds), board.board().title, board.setup().runtime.text());
  if (const auto& watts = board.board().active_watts)
    fmt::print(out, "{:.4g} mJ: modelled as {:.4g} W x latency ({})\n",
               1e3 * watts->value * seconds, watts->value, watts->source);
}

void add_inspect_options(Options& options) {
  options.positional("FILE", "an int8 .tflite file");
  add_network_options(options);
  options.flag("list", "list the known networks, and nothing else");
  options.value("space", "NAME", "search space: a name or a .toml file; default: kws");
  options.completes("space", Names::spaces);
  options.value("seed", "S", "seed of the random draws; default: 1");
  options.value("boards", "NAME", "measure the network on this simulated board (opline boards)");
  options.completes("boards", Names::boards);
  options.alias("board", "boards");
  add_simulation_options(options);
  options.value("plot", "FILE", "draw SRAM over time as .svg, .pdf or .png, with a .csv beside it");
  options.value("plot-latency", "FILE", "with --boards: draw the latency of each layer likewise");
  add_figure_options(options, WithFormats::no);
  options.value(
      "trace", "FILE",
      "with --boards: write the executed instructions, with cycles, as text; - is standard "
      "output");
  options.value("trace-from", "FUNCTION", "start the trace at this function of the firmware",
                "opline_run_layer");
  options.value("trace-count", "N", "number of instructions to trace", "10000");
  options.flag("json", "print JSON; sizes in bytes");
  options.exits({static_cast<int>(ErrorCode::missing_tool), static_cast<int>(ErrorCode::input),
                 static_cast<int>(ErrorCode::io), static_cast<int>(ErrorCode::device)});
}

int list_known(const Options& options, std::ostream& out) {
  if (options.has("network") || options.has("index") || !options.positionals().empty())
    options.fail("--list lists the known networks; leave out the one network");
  Json all = Json::array();
  for (const std::string& name : sampler::known_network_names()) {
    const std::string title = sampler::load_known_network(name).title;
    all.push_back({{"name", name}, {"title", title}});
    if (!options.has("json")) fmt::print(out, "{:<10} {}\n", name, title);
  }
  if (options.has("json")) out << to_text(all);
  return 0;
}

void require_options_that_apply(const Options& options) {
  if (options.has("trace") && !options.has("boards"))
    options.fail("--trace needs --boards, so that the network is executed");
  if (options.optional_text("trace") == "-" && options.has("json"))
    options.fail("--trace - and --json both write to standard output; name a file for the trace");
  for (const char* const needs : {"timing", "clock"}) {
    if (options.has(needs) && !options.has("boards"))
      options.fail(fmt::format("--{} needs --boards, so that the network is executed", needs));
  }
  if (options.has("plot-latency") && !options.has("boards"))
    options.fail("--plot-latency needs --boards, so that the network is executed");
  if (!options.has("plot") && !options.has("plot-latency"))
    require_no_figure_options(options, WithFormats::no, "plot");
  (void)read_figure_options(options, WithFormats::no);
  for (const char* option : {"trace-from", "trace-count"}) {
    if (options.given(option) && !options.has("trace"))
      options.fail(fmt::format("--{} applies only to --trace", option));
  }
}

}  // namespace

int inspect_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options("inspect",
                  "Show one network layer by layer: shapes, macs, parameters, live SRAM; with "
                  "--boards also the\n"
                  "cycles of each layer on that simulated board. FILE is an int8 .tflite file\n"
                  "(docs/formats/tflite.md), executed by opline's own runtime with the file's "
                  "tensors. Without\n"
                  "FILE the network is named by --network, or sampled (--index).",
                  "opline inspect --network kws-s --boards nucleo-f446re --plot sram.png\n"
                  "opline inspect --network kws-s --boards nucleo-f446re --plot-latency layers.pdf "
                  "--preset column\n"
                  "opline inspect model.tflite --boards nucleo-f746zg\n"
                  "opline inspect --space kws --index 3\n"
                  "opline inspect --list");
  add_inspect_options(options);
  if (!options.parse(arguments, console)) return 0;
  require_options_that_apply(options);
  const std::vector<std::string> files = options.positionals();
  if (options.has("list")) return list_known(options, console.out);
  if (files.size() > 1) options.fail("give one file");
  const std::optional<std::string> file =
      files.empty() ? std::nullopt : std::optional(files.front());
  require_other_outputs(options, file);
  const NamedNetwork named = resolve_network(options, file);
  const network::Layout layout = lay_out(named);
  std::optional<runners::SimulatedBoard> board;
  if (const auto name = options.optional_text("boards"))
    board = runners::SimulatedBoard::load(board_at_clock(options, *name), {}, rules_off(options));
  report::NetworkView view{named.name, named.architecture, named.network, layout, nullptr};
  // Before it is measured: a network that does not fit is not, and its SRAM tells why.
  if (options.has("plot"))
    plot(report::sram_figure(view, device_of(board)), options, "plot", console);
  std::optional<measure::Measurement> measured;
  if (board) measured = measure_on(*board, named, layout, options, console.out);
  if (measured) view.measured = &*measured;
  if (options.has("plot-latency"))
    plot(report::layer_latency_figure(view, static_cast<double>(*board->setup().clock_hz),
                                      board->setup()),
         options, "plot-latency", console);
  const report::MemoryReport memory = report::memory_report(numbers_of(named), named.published);
  if (options.has("json")) {
    Json json = to_json(view);
    json["memory"] = to_json(memory);
    if (board) json["setup"] = board->setup().to_json();
    if (measured && board->board().active_watts)
      json["modelled_joules"] = board->board().active_watts->value *
                                static_cast<double>(*measured->cycles) /
                                static_cast<double>(*board->setup().clock_hz);
    console.out << to_text(json);
    return 0;
  }
  print(view, console.out);
  print(memory, console.out);
  if (measured) print_latency(*board, *measured, console.out);
  return 0;
}

}  // namespace opline::cli
