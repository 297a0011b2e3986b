// runners/simulator/peripherals_stm32f4.h - the STM32F4 registers that a start-up and a UART protocol touch.
//
// RM0390: RCC (6.3), PWR (5.4), FLASH (3.8), GPIO (7.4), USART2 (25.6). Ready flags follow their enable bits
// at once. The transmitter is always ready. Registers outside these blocks are not there: the bus faults.
// Plain data, so that a snapshot is a copy.   Room: runners/simulator.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "src/board/board.h"

namespace opline::simulator {

class Stm32f4Peripherals {
 public:
  enum class Result : std::uint8_t { done, unmapped, wait };

  Stm32f4Peripherals() = default;
  explicit Stm32f4Peripherals(const board::Board& board);

  /// Word access to an aligned register. `wait`: the firmware polls an empty receiver; nothing was changed.
  Result read(std::uint32_t address, std::uint32_t& value);
  Result write(std::uint32_t address, std::uint32_t value);

  /// FLASH_ACR as programmed.
  [[nodiscard]] std::uint32_t flash_access_control() const { return flash_[0]; }
  /// HCLK as RCC_CFGR, RCC_PLLCFGR and the prescalers have it; absent when the selected source is off.
  [[nodiscard]] std::optional<std::uint32_t> core_clock_hz() const;
  /// What USART2's baud rate register gives on the present clock; absent while it is off or its clock is
  /// gated.
  [[nodiscard]] std::optional<std::uint32_t> uart_baud() const;

  std::deque<char> received;  ///< Bytes that the firmware has not read yet.
  std::string sent;           ///< Bytes that nobody has taken yet.

 private:
  Result read_usart(std::uint32_t offset, std::uint32_t& value);
  Result write_usart(std::uint32_t offset, std::uint32_t value);
  Result write_rcc(std::uint32_t index, std::uint32_t value);
  Result access_gpio(std::uint32_t offset, std::uint32_t& value, bool is_write);
  [[nodiscard]] bool usart_clocked() const;

  std::uint32_t external_clock_hz_ = 0;
  std::array<std::uint32_t, 38> rcc_{};
  std::array<std::uint32_t, 2> pwr_{};
  std::array<std::uint32_t, 6> flash_{};
  std::array<std::array<std::uint32_t, 10>, 8> gpio_{};
  std::array<std::uint32_t, 7> usart_{};
  bool polled_empty_ = false;  ///< The last USART access read SR and found no byte.
};

}  // namespace opline::simulator
