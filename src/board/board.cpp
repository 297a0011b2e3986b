#include "src/board/board.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "src/board/board_file.h"

namespace opline::board {
namespace {

constexpr const char* kFolder = "data/boards";

}  // namespace

std::vector<MemoryRegion> Board::regions() const {
  std::vector<MemoryRegion> regions{{"flash", flash.base, flash.bytes}};
  for (const Memory& memory : memories) regions.push_back({memory.name, memory.base, memory.bytes});
  return regions;
}

Board load_board_file(const std::filesystem::path& path) { return read_board_file(path, nullptr); }

std::vector<std::string> mistakes_of_board_file(const std::filesystem::path& path) {
  std::vector<std::string> mistakes;
  (void)read_board_file(path, &mistakes);
  return mistakes;
}

Board load_board(std::string_view name) {
  if (!name.ends_with(".toml"))
    return load_board_file(data_file(kFolder, "board", name, "; or give the path of a .toml file"));
  return load_board_file(std::filesystem::path(name));
}

Board at_clock(Board board, std::uint32_t hz) {
  const auto point = std::ranges::find(board.clocks, hz, &OperatingPoint::hz);
  if (point == board.clocks.end()) {
    std::vector<std::string> known;
    for (const OperatingPoint& one : board.clocks) {
      std::string megahertz = fmt::format("{:g}", one.hz / 1e6);
      if (std::ranges::count(known, megahertz) == 0) known.push_back(std::move(megahertz));
    }
    throw Error(ErrorCode::usage,
                "{} has no operating point of {:g} MHz; it has {} MHz (its file can be given more: "
                "docs/formats/board.md)",
                board.name, hz / 1e6, fmt::join(known, ", "));
  }
  board.clock = static_cast<std::size_t>(point - board.clocks.begin());
  board.clock_hz = point->hz;
  board.flash.wait_states = point->wait_states;
  return board;
}

std::vector<std::string> board_names() { return data_names(kFolder); }

DataFiles<Board> load_boards() { return load_each<Board>(board_names(), load_board); }

}  // namespace opline::board
