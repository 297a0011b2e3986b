#include <fmt/ostream.h>

#include <filesystem>
#include <map>
#include <ostream>

#include "src/base/error.h"
#include "src/base/utc_now.h"
#include "src/campaign/layer_grid.h"
#include "src/cli/measuring.h"
#include "src/figures/latency_figure.h"

namespace opline::cli {
namespace {

using Latencies = std::map<std::string, std::uint64_t>;  // cycles by network

/// The layers that one board measured, in the order of the grid.
struct BoardLayers {
  std::string board;
  double clock_hz = 0;
  std::string runtime;
  Latencies cycles;
};

std::vector<BoardLayers> read_layers(store::Study& study, const Measured& measured,
                                     const Asked& asked) {
  std::vector<BoardLayers> all;
  for (std::size_t i = 0; i < measured.setups.size(); ++i) {
    const measure::Setup& setup = asked.boards[i].setup();
    BoardLayers layers{
        setup.board, static_cast<double>(setup.clock_hz.value_or(0)), setup.runtime, {}};
    store::Selection selection;
    selection.campaigns = {measured.campaign};
    selection.setups = {measured.setups[i]};
    for (const store::Series& series : study.measurements(selection)) {
      for (const store::MeasurementRow& row : series.rows) {
        if (row.cycles) layers.cycles[row.network] = *row.cycles;
      }
    }
    all.push_back(std::move(layers));
  }
  return all;
}

std::optional<double> cycles_per_mac(const BoardLayers& board, const campaign::LayerCase& one) {
  const auto found = board.cycles.find(one.network.id());
  if (found == board.cycles.end()) return std::nullopt;
  return static_cast<double>(found->second) /
         static_cast<double>(network::total_ops(one.network).macs);
}

void print_table(const std::vector<campaign::LayerCase>& grid,
                 const std::vector<BoardLayers>& boards, std::ostream& out) {
  fmt::print(out, "cycles per mac\n{:<56} {:>11}", "layer", "macs");
  for (const BoardLayers& board : boards) fmt::print(out, " {:>14}", board.board);
  fmt::print(out, "\n");
  for (const campaign::LayerCase& one : grid) {
    fmt::print(out, "{:<56} {:>11}", one.name, network::total_ops(one.network).macs);
    for (const BoardLayers& board : boards) {
      const std::optional<double> figure = cycles_per_mac(board, one);
      fmt::print(out, " {:>14}", figure ? fmt::format("{:.3f}", *figure) : "not measured");
    }
    fmt::print(out, "\n");
  }
}

const campaign::LayerCase* find_case(const std::vector<campaign::LayerCase>& grid,
                                     const std::string& kind, int channels) {
  for (const campaign::LayerCase& one : grid) {
    if (one.kind == kind && one.channels == channels) return &one;
  }
  return nullptr;
}

/// The step that the paper saw between 138 and 140 channels (37.5 ms against 21.5 ms with its
/// kernels).
void print_steps(const std::vector<campaign::LayerCase>& grid,
                 const std::vector<BoardLayers>& boards, std::ostream& out) {
  constexpr int kOdd = 138;
  constexpr int kEven = 140;
  fmt::print(out, "\nlatency with {} channels over latency with {}, by layer\n", kOdd, kEven);
  std::string last;
  for (const campaign::LayerCase& one : grid) {
    if (one.kind == last) continue;
    last = one.kind;
    const campaign::LayerCase* odd = find_case(grid, one.kind, kOdd);
    const campaign::LayerCase* even = find_case(grid, one.kind, kEven);
    fmt::print(out, "{:<56} {:>11}", one.kind, "");
    for (const BoardLayers& board : boards) {
      const auto a = board.cycles.find(odd->network.id());
      const auto b = board.cycles.find(even->network.id());
      const bool both = a != board.cycles.end() && b != board.cycles.end();
      fmt::print(out, " {:>14}",
                 both ? fmt::format("{:.3f}",
                                    static_cast<double>(a->second) / static_cast<double>(b->second))
                      : "-");
    }
    fmt::print(out, "\n");
  }
}

Json to_json(const std::vector<campaign::LayerCase>& grid, const std::vector<BoardLayers>& boards) {
  Json rows = Json::array();
  for (const campaign::LayerCase& one : grid) {
    for (const BoardLayers& board : boards) {
      const auto found = board.cycles.find(one.network.id());
      if (found == board.cycles.end()) continue;
      const network::NetworkOps ops = network::total_ops(one.network);
      rows.push_back({{"layer", one.name},
                      {"kind", one.kind},
                      {"channels", one.channels},
                      {"board", board.board},
                      {"macs", ops.macs},
                      {"ops", ops.ops()},
                      {"cycles", found->second},
                      {"seconds", static_cast<double>(found->second) / board.clock_hz}});
    }
  }
  return {{"format", "opline-layers"}, {"version", 1}, {"layers", rows}};
}

/// One picture a board: latency against ops, a series a kind of layer.
std::vector<std::string> draw(const std::vector<campaign::LayerCase>& grid,
                              const std::vector<BoardLayers>& boards, const std::string& folder,
                              const std::string& command) {
  std::vector<std::string> paths;
  for (const BoardLayers& board : boards) {
    figures::LatencyFigure figure;
    figure.title = "Latency of single layers against ops: " + board.board;
    figure.remarks = {"a grid of sizes, not a sample", "uncalibrated"};
    figure.provenance = command;
    std::map<std::string, std::size_t> position;
    for (const campaign::LayerCase& one : grid) {
      const auto [at, is_new] = position.try_emplace(one.kind, figure.series.size());
      if (is_new) {
        figure.series.emplace_back();
        figure.series.back().space = one.kind;
        figure.series.back().board = board.board;
        figure.series.back().runtime = board.runtime;
        figure.series.back().prior = "grid";
        figure.series.back().drawn = 0;
        figure.series.back().whole_enumeration = true;
      }
      figures::LatencySeries& series = figure.series[at->second];
      ++*series.drawn;
      const auto found = board.cycles.find(one.network.id());
      if (found == board.cycles.end()) continue;
      series.ops.push_back(static_cast<double>(network::total_ops(one.network).ops()));
      series.seconds.push_back(static_cast<double>(found->second) / board.clock_hz);
      series.fitting = series.ops.size();
    }
    std::erase_if(figure.series,
                  [](const figures::LatencySeries& series) { return series.ops.size() < 3; });
    if (figure.series.empty()) continue;
    for (figures::LatencySeries& series : figure.series)
      series.fit = analysis::fit_line(series.ops, series.seconds);
    for (const char* extension : {".svg", ".png"}) {
      paths.push_back(
          (std::filesystem::path(folder) / ("layers-" + board.board + extension)).string());
      figures::write_latency_figure(paths.back(), figure);
    }
  }
  return paths;
}

}  // namespace

int layers_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "layers",
      "Measure single layers of each type over a grid of sizes, channels around multiples of four "
      "among "
      "them,\n"
      "and show what a multiply-accumulate costs by layer and board. Layers differ in cost per op; "
      "whole\n"
      "networks of one backbone are linear in ops all the same (opline study).",
      "opline layers --boards nucleo-f446re,nucleo-f746zg --db layers.db --out results");
  add_board_options(options);
  options.value("out", "DIR", "folder for the pictures; none are drawn without it");
  if (!options.parse(arguments, console)) return 0;
  const Asked asked = read_boards(options);
  const std::vector<campaign::LayerCase> grid = campaign::layer_grid();
  const std::string text = "a grid of single layers, written by opline layers\n";
  store::Study study = store::Study::open(options.text("db"), store::Mode::create, utc_now());
  const Measured measured = measure(asked, {"layers", text, text + "1", "grid", 0},
                                    campaign::draw_grid(grid), study, console);
  if (measured.report.interrupted) {
    console.out << in_words(measured);
    return kInterrupted;
  }
  const std::vector<BoardLayers> boards = read_layers(study, measured, asked);
  if (options.has("json")) {
    console.out << to_text(to_json(grid, boards));
  } else {
    print_table(grid, boards, console.out);
    print_steps(grid, boards, console.out);
  }
  if (const auto folder = options.optional_text("out")) {
    for (const std::string& path : draw(grid, boards, *folder, console.command_line)) {
      if (!options.has("json")) fmt::print(console.out, "plot        {}\n", path);
    }
  }
  return 0;
}

}  // namespace opline::cli
