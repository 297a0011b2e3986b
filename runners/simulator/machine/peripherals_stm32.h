// runners/simulator/machine/peripherals_stm32.h - the STM32F4 and F7 registers that a start-up and
// a UART protocol touch.
//
// RM0390 (F446), RM0385 (F74x), RM0410 (F76x): RCC (6.3; 5.3), PWR (5.4; 4.4), FLASH (3.8; 3.7),
// GPIO (7.4; 6.4), and the board's UART: USART2 in the F4's layout (RM0390 25.6), USART3 in the
// F7's (RM0385 31.8, RM0410 34.8). The blocks have the same addresses in both families, and where
// the names differ the bits are the same. Ready flags follow their enable bits at once. The
// transmitter is always ready. An access to any other register is a bus fault. Plain data, so that
// a snapshot is a copy.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "src/board/board.h"

namespace opline::simulator {

/// Firmware waits for input when it reads the status this many times in a row without finding a
/// byte and without another access to the USART. Transmitting firmware reads it once or twice (TXE,
/// TC) between two bytes.
inline constexpr unsigned kPollsBeforeWaiting = 16;

class Stm32Peripherals {
 public:
  enum class Result : std::uint8_t { done, unmapped, wait };

  Stm32Peripherals() = default;
  explicit Stm32Peripherals(const board::Board& board);

  /// Word access to an aligned register. `wait`: the firmware polls an empty receiver; nothing was
  /// changed.
  Result read(std::uint32_t address, std::uint32_t& value);
  Result write(std::uint32_t address, std::uint32_t value);

  /// Whether a narrow store to the aligned register writes it as it is, because reading it has an
  /// effect.
  [[nodiscard]] bool written_as_is(std::uint32_t address) const {
    return address == usart_base_ + 4 * send_register_;
  }
  /// Whether a write to the register can make the UART ask for its interrupt.
  [[nodiscard]] bool decides_interrupts(std::uint32_t address) const {
    return address == usart_base_ + 4 * control_register_;
  }
  /// The position in the NVIC of the UART's interrupt while it asks for it: a byte was received, or
  /// one can be sent (RM0390 25.6.4; position: RM0390 table 38, RM0385 table 46, RM0410 table 46).
  [[nodiscard]] std::optional<unsigned> requested_interrupt() const;
  /// Whether a byte from the host would make it ask.
  [[nodiscard]] bool interrupts_on_input() const;
  /// What a refused access asked for, where it was to a block that is simulated otherwise; else
  /// null.
  [[nodiscard]] const char* refused(std::uint32_t address) const;
  /// FLASH_ACR as programmed.
  [[nodiscard]] std::uint32_t flash_access_control() const { return flash_[0]; }
  /// HCLK as RCC_CFGR, RCC_PLLCFGR and the prescalers have it; absent when the selected source is
  /// off.
  [[nodiscard]] std::optional<std::uint32_t> core_clock_hz() const;
  /// What the UART's baud rate register gives on the present clock; absent while it is off or its
  /// clock is gated.
  [[nodiscard]] std::optional<std::uint32_t> uart_baud() const;

  std::deque<char> received;  ///< Bytes that the firmware has not read yet.
  std::string sent;           ///< Bytes that nobody has taken yet.

 private:
  Result read_usart(std::uint32_t index, std::uint32_t& value);
  Result write_usart(std::uint32_t index, std::uint32_t value);
  Result read_status(std::uint32_t& value);
  void read_data(std::uint32_t& value);
  [[nodiscard]] bool usart_on(std::uint32_t enables) const;
  Result write_rcc(std::uint32_t index, std::uint32_t value);
  Result access_gpio(std::uint32_t offset, std::uint32_t& value, bool is_write);
  [[nodiscard]] bool usart_clocked() const;

  bool is_f7_ = false;
  std::uint32_t external_clock_hz_ = 0;
  std::uint32_t usart_base_ = 0, usart_clock_bit_ = 0;
  // Word indices of the UART's registers, which the families arrange differently.
  std::uint32_t control_register_ = 0, baud_register_ = 0, control3_register_ = 0,
                status_register_ = 0, receive_register_ = 0, send_register_ = 0;
  std::array<std::uint32_t, 38> rcc_{};
  std::array<std::uint32_t, 4> pwr_{};
  std::array<std::uint32_t, 7> flash_{};
  std::array<std::array<std::uint32_t, 10>, 11> gpio_{};
  std::array<std::uint32_t, 11> usart_{};
  unsigned empty_polls_ =
      0;  ///< Status reads in a row that found no byte, with no other USART access between.
};

}  // namespace opline::simulator
