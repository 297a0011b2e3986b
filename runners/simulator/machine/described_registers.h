// runners/simulator/machine/described_registers.h - the registers of a chip that the simulator
// knows from its board's file only: those that the file's steps name.
//
// A register keeps what is written to it. A clock is set once all steps of its operating point were
// taken in their order: a flag that a step polls is set only after the writes before it, and what
// is written otherwise does not count. The core then runs at that point's clock. Plain data, so
// that a snapshot is a copy.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "runners/simulator/machine/uart.h"
#include "src/board/board.h"

namespace opline::simulator {

class DescribedRegisters {
 public:
  DescribedRegisters() = default;
  explicit DescribedRegisters(const board::Board& board);

  /// Word access to an aligned register.
  RegisterResult read(std::uint32_t address, std::uint32_t& value);
  RegisterResult write(std::uint32_t address, std::uint32_t value);

  [[nodiscard]] std::uint32_t core_clock_hz() const { return core_hz_; }
  [[nodiscard]] std::uint32_t uart_hz() const { return uart_hz_; }

 private:
  /// How far the firmware has followed one operating point's steps.
  struct Progress {
    std::uint32_t hz = 0, uart_hz = 0;
    std::vector<board::RegisterStep> steps;
    std::size_t taken = 0;
  };
  void add(const std::vector<board::RegisterStep>& steps);
  void advance(Progress& progress);

  std::map<std::uint32_t, std::uint32_t> values_;  // by address
  std::vector<Progress> points_;
  std::uint32_t core_hz_ = 0, uart_hz_ = 0;
};

}  // namespace opline::simulator
