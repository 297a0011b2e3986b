#include "src/report/board_report.h"

#include <fmt/format.h>

#include "src/base/printable.h"
#include "src/base/units.h"

namespace opline::report {

std::string in_one_line(const board::Board& board) {
  return fmt::format("{:<16} {:<14} {:<10} {:.0f} MHz, flash {}, SRAM {}\n", printable(board.name),
                     printable(board.mcu), printable(board.core), board.clock_hz / 1e6,
                     format_bytes(board.flash.bytes), format_bytes(board.sram.bytes));
}

std::string in_words(const board::Board& board) {
  std::string text = fmt::format("{}: {} ({}, {})\n", printable(board.name), printable(board.title),
                                 printable(board.mcu), printable(board.core));
  text += fmt::format("  clock   {:.0f} MHz\n", board.clock_hz / 1e6);
  text += fmt::format("  flash   {} at 0x{:08x}, {} wait states\n", format_bytes(board.flash.bytes),
                      board.flash.base, board.flash.wait_states);
  text +=
      fmt::format("  SRAM    {} at 0x{:08x}\n", format_bytes(board.sram.bytes), board.sram.base);
  text += fmt::format("  supply  {} V\n", board.supply_volts);
  if (!board.active_watts) return text + "  power   unknown\n";
  return text + fmt::format("  power   {} W while computing ({})\n", board.active_watts->value,
                            printable(board.active_watts->source));
}

Json to_json(const board::Board& board) {
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

namespace {

constexpr std::size_t kLongestRule = 1000;  // bytes; sentences of a data file

}  // namespace

std::string rules_in_words(const board::Core& core) {
  std::string text =
      fmt::format("{} ({}), timing model {}: rules that can be switched off\n",
                  printable(core.name), printable(core.title), printable(core.timing_model));
  for (const board::TimingRule& rule : core.rules)
    text += fmt::format("\n{}\n  {}\n  Source: {}\n", printable(rule.name),
                        printable(rule.text, kLongestRule), printable(rule.source, kLongestRule));
  return text;
}

Json rules_to_json(const board::Core& core) {
  Json json = {{"core", core.name}, {"timing_model", core.timing_model}, {"rules", Json::array()}};
  for (const board::TimingRule& rule : core.rules)
    json["rules"].push_back({{"name", rule.name}, {"text", rule.text}, {"source", rule.source}});
  return json;
}

}  // namespace opline::report
