// Whole programs have the cycles that their timing model had before. A setup names the model, not
// the code that applies it; so whoever changes these figures raises `timing_model` in data/cores,
// and studies of the two never mix. OPLINE_REWRITE_GOLDENS=1 writes
// tests/simulator/golden/cycles.txt again.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "src/base/files.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

struct Program {
  const char* name;
  const char* board;
};

constexpr Program kPrograms[] = {
    {"mixed-Os", "nucleo-f446re"},           {"mixed-O2", "nucleo-f446re"},
    {"mixed-waits", "nucleo-f446re"},        {"mixed-uncached", "nucleo-f446re"},
    {"mixed-m7-single-O2", "nucleo-f746zg"}, {"mixed-m7-double-O3", "nucleo-f767zi"},
};

TEST(GoldenCycles, ChangeOnlyWithTheNameOfTheTimingModel) {
  OPLINE_NEEDS_PROGRAMS();
  std::string text =
      "# tests/simulator/golden_cycles_test.cpp: timing model, program, cycles, instructions\n";
  for (const Program& program : kPrograms) {
    Machine machine = testing::machine_for(program.name, program.board);
    const Stop stop = machine.run();
    EXPECT_EQ(stop.reason, StopReason::breakpoint) << stop.text;
    text += fmt::format("{} {} {} {}\n", machine.core().timing_model, program.name,
                        machine.cycles(), machine.instructions());
  }
  const std::string path = std::string(OPLINE_SOURCE_DIR) + "/tests/simulator/golden/cycles.txt";
  if (std::getenv("OPLINE_REWRITE_GOLDENS") != nullptr) write_file_atomically(path, text);
  EXPECT_EQ(text, read_file(path))
      << "another timing: raise `timing_model` in data/cores/*.toml and rewrite this file";
}

}  // namespace
}  // namespace opline::simulator
