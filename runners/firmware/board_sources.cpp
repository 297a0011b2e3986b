#include "runners/firmware/board_sources.h"

#include <fmt/format.h>

#include "src/base/digest.h"
#include "src/board/board_start.h"

namespace opline::firmware {
namespace {

using board::Board;
using board::RegisterStep;
using board::UartKind;

std::string text_of(const RegisterStep& step) {
  static constexpr const char* kKinds[] = {"OPLINE_STEP_WRITE", "OPLINE_STEP_MODIFY",
                                           "OPLINE_STEP_POLL"};
  return fmt::format("{{{}, {:#010x}u, {:#010x}u, {:#010x}u}}", kKinds[static_cast<int>(step.kind)],
                     step.address, step.mask, step.value);
}

/// An empty list is one step that does nothing: C has no empty arrays.
std::string list(const std::string& name, const std::vector<RegisterStep>& steps) {
  std::string text = fmt::format("static const struct opline_step {}[{}] = {{\n", name,
                                 std::max<std::size_t>(steps.size(), 1));
  for (const RegisterStep& step : steps) text += "  " + text_of(step) + ",\n";
  if (steps.empty()) text += "  {0, 0, 0, 0},\n";
  return text + "};\n";
}

/// Its number in firmware/boards/from_file/uart.h.
int number_of(UartKind kind) {
  switch (kind) {
    case UartKind::stm32_usart_v1:
      return 1;
    case UartKind::stm32_usart_v2:
    case UartKind::stm32_lpuart:
      return 2;
    case UartKind::nrf_uarte:
      return 3;
    case UartKind::cmsdk:
      return 4;
  }
  return 0;
}

std::string points_text(const Board& board) {
  std::string text, points;
  for (std::size_t i = 0; i < board.clocks.size(); ++i) {
    const board::OperatingPoint& point = board.clocks[i];
    text += list(fmt::format("kClockSteps{}", i), point.steps);
    points += fmt::format(
        "  {{{}u, {}u, \"{}\", kClockSteps{}, {}}}, /* {} wait states, the UART on {} Hz */\n",
        point.hz, board::baud_divider(board.uart, point.uart_hz), point.source, i,
        point.steps.size(), point.wait_states, point.uart_hz);
  }
  text += fmt::format("#define OPLINE_POINTS {}u\n", board.clocks.size());
  if (board.clocks.empty()) return text;
  return text + "static const struct opline_operating_point kPoints[] = {\n" + points + "};\n";
}

std::string trigger_text(const Board& board) {
  if (!board.trigger) return "#define OPLINE_HAS_TRIGGER 0\n";
  const board::Trigger& trigger = *board.trigger;
  return fmt::format("#define OPLINE_HAS_TRIGGER 1 /* {} */\n#define OPLINE_TRIGGER_STEPS {}u\n",
                     trigger.pin, trigger.steps.size()) +
         list("kTriggerSteps", trigger.steps) +
         fmt::format("static const struct opline_step kTriggerOn = {}, kTriggerOff = {};\n",
                     text_of(trigger.on), text_of(trigger.off));
}

std::string region(const char* name, const char* access, std::uint32_t base, std::uint32_t bytes) {
  return fmt::format("  {} ({}) : ORIGIN = {:#010x}, LENGTH = {}\n", name, access, base, bytes);
}

}  // namespace

std::string board_header(const Board& board) {
  return fmt::format(
             "/* Generated from {}.toml by opline: clock, UART and trigger of {}. */\n"
             "#ifndef OPLINE_BOARD_FILE_H\n#define OPLINE_BOARD_FILE_H\n\n"
             "#include \"firmware/boards/from_file/steps.h\"\n\n"
             "#define OPLINE_HAS_CACHES {}\n"
             "#define OPLINE_UART_KIND {} /* interrupt {}, {} baud */\n"
             "#define OPLINE_UART_BASE {:#010x}u\n"
             "#define OPLINE_RESET_DIVIDER {}u /* {} Hz; boots from {:#010x} */\n"
             "#define OPLINE_UART_STEPS {}u\n",
             board.name, board.title, board.caches ? 1 : 0, number_of(board.uart.kind),
             board.uart.interrupt ? std::to_string(*board.uart.interrupt) : "none", board.uart.baud,
             board.uart.base, board::baud_divider(board.uart, board.reset_hz), board.reset_hz,
             board.flash.alias, board.uart.steps.size()) +
         list("kUartSteps", board.uart.steps) + points_text(board) + trigger_text(board) +
         "\n#endif /* OPLINE_BOARD_FILE_H */\n";
}

std::string memory_script(const Board& board) {
  const bool one = board.arena.base == board.data.base;
  std::string text =
      fmt::format("/* Generated from {}.toml by opline. */\nMEMORY {{\n", board.name);
  text += region("FLASH", "rx", board.flash.base, board.flash.bytes);
  text += region("DATA", "rwx", board.data.base, board.data.bytes);
  if (!one) text += region("ARENA", "rwx", board.arena.base, board.arena.bytes);
  for (const board::Memory& memory : board.memories) {
    if (memory.kind == board::MemoryKind::itcm)
      text += region("ITCM", "rwx", memory.base, memory.bytes);
  }
  text += "}\n";
  if (one) text += "REGION_ALIAS(\"ARENA\", DATA)\n";
  if (text.find("ITCM") != std::string::npos)
    text += "opline_itcm_start = ORIGIN(ITCM);\nopline_itcm_end = ORIGIN(ITCM) + LENGTH(ITCM);\n";
  return text + "INCLUDE image.ld\n";
}

// Loops of a Cortex-M4 begin with a line of the flash, which has no cache of whole blocks before
// it.
std::vector<std::string> core_flags(const Board& board) {
  const std::string fpu = board.fpu == board::Fpu::fpv4_single   ? "fpv4-sp-d16"
                          : board.fpu == board::Fpu::fpv5_single ? "fpv5-sp-d16"
                                                                 : "fpv5-d16";
  std::vector<std::string> flags = {"-mcpu=" + board.core, "-mfpu=" + fpu, "-mfloat-abi=hard"};
  flags.emplace_back(board.core == "cortex-m7" ? "-DOPLINE_DUAL_ISSUE" : "-falign-loops=16");
  return flags;
}

std::string start_digest(const Board& board) {
  return digest(board_header(board) + memory_script(board)).substr(0, 16);
}

}  // namespace opline::firmware
