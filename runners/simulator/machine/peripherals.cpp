#include "runners/simulator/machine/peripherals.h"

#include <bit>

namespace opline::simulator {

Peripherals::Peripherals(const board::Board& board)
    : uart(board.uart), flash_(board.flash), uart_interrupt_(board.uart.interrupt) {
  if (board.family.empty()) {
    described_ = DescribedRegisters(board);
  } else {
    stm32_.emplace(board);
  }
  program_flash();
}

RegisterResult Peripherals::read_chip(std::uint32_t address, std::uint32_t& value) {
  return stm32_ ? stm32_->read(address, value) : described_.read(address, value);
}

RegisterResult Peripherals::read(std::uint32_t address, std::uint32_t& value,
                                 const DmaMemory& memory) {
  if (uart.contains(address)) return uart.read(address, value, uart_clocked(), memory);
  return read_chip(address, value);
}

RegisterResult Peripherals::write(std::uint32_t address, std::uint32_t value,
                                  const DmaMemory& memory) {
  if (uart.contains(address)) return uart.write(address, value, uart_clocked(), memory);
  const RegisterResult result =
      stm32_ ? stm32_->write(address, value) : described_.write(address, value);
  if (address == flash_.latency_register || address == flash_.enables.address) program_flash();
  return result;
}

void Peripherals::program_flash() {
  std::uint32_t latency = 0, enables = 0;
  if (flash_.latency_register != 0) (void)read_chip(flash_.latency_register, latency);
  if (flash_.enables.address != 0) (void)read_chip(flash_.enables.address, enables);
  const auto is_on = [&](std::uint32_t bits) { return bits == 0 || (enables & bits) == bits; };
  flash_access_.wait_states =
      flash_.latency_register == 0
          ? flash_.wait_states
          : (latency & flash_.latency_mask) >> std::countr_zero(flash_.latency_mask);
  flash_access_.wait_cycles = flash_access_.wait_states * flash_.cycles_per_wait_state;
  flash_access_.prefetch = is_on(flash_.enables.prefetch);
  flash_access_.cache_instructions = is_on(flash_.enables.instruction);
  flash_access_.cache_data = is_on(flash_.enables.data);
  flash_access_.reset_instructions = (enables & flash_.enables.reset_instruction) != 0;
  flash_access_.reset_data = (enables & flash_.enables.reset_data) != 0;
}

std::optional<unsigned> Peripherals::requested_interrupt() const {
  return uart.interrupt(uart_clocked()) ? uart_interrupt_ : std::nullopt;
}

bool Peripherals::interrupts_on_input() const {
  return uart_interrupt_ && uart.interrupts_on_input(uart_clocked());
}

const char* Peripherals::refused(std::uint32_t address) const {
  if (uart.contains(address)) return "DMA and flow control of the UART are not simulated";
  return stm32_ ? Stm32Registers::refused(address)
                : "of this chip only the registers that the board's file names are simulated";
}

std::optional<std::uint32_t> Peripherals::core_clock_hz() const {
  return stm32_ ? stm32_->core_clock_hz() : described_.core_clock_hz();
}

std::optional<std::uint32_t> Peripherals::uart_baud() const {
  const std::optional<std::uint32_t> hz = stm32_ ? stm32_->uart_hz() : described_.uart_hz();
  return hz ? uart.baud(*hz, uart_clocked()) : std::nullopt;
}

}  // namespace opline::simulator
