// tests/firmware/f7_machine.h - a NUCLEO-F746ZG or F767ZI of Unicorn's Cortex-M7 and the few
// registers the image touches.
//
// QEMU has no STM32F7, so this is how the very images of these boards are executed without opline's
// simulator: start-up, clock tree, cache maintenance, UART and kernels. No timing. The registers
// behave as RM0385 and RM0410 describe them (same sections as firmware/boards/stm32/registers.h); a
// fault of the clock can be asked for.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "runners/simulator/machine/elf_image.h"

struct uc_struct;

namespace opline::firmware_test {

struct F7Board {
  std::string name;  ///< Of image and board.
  std::uint32_t flash_bytes, dtcm_bytes, sram_bytes;
  std::uint32_t cache_sets;  ///< Of the data cache: four ways of 32-byte lines.
};
const std::vector<F7Board>& f7_boards();

struct F7Faults {
  bool no_hse = false;     ///< The external clock never becomes ready.
  bool no_pll = false;     ///< The PLL never locks.
  bool deaf_uart = false;  ///< The transmitter never becomes empty.
};

class F7Machine {
 public:
  F7Machine(const F7Board& board, const simulator::ElfImage& image, F7Faults faults = {});
  ~F7Machine();
  F7Machine(const F7Machine&) = delete;
  F7Machine& operator=(const F7Machine&) = delete;

  /// Boots and executes `commands` ("%" is appended to each) until the image waits for more, or
  /// until it has sent `most_bytes`. Call it once. Returns what was sent. Throws std::runtime_error
  /// when the core stops or a minute is over.
  std::string run(const std::vector<std::string>& commands, std::size_t most_bytes = SIZE_MAX);

  /// What was last written to a register; 0 when nothing was.
  [[nodiscard]] std::uint32_t written(std::uint32_t address) const;

  /// Writes to CCR and to the cache maintenance registers, in order: address and value.
  [[nodiscard]] const std::vector<std::pair<std::uint32_t, std::uint32_t>>& cache_writes() const {
    return cache_writes_;
  }

 private:
  static std::uint64_t on_read(uc_struct*, std::uint64_t offset, unsigned size, void* region);
  static void on_write(uc_struct*, std::uint64_t offset, unsigned size, std::uint64_t value,
                       void* region);
  std::uint32_t read(std::uint32_t address);
  void write(std::uint32_t address, std::uint32_t value);
  std::uint32_t uart_status();
  void map_memory(const simulator::ElfImage& image);

  struct Region {
    F7Machine* machine;
    std::uint32_t base;
  };
  F7Board board_;
  F7Faults faults_;
  uc_struct* engine_ = nullptr;
  Region peripherals_{this, 0x40000000}, core_{this, 0xE0000000};
  std::map<std::uint32_t, std::uint32_t> registers_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> cache_writes_;
  std::deque<char> input_;
  std::string output_;
  std::size_t most_bytes_ = SIZE_MAX;
  int idle_polls_ = 0;  ///< Readings of the UART's status since it last did something.
  std::uint32_t cycles_ = 0;
};

}  // namespace opline::firmware_test
