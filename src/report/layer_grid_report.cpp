#include "src/report/layer_grid_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "src/base/printable.h"

namespace opline::report {
namespace {

constexpr int kOdd = 138;
constexpr int kEven = 140;

std::optional<double> cycles_of(const BoardLayers& board, const campaign::LayerCase& one) {
  const auto found = board.cycles.find(one.network.id());
  if (found == board.cycles.end()) return std::nullopt;
  return static_cast<double>(found->second);
}

std::string cycles_per_mac_table(const LayerGridReport& report) {
  std::string text = fmt::format("cycles per mac\n{:<56} {:>11}", "layer", "macs");
  for (const BoardLayers& board : report.boards)
    text += fmt::format(" {:>14}", printable(board.board));
  for (const campaign::LayerCase& one : report.grid) {
    const std::uint64_t macs = network::total_ops(one.network).macs;
    text += fmt::format("\n{:<56} {:>11}", one.name, macs);
    for (const BoardLayers& board : report.boards) {
      const auto cycles = cycles_of(board, one);
      text +=
          fmt::format(" {:>14}", cycles ? fmt::format("{:.3f}", *cycles / static_cast<double>(macs))
                                        : "not measured");
    }
  }
  return text + "\n";
}

const campaign::LayerCase* find_case(const std::vector<campaign::LayerCase>& grid,
                                     const std::string& kind, int channels) {
  const auto found = std::find_if(grid.begin(), grid.end(), [&](const campaign::LayerCase& one) {
    return one.kind == kind && one.channels == channels;
  });
  return found == grid.end() ? nullptr : &*found;
}

std::string step_in_words(const BoardLayers& board, const campaign::LayerCase* odd,
                          const campaign::LayerCase* even) {
  if (odd == nullptr || even == nullptr) return "-";
  const auto odd_cycles = cycles_of(board, *odd);
  const auto even_cycles = cycles_of(board, *even);
  return odd_cycles && even_cycles ? fmt::format("{:.3f}", *odd_cycles / *even_cycles) : "-";
}

std::string steps_table(const LayerGridReport& report) {
  std::string text =
      fmt::format("\nlatency with {} channels over latency with {}, by layer\n", kOdd, kEven);
  std::set<std::string> seen;
  for (const campaign::LayerCase& one : report.grid) {
    if (!seen.insert(one.kind).second) continue;
    text += fmt::format("{:<56} {:>11}", one.kind, "");
    for (const BoardLayers& board : report.boards) {
      text += fmt::format(" {:>14}", step_in_words(board, find_case(report.grid, one.kind, kOdd),
                                                   find_case(report.grid, one.kind, kEven)));
    }
    text += "\n";
  }
  return text;
}

}  // namespace

std::string in_words(const LayerGridReport& report) {
  return cycles_per_mac_table(report) + steps_table(report);
}

Json to_json(const LayerGridReport& report) {
  Json rows = Json::array();
  for (const campaign::LayerCase& one : report.grid) {
    const network::NetworkOps ops = network::total_ops(one.network);
    for (const BoardLayers& board : report.boards) {
      const auto found = board.cycles.find(one.network.id());
      if (found == board.cycles.end()) continue;
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

}  // namespace opline::report
