#include "src/report/board_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "src/base/printable.h"
#include "src/base/units.h"
#include "src/board/board_start.h"

namespace opline::report {

std::string in_one_line(const board::Board& board) {
  return fmt::format("{:<16} {:<14} {:<10} {:.0f} MHz, flash {}, SRAM {}\n", printable(board.name),
                     printable(board.mcu), printable(board.core), board.clock_hz / 1e6,
                     format_bytes(board.flash.bytes), format_bytes(board.sram.bytes));
}

namespace {

constexpr std::size_t kLongestSentence = 400;  // bytes; of a data file

/// "180 MHz, 5 wait states (hse: 8 MHz / 4 x 180 / 2)"
std::string point_in_words(const board::OperatingPoint& point) {
  std::string made;
  if (point.pll)
    made = fmt::format(": {:g} MHz / {} x {} / {}", point.pll->input_hz / 1e6, point.pll->divide,
                       point.pll->multiply, point.pll->post);
  return fmt::format("{:g} MHz, {} wait state{} ({}{})", point.hz / 1e6, point.wait_states,
                     point.wait_states == 1 ? "" : "s", point.source, made);
}

const char* name_of(board::MemoryKind kind) {
  switch (kind) {
    case board::MemoryKind::sram:
      return "sram";
    case board::MemoryKind::dtcm:
      return "dtcm";
    case board::MemoryKind::itcm:
      return "itcm";
  }
  return "";
}

std::string usb_text(const board::UsbId& id) {
  return fmt::format("{:04x}:{:04x}", id.vendor, id.product);
}

std::string caches_in_words(const board::Caches& caches) {
  return fmt::format("  caches  {} for instructions, {} for data, lines of {} B\n",
                     format_bytes(caches.instruction.bytes), format_bytes(caches.data.bytes),
                     caches.line_bytes);
}

Json clock_json(const board::OperatingPoint& point) {
  Json json = {{"hz", point.hz},
               {"wait_states", point.wait_states},
               {"uart_hz", point.uart_hz},
               {"source", point.source},
               {"pll", nullptr}};
  if (point.pll)
    json["pll"] = {{"input_hz", point.pll->input_hz},
                   {"divide", point.pll->divide},
                   {"multiply", point.pll->multiply},
                   {"post", point.pll->post}};
  return json;
}

/// Whether the file names bits that turn the flash's accelerator on, and the steps of the usual
/// operating point set none of them: a likely oversight, which costs many cycles.
bool leaves_accelerator_off(const board::Board& board) {
  const board::FlashEnables& enables = board.flash.enables;
  const std::uint32_t bits = enables.prefetch | enables.instruction | enables.data;
  if (bits == 0 || board.clocks.empty()) return false;
  return std::ranges::none_of(board.clocks.front().steps, [&](const board::RegisterStep& step) {
    return step.kind != board::RegisterStep::Kind::poll && step.address == enables.address &&
           (step.value & bits) != 0;
  });
}

}  // namespace

std::string in_words(const board::Board& board) {
  std::string text = fmt::format("{}: {} ({}, {})\n", printable(board.name), printable(board.title),
                                 printable(board.mcu), printable(board.core));
  const char* label = "clock";
  for (const board::OperatingPoint& point : board.clocks) {
    text += fmt::format("  {:<6}  {}\n", label, point_in_words(point));
    label = "";
  }
  text +=
      fmt::format("  flash   {} at 0x{:08x}\n", format_bytes(board.flash.bytes), board.flash.base);
  if (leaves_accelerator_off(board))
    text += "          its accelerator stays off: no step sets the bits of flash.enables\n";
  label = "memory";
  for (const board::Memory& memory : board.memories) {
    text += fmt::format("  {:<6}  {} at 0x{:08x} ({}, {})\n", label, format_bytes(memory.bytes),
                        memory.base, printable(memory.name), name_of(memory.kind));
    label = "";
  }
  if (board.caches) text += caches_in_words(*board.caches);
  text += fmt::format("  placed  {}\n", printable(board.placement));
  text += fmt::format("  UART    {} at 0x{:08x} ({}), {} baud\n", printable(board.uart.name),
                      board.uart.base, board::name_of(board.uart.kind), board.uart.baud);
  if (board.trigger)
    text += fmt::format("  trigger {}, high while a network runs\n", printable(board.trigger->pin));
  for (const board::UsbId& id : board.usb) text += fmt::format("  USB     {}\n", usb_text(id));
  text += fmt::format("  supply  {} V\n", board.supply_volts);
  text += board.active_watts
              ? fmt::format("  power   {} W while computing ({})\n", board.active_watts->value,
                            printable(board.active_watts->source, kLongestSentence))
              : "  power   unknown\n";
  return text + fmt::format("  checked {}\n", printable(board.checked, kLongestSentence));
}

Json to_json(const board::Board& board) {
  Json json = {{"name", board.name},
               {"title", board.title},
               {"mcu", board.mcu},
               {"core", board.core},
               {"clock_hz", board.clock_hz},
               {"clocks", Json::array()},
               {"flash_bytes", board.flash.bytes},
               {"flash_wait_states", board.flash.wait_states},
               {"sram_bytes", board.sram.bytes},
               {"memories", Json::array()},
               {"placement", board.placement},
               {"uart",
                {{"name", board.uart.name},
                 {"kind", board::name_of(board.uart.kind)},
                 {"base", board.uart.base},
                 {"baud", board.uart.baud}}},
               {"trigger", board.trigger ? Json(board.trigger->pin) : Json(nullptr)},
               {"usb", Json::array()},
               {"supply_volts", board.supply_volts},
               {"active_watts", nullptr},
               {"checked", board.checked}};
  for (const board::OperatingPoint& point : board.clocks)
    json["clocks"].push_back(clock_json(point));
  for (const board::Memory& memory : board.memories)
    json["memories"].push_back({{"name", memory.name},
                                {"kind", name_of(memory.kind)},
                                {"base", memory.base},
                                {"bytes", memory.bytes}});
  for (const board::UsbId& id : board.usb) json["usb"].push_back(usb_text(id));
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
