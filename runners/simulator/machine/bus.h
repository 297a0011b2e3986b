// runners/simulator/machine/bus.h - every access that is not a plain one to SRAM or flash.
//
// Routes by address (ARMv7-M memory map, RM0390 section 2.2): flash and its alias, SRAM, ITCM,
// bit-band aliases, peripherals, the private peripheral bus. An address that is not modelled
// faults; it never reads as zero.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "runners/simulator/machine/cpu.h"
#include "runners/simulator/machine/peripherals.h"
#include "runners/simulator/machine/semihosting.h"
#include "runners/simulator/machine/system_control.h"

namespace opline::simulator {

/// The result of a read. `ok` is false if the core stopped instead (Cpu::reason and why are set).
struct Read {
  std::uint32_t value = 0;
  bool ok = false;
};

class Bus {
 public:
  Bus(Cpu& cpu, const board::Board& board)
      : cpu_(cpu), peripherals(board), system(board.flash.alias), board_(board) {}

  /// `size` is 1, 2 or 4; any alignment that the region allows. `time` as the instruction starts.
  Read read(std::uint32_t address, unsigned size, Time time);
  bool write(std::uint32_t address, unsigned size, std::uint32_t value, Time time);
  /// The flash's timing becomes what the peripherals have programmed.
  void program_flash();

 private:
  [[nodiscard]] bool is_bit_band(std::uint32_t address) const;
  Read fail(const char* what, std::uint32_t address, unsigned size, std::uint32_t status = 0);
  Read fail_unmodelled(const char* what, std::uint32_t address, unsigned size);
  [[nodiscard]] bool is_refused(std::uint32_t address) const;
  Read read_register(std::uint32_t address, unsigned size, Time time);
  bool write_register(std::uint32_t address, unsigned size, std::uint32_t value, Time time);
  Read read_bit(std::uint32_t alias, Time time);
  bool write_bit(std::uint32_t alias, std::uint32_t value, Time time);
  [[nodiscard]] DmaMemory dma_memory() const {
    return {cpu_.sram_base, {cpu_.sram, cpu_.sram_bytes}};
  }

  Cpu& cpu_;

 public:
  Peripherals peripherals;
  SystemControl system;
  Semihosting semihosting;

 private:
  const board::Board& board_;
};

}  // namespace opline::simulator
