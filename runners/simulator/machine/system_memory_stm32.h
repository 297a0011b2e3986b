// runners/simulator/machine/system_memory_stm32.h - identification of an STM32: what start-up code
// and libraries read about the chip.
//
// RM0390 34.1 and 34.2, RM0385 41.1 and 41.2, RM0410 45.1 and 45.2: unique device identifier (96
// bits) and flash size in KB. RM0390 33.6.1, RM0385 40.6.1, RM0410 44.6.1: DBGMCU_IDCODE, with the
// device of the reference manual and revision 0x1000 (A). Boards whose file names a family have
// them.
#pragma once
#include <cstdint>
#include <optional>

#include "src/board/board.h"

namespace opline::simulator {

/// The same on every simulated board: "opline simulate" is no chip. Bytes in the order of memory.
inline constexpr const char kUniqueId[] = "opline-sim01";

/// The aligned word at `address`; absent where nothing of this is.
[[nodiscard]] std::optional<std::uint32_t> system_memory_word(const board::Board& board,
                                                              std::uint32_t address);

/// "DMA1", "TIM2": the peripheral at an address, of those that are not simulated; null where the
/// manuals' memory map (RM0390, RM0385 and RM0410, table 1) has none.
[[nodiscard]] const char* peripheral_name(std::uint32_t address);

}  // namespace opline::simulator
