// Whole programs from the compiler, at -Os, -O2 and -O3, against Unicorn: registers, memory and
// instruction count.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/simulator/programs.h"

#ifdef OPLINE_HAVE_UNICORN
#include "tests/simulator/unicorn_oracle.h"
#endif

namespace opline::simulator {
namespace {

struct Program {
  const char* name;
  const char* board;
};

class UnicornPrograms : public ::testing::TestWithParam<Program> {};

#ifndef OPLINE_HAVE_UNICORN

TEST_P(UnicornPrograms, EndAlike) { GTEST_SKIP() << "apt install libunicorn-dev"; }

#else

using testing::InstructionCounter;
using testing::UnicornOracle;

TEST_P(UnicornPrograms, EndAlike) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for(GetParam().name, GetParam().board);
  const bool is_m7 = machine.core().dual_issue.has_value();
  UnicornOracle oracle(machine.read_memory(UnicornOracle::kFlash, UnicornOracle::kFlashBytes),
                       is_m7);
  oracle.map_private_peripherals();
  Registers start = machine.registers();
  start.r[14] = 0;
  machine.set_registers(start);
  oracle.set(start);
  const Stop stop = machine.run();
  ASSERT_EQ(stop.reason, StopReason::breakpoint) << stop.text;
  const std::uint32_t end = *machine.image().symbol("program_end");
  ASSERT_EQ(stop.pc, end);

  InstructionCounter counter(oracle.engine());
  ASSERT_TRUE(oracle.run(start.r[15], end, 0));
  const Registers mine = machine.registers(), theirs = oracle.get();
  for (std::size_t i = 0; i < 15; ++i) EXPECT_EQ(mine.r[i], theirs.r[i]) << "r" << i;
  for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(mine.s[i], theirs.s[i]) << "s" << i;
  EXPECT_EQ(mine.apsr, theirs.apsr);
  EXPECT_TRUE(machine.read_memory(UnicornOracle::kSram, UnicornOracle::kSramBytes) ==
              oracle.read_memory(UnicornOracle::kSram, UnicornOracle::kSramBytes));
  EXPECT_EQ(machine.instructions(), counter.count());
  EXPECT_GT(machine.instructions(), 100'000U);
  if (is_m7) {
    EXPECT_LT(machine.cycles(), machine.instructions()) << "two a cycle, now and then";
  } else {
    EXPECT_GT(machine.cycles(), machine.instructions());
  }
}

#endif

constexpr const char *kF446 = "nucleo-f446re", *kF746 = "nucleo-f746zg", *kF767 = "nucleo-f767zi";
constexpr Program kPrograms[] = {
    {"mixed-Os", kF446},           {"mixed-O2", kF446},           {"mixed-O3", kF446},
    {"mixed-m7-single-Os", kF746}, {"mixed-m7-single-O2", kF746}, {"mixed-m7-single-O3", kF746},
    {"mixed-m7-double-Os", kF767}, {"mixed-m7-double-O2", kF767}, {"mixed-m7-double-O3", kF767}};

INSTANTIATE_TEST_SUITE_P(Compiler, UnicornPrograms, ::testing::ValuesIn(kPrograms),
                         [](const auto& test) {
                           std::string name = test.param.name + 6;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace opline::simulator
