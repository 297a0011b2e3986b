// src/board/board.h - the product a network runs on: its memories, clock, supply and power.
//
// A board is a data file, data/boards/<name>.toml; nothing about a board is code. Every number there names
// its source in a comment. Unknown keys are errors (src/base/toml.h).   Room: board -> base.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline::board {

/// Flash behind the vendor's line caches (STM32F4: the ART accelerator).
struct Flash {
  std::uint32_t base = 0;   ///< First address.
  std::uint32_t bytes = 0;  ///< Size; a multiple of `line_bytes`.
  std::uint32_t alias = 0;  ///< Where the boot configuration mirrors the flash (0 on STM32).
  std::uint32_t wait_states =
      0;  ///< At `Board::clock_hz` and `supply_volts`; timing uses what is programmed.
  std::uint32_t line_bytes = 16;        ///< Width of one flash read; a power of two.
  std::uint32_t instruction_lines = 0;  ///< Lines of the instruction cache; 0: none.
  std::uint32_t data_lines = 0;         ///< Lines of the data cache; 0: none.
  bool prefetch = false;                ///< Whether the next sequential line can be read ahead.
};

/// Zero-wait-state memory for data, stack and arena.
struct Sram {
  std::uint32_t base = 0;
  std::uint32_t bytes = 0;
};

/// A range of addresses with a name, for messages and for placing things.
struct MemoryRegion {
  std::string name;
  std::uint32_t base = 0;
  std::uint32_t bytes = 0;
  [[nodiscard]] bool contains(std::uint32_t address) const { return address - base < bytes; }
};

/// A figure with where it comes from.
struct Sourced {
  double value = 0;
  std::string source;
};

/// One product. Valid by construction when it comes from `load_board`.
struct Board {
  std::string name;                     ///< The file's stem: "nucleo-f446re".
  std::string title;                    ///< For people: "NUCLEO-F446RE".
  std::string mcu;                      ///< "STM32F446RE".
  std::string family;                   ///< Peripheral model: "stm32f4".
  std::string core;                     ///< Name for `load_core`: "cortex-m4".
  std::uint32_t clock_hz = 0;           ///< What the firmware programs.
  std::uint32_t external_clock_hz = 0;  ///< HSE as it is fed on this board.
  Flash flash;
  Sram sram;
  std::string uart;  ///< The peripheral that carries the protocol: "usart2".
  std::uint32_t uart_baud = 0;
  double supply_volts = 0;
  std::optional<Sourced> active_watts;  ///< While it computes; unknown is absent.

  /// "flash" and "sram".
  [[nodiscard]] std::vector<MemoryRegion> regions() const;
};

/// Reads data/boards/<name>.toml. Throws Error{usage} that lists the known names, or Error{input} file:line:
/// key.
[[nodiscard]] Board load_board(std::string_view name);

/// Reads a board from any file; its name is the file's stem. Throws Error{input} or Error{io}.
[[nodiscard]] Board load_board_file(const std::filesystem::path& path);

/// Names of all boards in data/boards, sorted.
[[nodiscard]] std::vector<std::string> board_names();

}  // namespace opline::board
