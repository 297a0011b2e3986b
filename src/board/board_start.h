// src/board/board_start.h - the parts of a board's file that its start-up executes: clocks, UART,
// trigger.
#pragma once
#include "src/base/toml.h"
#include "src/board/board.h"

namespace opline::board {

// Each throws Error{input} file:line: what, and what to do.

/// [[clock]]. `board`: its flash and UART are read already. Checks the PLL's arithmetic, and that
/// the UART's baud rate can be divided from its clock.
[[nodiscard]] OperatingPoint read_operating_point(const TomlTable& table, const Board& board);
/// [uart]
[[nodiscard]] Uart read_uart(const TomlTable& table);
/// [trigger]
[[nodiscard]] Trigger read_trigger(const TomlTable& table);
/// usb = ["0483:374b"]; absent: none.
[[nodiscard]] std::vector<UsbId> read_usb_ids(const TomlTable& file);

/// A text that goes into generated C: one line without quotes, backslashes and comments.
[[nodiscard]] std::string read_plain_text(const TomlTable& table, std::string_view key);

/// The name in a file: "stm32-usart-v1".
[[nodiscard]] std::string_view name_of(UartKind kind);

/// What the UART's divider register gets for its baud rate on a clock of `hz`, rounded.
[[nodiscard]] std::uint32_t baud_divider(const Uart& uart, std::uint32_t hz);

/// Why the UART cannot be set to its baud rate, within 2 %, on a clock of `hz`; nothing where it
/// can.
[[nodiscard]] std::optional<std::string> reason_against_baud(const Uart& uart, std::uint32_t hz);

}  // namespace opline::board
