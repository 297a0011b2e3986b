// runners/simulator/machine/peripherals.h - everything of the chip outside the core that firmware
// sees as registers: the board's UART, and what sets the clock and the flash.
//
// Of a chip family that the simulator knows (stm32_registers.h), or those of the board's file
// (described_registers.h). An access to any other register is a bus fault. Plain data, so that a
// snapshot is a copy.
#pragma once
#include <cstdint>
#include <optional>

#include "runners/simulator/machine/described_registers.h"
#include "runners/simulator/machine/stm32_registers.h"
#include "runners/simulator/machine/uart.h"
#include "runners/simulator/timing/flash_timing.h"
#include "src/board/board.h"

namespace opline::simulator {

class Peripherals {
 public:
  Peripherals() = default;
  explicit Peripherals(const board::Board& board);

  /// Word access to an aligned register.
  RegisterResult read(std::uint32_t address, std::uint32_t& value, const DmaMemory& memory);
  RegisterResult write(std::uint32_t address, std::uint32_t value, const DmaMemory& memory);

  /// Whether a narrow store to the aligned register writes it as it is, because reading it has an
  /// effect.
  [[nodiscard]] bool written_as_is(std::uint32_t address) const {
    return uart.is_send_register(address);
  }
  /// Whether a write to the register can make the UART ask for its interrupt.
  [[nodiscard]] bool decides_interrupts(std::uint32_t address) const {
    return uart.decides_interrupts(address);
  }
  /// The position in the NVIC of the UART's interrupt while it asks for it.
  [[nodiscard]] std::optional<unsigned> requested_interrupt() const;
  /// Whether a byte from the host would make it ask.
  [[nodiscard]] bool interrupts_on_input() const;
  /// What a refused access asked for, where it was to a block that is simulated otherwise; else
  /// null.
  [[nodiscard]] const char* refused(std::uint32_t address) const;
  /// The flash's timing as it is programmed.
  [[nodiscard]] FlashAccess flash_access() const { return flash_access_; }
  /// The core's clock as it is programmed; absent when the selected source is off.
  [[nodiscard]] std::optional<std::uint32_t> core_clock_hz() const;
  /// What the UART's baud rate register gives on the present clock; absent while it is off or its
  /// clock is gated.
  [[nodiscard]] std::optional<std::uint32_t> uart_baud() const;

  Uart uart;

 private:
  [[nodiscard]] bool uart_clocked() const { return !stm32_ || stm32_->uart_clocked(); }
  void program_flash();
  RegisterResult read_chip(std::uint32_t address, std::uint32_t& value);

  board::Flash flash_;
  std::optional<unsigned> uart_interrupt_;
  std::optional<Stm32Registers> stm32_;  ///< Absent: `described_` is it.
  DescribedRegisters described_;
  FlashAccess flash_access_;
};

}  // namespace opline::simulator
