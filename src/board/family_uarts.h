// src/board/family_uarts.h - the UARTs of the families of chips whose registers the simulator
// knows.
#pragma once
#include <algorithm>
#include <cstdint>

namespace opline::board {

/// One UART of an STM32F4 or F7, and where RCC enables and selects its clock. RM0390 6.3.13 and
/// 6.3.14; RM0385 5.3.13, 5.3.14 and 5.3.26. Base addresses: section 2.2.2, table 1 of each manual.
struct FamilyUart {
  std::uint32_t base = 0;
  bool on_apb2 = false;
  unsigned enable = 0;  ///< Bit in RCC_APB1ENR or RCC_APB2ENR.
  unsigned source = 0;  ///< First of two bits in the F7's RCC_DCKCFGR2; 0: the APB's clock.
};

/// USART1, USART2, USART3, UART4, UART5, USART6, UART7, UART8.
inline constexpr FamilyUart kFamilyUarts[] = {
    {0x40011000, true, 4, 0},    {0x40004400, false, 17, 2}, {0x40004800, false, 18, 4},
    {0x40004C00, false, 19, 6},  {0x40005000, false, 20, 8}, {0x40011400, true, 5, 10},
    {0x40007800, false, 30, 12}, {0x40007C00, false, 31, 14}};

/// Null where the families have none at this address.
inline const FamilyUart* family_uart_at(std::uint32_t base) {
  const auto* const found = std::ranges::find(kFamilyUarts, base, &FamilyUart::base);
  return found == std::end(kFamilyUarts) ? nullptr : found;
}

}  // namespace opline::board
