#include <fmt/ostream.h>

#include <ostream>

#include "src/base/json.h"
#include "src/base/units.h"
#include "src/board/board.h"
#include "src/cli/options.h"
#include "src/cli/unreadable.h"

namespace opline::cli {
namespace {

Json json_of(const board::Board& board) {
  Json json = {{"name", board.name},
               {"title", board.title},
               {"mcu", board.mcu},
               {"core", board.core},
               {"clock_hz", board.clock_hz},
               {"flash_bytes", board.flash.bytes},
               {"flash_wait_states", board.flash.wait_states},
               {"sram_bytes", board.sram.bytes},
               {"supply_volts", board.supply_volts},
               {"active_watts", nullptr}};
  if (board.active_watts) {
    json["active_watts"] = {{"value", board.active_watts->value},
                            {"source", board.active_watts->source}};
  }
  return json;
}

void print(const board::Board& board, std::ostream& out) {
  fmt::print(out, "{}: {} ({}, {})\n", board.name, board.title, board.mcu, board.core);
  fmt::print(out, "  clock   {:.0f} MHz\n", board.clock_hz / 1e6);
  fmt::print(out, "  flash   {} at 0x{:08x}, {} wait states\n", format_bytes(board.flash.bytes),
             board.flash.base, board.flash.wait_states);
  fmt::print(out, "  SRAM    {} at 0x{:08x}\n", format_bytes(board.sram.bytes), board.sram.base);
  fmt::print(out, "  supply  {} V\n", board.supply_volts);
  if (board.active_watts) {
    fmt::print(out, "  power   {} W while computing ({})\n", board.active_watts->value,
               board.active_watts->source);
  } else {
    fmt::print(out, "  power   unknown\n");
  }
}

}  // namespace

int boards_verb(const std::vector<std::string>& arguments, Console& console) {
  Options options(
      "boards",
      "List the boards that can be simulated, or show one. A board is a TOML file in data/boards;\n"
      "every figure there names its source.",
      "opline boards\nopline boards --show nucleo-f446re\nopline boards --json");
  options.value("show", "NAME", "name of a board");
  options.flag("json", "print JSON");
  if (!options.parse(arguments, console)) return 0;

  const auto one = options.optional_text("show");
  Json all = Json::array();
  const DataFiles<board::Board> files =
      one ? DataFiles<board::Board>{{board::load_board(*one)}, {}} : board::load_boards();
  for (const board::Board& board : files.loaded) {
    if (options.has("json")) {
      all.push_back(json_of(board));
    } else if (one) {
      print(board, console.out);
    } else {
      fmt::print(console.out, "{:<16} {:<14} {:<10} {:.0f} MHz, flash {}, SRAM {}\n", board.name,
                 board.mcu, board.core, board.clock_hz / 1e6, format_bytes(board.flash.bytes),
                 format_bytes(board.sram.bytes));
    }
  }
  if (options.has("json")) console.out << to_text(one ? all[0] : all);
  return report_unreadable(files.unreadable, console);
}

}  // namespace opline::cli
