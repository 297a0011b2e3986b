#include "src/cli/board_check.h"

#include <fmt/ostream.h>

#include <algorithm>
#include <ostream>

#include "runners/simulated_board.h"
#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/printable.h"
#include "src/board/board.h"
#include "src/report/board_report.h"

namespace opline::cli {
namespace {

constexpr std::size_t kLongestMistake = 4000;

/// What became of booting the board's firmware in the simulator, in a sentence.
std::string firmware_in_words(const board::Board& board) {
  try {
    const auto loaded = runners::SimulatedBoard::load(board);
    return fmt::format("{} boots at {:g} MHz", loaded.image_name(), board.clock_hz / 1e6);
  } catch (const Error& error) {
    return error.what();
  }
}

Json check_json(const std::string& path, const std::vector<std::string>& mistakes,
                const Json& board, const Json& firmware) {
  return {{"format", "opline-board-check"}, {"version", 1},   {"file", path},
          {"mistakes", mistakes},           {"board", board}, {"firmware", firmware}};
}

}  // namespace

int check_board_file(const std::string& name_or_path, bool json, Console& console) {
  const std::vector<std::string> shipped = board::board_names();
  const bool named = std::ranges::count(shipped, name_or_path) != 0;
  const std::string path =
      named ? resource("data/boards/" + name_or_path + ".toml").string() : name_or_path;
  const std::vector<std::string> mistakes = board::mistakes_of_board_file(path);
  if (!mistakes.empty()) {
    if (json) console.out << to_text(check_json(path, mistakes, nullptr, nullptr));
    for (const std::string& mistake : mistakes)
      fmt::print(console.err, "{}\n", printable(mistake, kLongestMistake));
    fmt::print(console.err, "opline: {}: {} mistake{}\n", path, mistakes.size(),
               mistakes.size() == 1 ? "" : "s");
    return static_cast<int>(ErrorCode::input);
  }
  const board::Board board = board::load_board_file(path);
  const std::string firmware = firmware_in_words(board);
  if (json) {
    console.out << to_text(check_json(path, {}, report::to_json(board), firmware));
    return 0;
  }
  console.out << report::in_words(board);
  fmt::print(console.out, "  image   {}\n", printable(firmware, kLongestMistake));
  return 0;
}

}  // namespace opline::cli
