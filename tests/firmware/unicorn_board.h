// tests/firmware/unicorn_board.h - a board whose core is Unicorn's and whose peripherals are the
// simulator's.
//
// For comparing whole runs: the same registers answer on both sides
// (runners/simulator/machine/peripherals.h, system_control.h), so that a firmware polls as
// often, and execution must be the same to the last bit. The cycle counter, which Unicorn has no
// time for, gives what the simulated one gave, read by read.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runners/simulator/machine/machine.h"
#include "runners/simulator/machine/peripherals.h"
#include "runners/simulator/machine/system_control.h"
#include "runners/simulator/timing/dual_issue.h"

struct uc_struct;

namespace opline::firmware_test {

class UnicornBoard {
 public:
  /// The core begins as `start`, a simulated board after reset. `addresses`: what it is expected to
  /// execute; `counts`: the readings of the cycle counter.
  UnicornBoard(const simulator::Machine& start, const std::vector<std::uint32_t>& addresses,
               const std::vector<std::uint32_t>& counts);
  ~UnicornBoard();
  UnicornBoard(const UnicornBoard&) = delete;
  UnicornBoard& operator=(const UnicornBoard&) = delete;

  /// Executes until the firmware at `poll` finds the receiver empty as often as the simulator lets
  /// it. Throws std::runtime_error when the core raises an exception, accesses what is not there or
  /// leaves the expected addresses.
  void run(const std::string& input, std::uint32_t poll);

  [[nodiscard]] simulator::Registers registers() const;
  [[nodiscard]] std::string sram() const;
  [[nodiscard]] const std::string& output() const { return peripherals_.uart.sent; }
  [[nodiscard]] std::uint64_t instructions() const {
    return instructions_;
  }                                                                 ///< Counted by blocks.
  [[nodiscard]] std::size_t executed() const { return executed_; }  ///< How many of `addresses`.
  [[nodiscard]] std::size_t counts_read() const { return counts_read_; }

 private:
  static std::uint64_t on_read(uc_struct*, std::uint64_t offset, unsigned size, void* region);
  static void on_write(uc_struct*, std::uint64_t offset, unsigned size, std::uint64_t value,
                       void* region);
  static void on_code(uc_struct*, std::uint64_t address, std::uint32_t size, void* self);
  std::uint32_t read_word(std::uint32_t address);
  void write(std::uint32_t address, unsigned size, std::uint32_t value);
  void step(std::uint32_t address);
  [[nodiscard]] bool polls_in_vain() const;
  void fail(std::string why);

  struct Region {
    UnicornBoard* board;
    std::uint32_t base;
  };
  board::Board board_;
  board::Core core_;
  const std::vector<std::uint32_t>& addresses_;
  const std::vector<std::uint32_t>& counts_;
  uc_struct* engine_ = nullptr;
  Region apb_{this, 0x40000000}, private_{this, 0xE0000000};
  simulator::Peripherals peripherals_;
  simulator::SystemControl system_;
  std::optional<simulator::DualIssue> pipeline_;  ///< Answers for the geometry of the caches.
  simulator::Cpu cpu_;                            ///< What the private bus sets; executes nothing.
  std::uint32_t poll_ = 0;
  std::size_t executed_ = 0, counts_read_ = 0;
  std::uint64_t instructions_ = 0;
  std::string failure_;
};

}  // namespace opline::firmware_test
