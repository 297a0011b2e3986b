// tests/simulator/programs.h - the test programs that arm-none-eabi-gcc built, and machines that
// run them.
#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "runners/simulator/machine/machine.h"

namespace opline::simulator::testing {

inline std::filesystem::path program_path(const std::string& name) {
  return std::filesystem::path(OPLINE_BINARY_DIR) / "tests/simulator/programs" / (name + ".elf");
}

#define OPLINE_NEEDS_PROGRAMS()                                                          \
  do {                                                                                   \
    if (!std::filesystem::exists(::opline::simulator::testing::program_path("cases"))) { \
      GTEST_SKIP() << "apt install gcc-arm-none-eabi, configure and build again";        \
    }                                                                                    \
  } while (false)

inline std::shared_ptr<const ElfImage> load_program(const std::string& name) {
  return ElfImage::from_file(program_path(name));
}

inline Machine machine_for(const std::string& name,
                           const std::string& board_name = "nucleo-f446re") {
  board::Board board = board::load_board(board_name);
  board::Core core = board::load_core(board.core);
  return {std::move(board), std::move(core), load_program(name)};
}

/// cases.S: each case from its label to its BKPT, on a machine that has booted.
class Cases {
 public:
  static constexpr std::uint32_t kData = 0x20001000;

  Cases() : Cases("cases", "nucleo-f446re") {}
  /// Another file of cases, on another board.
  Cases(const std::string& program, const std::string& board)
      : Cases(machine_for(program, board)) {}
  explicit Cases(Machine of) : machine(std::move(of)) {
    const Stop booted = machine.run({100'000});
    EXPECT_EQ(booted.reason, StopReason::breakpoint) << booted.text;
  }

  [[nodiscard]] std::uint32_t address(const std::string& name) const {
    const auto found = machine.image().symbol(name);
    EXPECT_TRUE(found.has_value()) << name;
    return found.value_or(0);
  }

  /// Starts at the case with R0 to R3 as given; the others keep their values.
  Stop run(const std::string& name, std::uint32_t r0 = 0, std::uint32_t r1 = kData,
           std::uint32_t r2 = 0, std::uint32_t r3 = 0, Budget budget = {1'000'000}) {
    Registers all = machine.registers();
    all.r[0] = r0;
    all.r[1] = r1;
    all.r[2] = r2;
    all.r[3] = r3;
    all.r[4] = 8;
    all.r[13] = 0x20020000;
    all.r[15] = address(name);
    all.apsr = 0;
    machine.set_registers(all);
    const std::uint64_t before = machine.cycles(), executed = machine.instructions();
    Stop stop = machine.run(budget);
    cycles = machine.cycles() - before;
    instructions = machine.instructions() - executed;
    return stop;
  }

  Machine machine;
  std::uint64_t cycles = 0, instructions = 0;
};

}  // namespace opline::simulator::testing
