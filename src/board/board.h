// src/board/board.h - the product a network runs on: its memories, clock, supply and power.
//
// A board is a data file, data/boards/<name>.toml. Every number there names its source in a
// comment. Unknown keys are errors (src/base/toml.h), and so are keys that the board's family does
// not use: a figure in the file either reaches a result, or is compared with the firmware when it
// boots (runners/simulator/machine/board_agreement.h), or is refused.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/data_files.h"

namespace opline::board {

/// The flash. The accelerator's figures are those of an STM32F4; an STM32F7's accelerator serves
/// the flash's ITCM port only, which is not modelled, so its files do not have them.
struct Flash {
  std::uint32_t base = 0;   ///< First address.
  std::uint32_t bytes = 0;  ///< Size; a multiple of `line_bytes`.
  std::uint32_t alias = 0;  ///< The same flash where the core boots; by family, not in the file.
  std::uint32_t wait_states = 0;  ///< At `Board::clock_hz`. The firmware programs them, and must
                                  ///< program this number.
  std::uint32_t line_bytes = 16;  ///< Width of one flash read; a power of two.
  std::uint32_t instruction_lines = 0;  ///< Lines of the instruction cache; 0: none.
  std::uint32_t data_lines = 0;         ///< Lines of the data cache; 0: none.
  bool prefetch = false;                ///< Whether the next sequential line can be read ahead.
};

/// How the core reaches a memory, which decides what an access costs.
enum class MemoryKind : std::uint8_t {
  sram,  ///< Over the bus; cached where the core has a data cache.
  dtcm,  ///< Tightly coupled to the core's data side: no wait states, never cached.
  itcm,  ///< Tightly coupled to the core's instruction side.
};

/// One memory of the chip.
struct Memory {
  std::string name;  ///< "dtcm", "sram1".
  MemoryKind kind = MemoryKind::sram;
  std::uint32_t base = 0;
  std::uint32_t bytes = 0;
  [[nodiscard]] bool contains(std::uint32_t address) const { return address - base < bytes; }
};

/// One level-1 cache.
struct Cache {
  std::uint32_t bytes = 0;  ///< ways x sets x line; each a power of two.
  std::uint32_t ways = 0;
};

/// The level-1 caches of a core that has them (Cortex-M7), and the bus behind them.
struct Caches {
  Cache instruction, data;
  std::uint32_t line_bytes = 0;
  std::uint32_t bus_latency =
      0;  ///< Cycles from a miss to the request at the memory and back, without its own.
  std::uint32_t sram_beats = 0;   ///< Cycles that an SRAM takes for one line.
  std::uint32_t flash_beats = 0;  ///< Cycles that the flash's port takes for one line it has read.
};

/// The range that programs use for data: all memories from 0x20000000 on, which are contiguous.
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

/// The floating-point unit that the chip's maker chose for the core.
enum class Fpu : std::uint8_t {
  fpv4_single,  ///< FPv4-SP: Cortex-M4F.
  fpv5_single,  ///< FPv5-SP: selection, minimum and maximum, rounding.
  fpv5_double,  ///< FPv5-DP: those, and double precision.
};

/// One product. Valid by construction when it comes from `load_board`.
struct Board {
  std::string name;    ///< The file's stem: "nucleo-f446re".
  std::string title;   ///< For people: "NUCLEO-F446RE".
  std::string mcu;     ///< "STM32F446RE".
  std::string family;  ///< Peripheral model: "stm32f4", "stm32f7".
  std::string core;    ///< Name for `load_core`: "cortex-m4".
  Fpu fpu = Fpu::fpv4_single;
  std::uint32_t clock_hz = 0;           ///< What the firmware must program.
  std::uint32_t external_clock_hz = 0;  ///< HSE as it is fed on this board.
  Flash flash;
  std::vector<Memory> memories;  ///< By address.
  Sram sram;                     ///< What `memories` span from 0x20000000 on.
  std::optional<Caches> caches;  ///< Absent where the core has none.
  std::string uart;              ///< The peripheral that carries the protocol: "usart2", "usart3".
  double supply_volts = 0;
  std::optional<Sourced> active_watts;  ///< While it computes; unknown is absent.

  /// "flash" and each of `memories`.
  [[nodiscard]] std::vector<MemoryRegion> regions() const;
};

/// Reads data/boards/<name>.toml. Throws Error{usage} that lists the known names, or Error{input}
/// file:line: key.
[[nodiscard]] Board load_board(std::string_view name);

/// Reads a board from any file; its name is the file's stem. Throws Error{input} or Error{io}.
[[nodiscard]] Board load_board_file(const std::filesystem::path& path);

/// Names of all boards in data/boards, sorted.
[[nodiscard]] std::vector<std::string> board_names();

/// All boards in data/boards, by name. A file that cannot be read is reported in `unreadable` and
/// does not hide the others.
[[nodiscard]] DataFiles<Board> load_boards();

}  // namespace opline::board
