#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/other_file.h"
#include "src/base/output.h"
#include "src/base/printable.h"
#include "src/base/version.h"
#include "src/cli/figure_options.h"
#include "src/cli/host_run.h"
#include "src/cli/measuring.h"
#include "src/cli/network_argument.h"
#include "src/report/board_runs.h"
#include "src/report/figures/layer_figures.h"
#include "src/report/memory_report.h"
#include "src/report/network_view.h"
#include "src/report/published_figures.h"

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

/// Measures the network if it fits, and writes what --trace asks for.
measure::Outcome measure_on(const runners::SimulatedBoard& board, const NamedNetwork& named,
                            const network::Layout& layout, const Options& options,
                            std::ostream& out) {
  if (const auto reason = report::shortage(named.network, layout, board.limits()))
    return measure::Outcome::failed(measure::OutcomeKind::does_not_fit, *reason);
  std::string trace;
  const std::unique_ptr<runners::Runner> runner = runner_of(board, options, trace);
  measure::Outcome outcome = runner->measure(request_for(named, layout, simulated_target(board)));
  if (const auto path = options.optional_text("trace")) write_output(*path, trace, out);
  return outcome;
}

std::vector<runners::SimulatedBoard> boards_of(const Options& options) {
  std::vector<runners::SimulatedBoard> boards;
  if (!options.has("boards")) return boards;
  for (const std::string& name : options.list("boards"))
    boards.push_back(
        runners::SimulatedBoard::load(board_at_clock(options, name), {}, rules_off(options)));
  return boards;
}

report::BoardRun run_on(const runners::SimulatedBoard& board, const NamedNetwork& named,
                        const network::Layout& layout, const Options& options, std::ostream& out) {
  report::BoardRun run{board.board().title, board.setup(),
                       measure_on(board, named, layout, options, out), std::nullopt};
  if (const auto& watts = board.board().active_watts)
    run.power = report::ModelledPower{watts->value, watts->source};
  return run;
}

/// What is in the way of a latency on every board that was asked for.
void require_measured(const std::vector<report::BoardRun>& runs) {
  std::vector<std::string> failures;
  for (const report::BoardRun& run : runs) {
    if (run.outcome.kind == measure::OutcomeKind::does_not_fit)
      failures.push_back(
          fmt::format("the network doesn't fit {}: {}", run.setup.board, run.outcome.reason));
    else if (!run.measured())
      failures.push_back(fmt::format("{}: {}: {}", run.setup.board,
                                     measure::to_string(run.outcome.kind), run.outcome.reason));
  }
  if (!failures.empty()) throw Error(ErrorCode::device, "{}", fmt::join(failures, "\n"));
}

std::optional<report::Device> device_of(const std::vector<runners::SimulatedBoard>& boards) {
  if (boards.size() != 1) return std::nullopt;
  return report::Device{boards[0].board().title, boards[0].limits().arena_bytes};
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
  for (const std::string& input : input_files(options)) taken.emplace_back(input);
  for (const std::string& output : output_files(options)) require_other(output);
  for (const char* option : {"trace", "plot", "plot-latency"}) {
    const auto path = options.optional_text(option);
    if (!path) continue;
    require_other(*path);
    if (std::string(option).starts_with("plot"))
      require_other(std::filesystem::path(*path).replace_extension(".csv"));
  }
}

void add_inspect_options(Options& options) {
  options.positional("FILE", "an int8 .tflite file");
  add_network_options(options);
  options.flag("list", "list the known networks, and nothing else");
  options.value("space", "NAME", "search space: a name or a .toml file; default: kws");
  options.completes("space", Names::spaces);
  options.value("seed", "S", "seed of the random draws; default: 1");
  options.value("boards", "NAME,...",
                "measure the network on these simulated boards (opline boards)");
  options.completes("boards", Names::boards);
  options.alias("board", "boards");
  add_simulation_options(options);
  add_host_run_options(options);
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
  options.flag("json", "print JSON, with the digest of each layer's output; sizes in bytes");
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
    if (!options.has("json")) fmt::print(out, "{:<17} {}\n", name, title);
  }
  if (options.has("json")) out << to_text(all);
  return 0;
}

void require_options_that_apply(const Options& options) {
  if (options.has("output") && !options.has("input"))
    options.fail("--output needs --input, the values that the network is run with");
  if (writes_to_standard_output(options) &&
      (options.has("json") || options.optional_text("trace") == "-"))
    options.fail("--output - writes to standard output, as --json and --trace - do; name a file");
  for (const char* const one : {"trace", "plot-latency"}) {
    if (options.has(one) && options.has("boards") && options.list("boards").size() != 1)
      options.fail(fmt::format("--{} is for one board; name one with --boards", one));
  }
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

/// The keys of the network, its memory, what was published, and `boards`; of a single board also
/// its setup and modelled_joules.
void print_json(const report::NetworkView& view, const std::optional<report::MemoryReport>& memory,
                const std::optional<sampler::PublishedFigures>& published,
                const std::vector<report::BoardRun>& runs, const Options& options,
                std::ostream& out) {
  Json json = to_json(view);
  json["memory"] = memory ? to_json(*memory) : Json(nullptr);
  if (published) json["published"] = report::to_json(*published);
  if (const auto input = options.optional_text("input")) json["input"] = *input;
  if (!runs.empty()) json["boards"] = to_json(view.network, runs);
  if (runs.size() == 1) json["setup"] = runs[0].setup.to_json();
  if (view.measured != nullptr && runs[0].power)
    json["modelled_joules"] = runs[0].power->watts * runs[0].seconds(*view.measured->cycles);
  out << to_text(json);
}

bool has_int8_tensors(const network::Network& network) {
  return std::all_of(network.layers().begin(), network.layers().end(),
                     [](const network::Layer& layer) { return layer.output_bits == 8; });
}

}  // namespace

int inspect_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options("inspect",
                  "Show one network layer by layer: shapes, macs, parameters, live SRAM; with "
                  "--boards also the\n"
                  "cycles of each layer on these simulated boards, and why the slowest are slow; "
                  "with --input its\n"
                  "output. FILE is an int8 .tflite file (docs/formats/tflite.md), executed by "
                  "opline's own runtime\n"
                  "with the file's tensors. Without FILE the network is named by --network, or "
                  "sampled (--index).",
                  "opline inspect --network kws-s --boards nucleo-f446re --plot sram.png\n"
                  "opline inspect --network kws-s --boards nucleo-f446re --plot-latency layers.pdf "
                  "--preset column\n"
                  "opline inspect model.tflite --boards nucleo-f446re,nucleo-f746zg\n"
                  "opline inspect model.tflite --input x.npy --output y.npy\n"
                  "opline inspect streaming.tflite --input x2.npy,s1.npy --output y2.npy,s2.npy\n"
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
  const std::vector<runners::SimulatedBoard> boards = boards_of(options);
  report::NetworkView view{named.name, named.architecture, named.network, layout};
  // Before it is measured: a network that does not fit is not, and its SRAM tells why.
  if (options.has("plot"))
    plot(report::sram_figure(view, device_of(boards)), options, "plot", console);
  const network::QuantisedNetwork numbers = numbers_of(named);
  std::vector<std::uint32_t> digests;
  if (options.has("input") || (options.has("json") && !layout.refusal)) {
    digests = run_on_host(numbers, options, console.out);
    view.digests = &digests;
  }
  std::vector<report::BoardRun> runs;
  runs.reserve(boards.size());
  for (const runners::SimulatedBoard& board : boards)
    runs.push_back(run_on(board, named, layout, options, console.out));
  if (runs.size() == 1 && runs[0].measured()) view.measured = &*runs[0].outcome.measurement;
  if (options.has("plot-latency") && view.measured != nullptr)
    plot(report::layer_latency_figure(view, static_cast<double>(*runs[0].setup.clock_hz),
                                      runs[0].setup),
         options, "plot-latency", console);
  // The estimate is for a .tflite file, which cannot hold activations of four bits.
  std::optional<report::MemoryReport> memory;
  if (has_int8_tensors(named.network))
    memory = report::memory_report(numbers, named.published, named.file_bytes);
  if (options.has("json")) {
    print_json(view, memory, named.published, runs, options, console.out);
  } else if (!writes_to_standard_output(options)) {
    print(view, console.out);
    if (memory) print(*memory, console.out);
    print(named.network, runs, console.out);
    if (named.published) report::print(*named.published, runs, console.out);
  }
  require_measured(runs);
  return 0;
}

}  // namespace opline::cli
