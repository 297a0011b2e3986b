// src/report/board_report.h - a board, and the timing rules of its core, as text and JSON:
// `opline boards`.
#pragma once
#include <string>

#include "src/base/json.h"
#include "src/board/board.h"
#include "src/board/core.h"

namespace opline::report {

/// One line: name, MCU, core, clock, flash, SRAM.
[[nodiscard]] std::string in_one_line(const board::Board& board);
/// Every operating point with its arithmetic, memories, UART, trigger, supply and power, one figure
/// per line.
[[nodiscard]] std::string in_words(const board::Board& board);
/// Keys: name, title, mcu, core, clock_hz, clocks [{hz, wait_states, uart_hz, source, pll}],
/// flash_bytes, flash_wait_states, sram_bytes, memories [{name, kind, base, bytes}], placement,
/// uart {name, kind, base, baud}, trigger (the pin, or null), usb, supply_volts, active_watts
/// ({value, source} or null), checked.
[[nodiscard]] Json to_json(const board::Board& board);

/// The timing rules of a core: name, sentence and source of each.
[[nodiscard]] std::string rules_in_words(const board::Core& core);
/// Keys: core, timing_model, rules [{name, text, source}].
[[nodiscard]] Json rules_to_json(const board::Core& core);

}  // namespace opline::report
