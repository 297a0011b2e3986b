// runners/simulator/machine/uart.h - the board's UART: the kinds that a board's file can name.
//
// Registers and bits: STM32 USART with SR and DR, RM0390 25.6; with ISR, RDR and TDR, RM0385 31.8,
// RM0410 34.8; LPUART, RM0432 section 51.7: the same registers; Nordic UARTE, nRF52840 Product
// Specification, 6.34: one transfer by EasyDMA at a time, from and to RAM; CMSDK, DDI 0479 4.3. The
// transmitter is always ready and a transfer takes no time; there are no errors and no flow
// control. An access to a register that is not there fails. Plain data, so that a snapshot is a
// copy.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>

#include "src/board/board.h"

namespace opline::simulator {

/// Firmware waits for input when it reads the status this many times in a row without finding a
/// byte and without another access to the UART. Transmitting firmware reads it once or twice (TXE,
/// TC) between two bytes.
inline constexpr unsigned kPollsBeforeWaiting = 16;

/// What an access to a peripheral's register led to.
enum class RegisterResult : std::uint8_t {
  done,
  unmapped,
  wait,  ///< The firmware polls an empty receiver; nothing was changed.
};

/// The memory that a UART with DMA reads and writes.
struct DmaMemory {
  std::uint32_t base = 0;
  std::span<std::uint8_t> bytes;
};

class Uart {
 public:
  Uart() = default;
  explicit Uart(const board::Uart& uart);

  [[nodiscard]] bool contains(std::uint32_t address) const { return address - base_ < bytes_; }

  /// Word access to an aligned register. `clocked`: the bus clock of the block is on.
  RegisterResult read(std::uint32_t address, std::uint32_t& value, bool clocked,
                      const DmaMemory& memory);
  RegisterResult write(std::uint32_t address, std::uint32_t value, bool clocked,
                       const DmaMemory& memory);

  /// A data register that a narrow store writes as it is, because reading it has an effect.
  [[nodiscard]] bool is_send_register(std::uint32_t address) const;
  /// Whether a write to the register can make the UART ask for its interrupt.
  [[nodiscard]] bool decides_interrupts(std::uint32_t address) const;
  /// Where software looks for a received byte.
  [[nodiscard]] std::uint32_t status_address() const;
  /// A byte was received or can be sent, and the interrupt for it is enabled (RM0390 25.6.4,
  /// RM0385 31.8.1).
  [[nodiscard]] bool interrupt(bool clocked) const;
  /// Whether a byte from the host would make it ask.
  [[nodiscard]] bool interrupts_on_input(bool clocked) const;
  /// What the divider gives on a clock of `hz`; absent while the UART is off.
  [[nodiscard]] std::optional<std::uint32_t> baud(std::uint32_t hz, bool clocked) const;

  std::deque<char> received;  ///< Bytes that the firmware has not read yet.
  std::string sent;           ///< Bytes that nobody has taken yet.

 private:
  [[nodiscard]] bool is_nrf() const { return kind_ == board::UartKind::nrf_uarte; }
  [[nodiscard]] bool on(std::uint32_t enables, bool clocked) const;
  RegisterResult read_status(std::uint32_t& value, bool clocked);
  RegisterResult read_nrf(std::uint32_t offset, std::uint32_t& value, const DmaMemory& memory);
  RegisterResult write_nrf(std::uint32_t offset, std::uint32_t value, const DmaMemory& memory);
  RegisterResult polled_empty();
  RegisterResult send(char byte);
  void receive_by_dma(const DmaMemory& memory);
  RegisterResult send_by_dma(const DmaMemory& memory);

  board::UartKind kind_ = board::UartKind::stm32_usart_v1;
  std::uint32_t base_ = 0, bytes_ = 0;
  // Word indices of the registers, which the kinds arrange differently.
  std::uint32_t control_ = 0, control3_ = 0, baud_ = 0, status_ = 0, receive_ = 0, send_ = 0;
  std::array<std::uint32_t, 12> registers_{};
  /// nRF UARTE: its registers by offset / 4, and a reception that has been started.
  std::array<std::uint32_t, 0x570 / 4> nrf_{};
  bool receiving_ = false;
  unsigned empty_polls_ = 0;  ///< Status reads in a row that found no byte.
};

}  // namespace opline::simulator
