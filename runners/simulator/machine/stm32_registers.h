// runners/simulator/machine/stm32_registers.h - the registers of an STM32F4 or F7 that a start-up
// touches.
//
// RM0390 (F446), RM0368 (F401), RM0383 (F411), RM0385 (F74x), RM0410 (F76x): RCC (RM0390 6.3;
// RM0385 5.3), PWR (5.4; 4.4), FLASH (3.8; 3.7), GPIO (7.4; 6.4). The blocks have the same
// addresses in both families, and where the names differ the bits are the same. Ready flags follow
// their enable bits at once. Plain data, so that a snapshot is a copy.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "runners/simulator/machine/uart.h"
#include "src/board/board.h"

namespace opline::simulator {

/// Where RCC enables and selects the clock of a UART. RM0390 6.3.13 and 6.3.14; RM0385 5.3.13,
/// 5.3.14 and 5.3.26.
struct UartClock {
  std::uint32_t base = 0;
  bool on_apb2 = false;
  unsigned enable = 0;  ///< Bit in RCC_APB1ENR or RCC_APB2ENR.
  unsigned source = 0;  ///< First of two bits in the F7's RCC_DCKCFGR2; 0: the APB's clock.
};

class Stm32Registers {
 public:
  Stm32Registers() = default;
  explicit Stm32Registers(const board::Board& board);

  /// Word access to an aligned register.
  RegisterResult read(std::uint32_t address, std::uint32_t& value);
  RegisterResult write(std::uint32_t address, std::uint32_t value);

  /// What a refused access asked for, where it was to a block that is simulated otherwise; else
  /// null.
  [[nodiscard]] static const char* refused(std::uint32_t address);
  /// HCLK as RCC_CFGR, RCC_PLLCFGR and the prescalers have it; absent when the selected source is
  /// off.
  [[nodiscard]] std::optional<std::uint32_t> core_clock_hz() const;
  /// Whether the UART's bus clock is on; false for a UART that the families do not have.
  [[nodiscard]] bool uart_clocked() const;
  /// What the UART's baud rate is divided from; absent where its source is not simulated.
  [[nodiscard]] std::optional<std::uint32_t> uart_hz() const;

 private:
  RegisterResult write_rcc(std::uint32_t index, std::uint32_t value);
  RegisterResult access_gpio(std::uint32_t offset, std::uint32_t& value, bool is_write);

  bool is_f7_ = false;
  std::uint32_t external_clock_hz_ = 0;
  UartClock uart_clock_;
  std::array<std::uint32_t, 38> rcc_{};
  std::array<std::uint32_t, 4> pwr_{};
  std::array<std::uint32_t, 7> flash_{};
  std::array<std::array<std::uint32_t, 10>, 11> gpio_{};
};

}  // namespace opline::simulator
