// src/board/board.h - the product a network runs on: its memories, clock, supply and power.
//
// A board is a file, docs/formats/board.md: one of data/boards, or a user's. The firmware image,
// its linker script and the simulator come from it. Every number there names its source in a
// comment. Unknown keys are errors (src/base/toml.h), and so are keys that the board does not use:
// a figure in the file reaches the firmware or a result, or is compared with the firmware when it
// boots (runners/simulator/machine/board_agreement.h), or is refused.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/data_files.h"
#include "src/board/register_step.h"

namespace opline::board {

/// Bits that turn the flash's accelerator on, all in one register. 0: it is always on.
struct FlashEnables {
  std::uint32_t address = 0;  ///< Of the register; 0: nothing can be turned off.
  std::uint32_t prefetch = 0, instruction = 0, data = 0;
  std::uint32_t reset_instruction = 0, reset_data = 0;  ///< Bits that empty the caches.
};

/// The flash. An STM32F7's accelerator serves the flash's ITCM port only, which is not modelled, so
/// files of cores with caches do not have its figures.
struct Flash {
  std::uint32_t base = 0;         ///< First address.
  std::uint32_t bytes = 0;        ///< Size; a multiple of `line_bytes`.
  std::uint32_t alias = 0;        ///< The same flash where the core boots.
  std::uint32_t wait_states = 0;  ///< Of the chosen operating point: what the firmware programs.
  std::uint32_t cycles_per_wait_state = 1;  ///< Of the core, where the flash's bus is slower.
  /// The register that they are programmed into, and their bits in it; 0: the chip's cannot be set.
  std::uint32_t latency_register = 0, latency_mask = 0;
  std::uint32_t line_bytes = 16;        ///< Width of one flash read; a power of two.
  std::uint32_t instruction_lines = 0;  ///< Lines of the instruction cache; 0: none.
  std::uint32_t data_lines = 0;         ///< Lines of the data cache; 0: none.
  bool prefetch = false;                ///< Whether the next sequential line can be read ahead.
  FlashEnables enables;                 ///< Of `instruction_lines`, `data_lines` and `prefetch`.
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

/// How the PLL makes an operating point's clock, for the arithmetic: input / divide x multiply /
/// post.
struct Pll {
  std::uint32_t input_hz = 0, divide = 1, multiply = 1, post = 1;
};

/// One clock that a board can run at, and how its start-up sets it.
struct OperatingPoint {
  std::uint32_t hz = 0;  ///< Of the core.
  std::uint32_t wait_states = 0;
  std::uint32_t uart_hz = 0;  ///< What the UART's baud rate is divided from.
  std::string source;         ///< "hse": what the firmware reports.
  std::optional<Pll> pll;
  std::vector<RegisterStep> steps;
};

/// A UART's registers.
enum class UartKind : std::uint8_t {
  stm32_usart_v1,  ///< SR, DR: STM32F1, F2, F4.
  stm32_usart_v2,  ///< ISR, RDR, TDR: STM32F0, F3, F7, G, H, L.
  stm32_lpuart,    ///< The same with another divider.
  nrf_uarte,       ///< Nordic, with EasyDMA.
  cmsdk,           ///< Arm's Cortex-M System Design Kit: FPGA images, QEMU.
};

struct Uart {
  UartKind kind = UartKind::stm32_usart_v1;
  std::string name;  ///< "usart2".
  std::uint32_t base = 0;
  std::uint32_t baud = 115200;
  std::optional<std::uint32_t> interrupt;  ///< Its position in the NVIC.
  std::vector<RegisterStep> steps;         ///< Clocks and pins, before the UART is set up.
};

/// A pin that is active while a network runs, for power meters.
struct Trigger {
  std::string pin;  ///< "PA8 (D7)".
  std::vector<RegisterStep> steps;
  RegisterStep on, off;
};

/// A USB device that the board shows up as.
struct UsbId {
  std::uint16_t vendor = 0, product = 0;
};

/// One product. Valid by construction when it comes from `load_board`.
struct Board {
  std::filesystem::path file;  ///< Where it was read.
  std::string name;            ///< The file's stem: "nucleo-f446re".
  std::string title;           ///< For people: "NUCLEO-F446RE".
  std::string mcu;             ///< "STM32F446RE".
  std::string checked;         ///< How far its simulated timing was checked, in a sentence.
  std::string family;  ///< Registers that the simulator knows: "stm32f4", "stm32f7"; else empty.
  std::string core;    ///< Name for `load_core`: "cortex-m4".
  Fpu fpu = Fpu::fpv4_single;
  std::vector<OperatingPoint> clocks;   ///< The first is the usual one; alternatives with the same
                                        ///< clock are tried in order.
  std::size_t clock = 0;                ///< The chosen one of `clocks`.
  std::uint32_t clock_hz = 0;           ///< Of the chosen operating point.
  std::uint32_t reset_hz = 0;           ///< The core's and the UART's clock after reset.
  std::uint32_t external_clock_hz = 0;  ///< HSE as it is fed on this board, of a family; else 0.
  Flash flash;
  std::vector<Memory> memories;  ///< By address.
  Sram sram;                     ///< What `memories` span from 0x20000000 on.
  std::optional<Caches> caches;  ///< Absent where the core has none.
  MemoryRegion data, arena;      ///< Where the firmware has its stack and data, and its arena.
  std::string placement;         ///< The same in words.
  Uart uart;                     ///< Carries the protocol.
  std::optional<Trigger> trigger;
  std::vector<UsbId> usb;  ///< Of the debug probe or virtual COM port.
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

/// Every mistake of a board's file, each "file:line: key: what, and what to do"; empty: none.
/// Throws Error{io}.
[[nodiscard]] std::vector<std::string> mistakes_of_board_file(const std::filesystem::path& path);

/// The board at another of its operating points: the first of `hz`. Throws Error{usage} that lists
/// those it has.
[[nodiscard]] Board at_clock(Board board, std::uint32_t hz);

/// Names of all boards in data/boards, sorted.
[[nodiscard]] std::vector<std::string> board_names();

/// All boards in data/boards, by name. A file that cannot be read is reported in `unreadable` and
/// does not hide the others.
[[nodiscard]] DataFiles<Board> load_boards();

}  // namespace opline::board
