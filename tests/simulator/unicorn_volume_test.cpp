// 10^8 instructions and more against Unicorn, interpreted and translated: programs of random code
// and compiled ones, called again and again with random registers. What a call leaves in memory is
// the input of the next.
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "src/base/random.h"
#include "tests/simulator/programs.h"

#ifdef OPLINE_HAVE_UNICORN
#include "tests/simulator/unicorn_oracle.h"
#endif

namespace opline::simulator {
extern const Translation translation_of_random_1, translation_of_random_2,
    translation_of_mixed_waits, translation_of_random_m7_1, translation_of_random_m7_2,
    translation_of_mixed_m7_double_O2;

namespace {

struct Program {
  const char* name;
  const Translation* translation;
  const char* board;
  std::uint32_t sram_bytes;  ///< Compared from the begin of SRAM on.
};

void PrintTo(const Program& program, std::ostream* out) { *out << program.name; }

class UnicornVolume : public ::testing::TestWithParam<Program> {};

#ifndef OPLINE_HAVE_UNICORN

TEST_P(UnicornVolume, EndsAlikeAfterEveryCall) { GTEST_SKIP() << "apt install libunicorn-dev"; }

#else

using testing::InstructionCounter;
using testing::UnicornOracle;

/// Of each program; six of them make more than 10^8.
constexpr std::uint64_t kInstructions = 18'000'000;

/// With the stack pointer where the program starts.
Registers random_registers(RandomStream& random, std::uint32_t begin, std::uint32_t end) {
  Registers all;
  for (std::uint32_t& r : all.r) r = random.next();
  for (std::uint32_t& s : all.s) s = random.next();
  all.apsr = random.next() & 0xF80F0000;
  all.r[13] = 0x20020000;
  all.r[14] = end | 1;
  all.r[15] = begin;
  return all;
}

void expect_equal(const Machine& machine, const UnicornOracle& oracle, std::uint32_t sram_bytes) {
  const Registers mine = machine.registers(), theirs = oracle.get();
  for (std::size_t i = 0; i < 15; ++i) EXPECT_EQ(mine.r[i], theirs.r[i]) << "r" << i;
  for (std::size_t i = 0; i < 32; ++i) EXPECT_EQ(mine.s[i], theirs.s[i]) << "s" << i;
  EXPECT_EQ(mine.apsr, theirs.apsr);
  EXPECT_EQ(mine.fpscr, theirs.fpscr);
  EXPECT_TRUE(machine.read_memory(UnicornOracle::kSram, sram_bytes) ==
              oracle.read_memory(UnicornOracle::kSram, sram_bytes));
}

TEST_P(UnicornVolume, EndsAlikeAfterEveryCall) {
  OPLINE_NEEDS_PROGRAMS();
  Machine interpreted = testing::machine_for(GetParam().name, GetParam().board);
  Machine translated = testing::machine_for(GetParam().name, GetParam().board);
  ASSERT_TRUE(translated.use(*GetParam().translation)) << "translated from another program";
  const bool is_m7 = interpreted.core().dual_issue.has_value();
  UnicornOracle oracle(interpreted.read_memory(UnicornOracle::kFlash, UnicornOracle::kFlashBytes),
                       is_m7, GetParam().sram_bytes);
  oracle.map_private_peripherals();
  const std::uint32_t begin = *interpreted.image().symbol("program"),
                      end = *interpreted.image().symbol("program_end");
  const Registers reset = interpreted.registers();
  oracle.set(reset);
  ASSERT_TRUE(oracle.run(reset.r[15], end, 0));
  ASSERT_EQ(interpreted.run().pc, end);
  ASSERT_EQ(translated.run().pc, end);

  RandomStream random(11, 0);
  InstructionCounter counter(oracle.engine());
  const std::uint64_t before = interpreted.instructions();
  std::uint64_t executed = 0;
  for (unsigned call = 0; executed < kInstructions && !HasFailure(); ++call) {
    SCOPED_TRACE(call);
    const Registers start = random_registers(random, begin, end);
    for (Machine* const machine : {&interpreted, &translated}) {
      machine->set_registers(start);
      ASSERT_EQ(machine->run().pc, end);
    }
    oracle.set(start);
    const std::uint64_t counted = counter.count();
    ASSERT_TRUE(oracle.run(begin, end, 0));
    executed += counter.count() - counted;
    expect_equal(interpreted, oracle, GetParam().sram_bytes);
    expect_equal(translated, oracle, GetParam().sram_bytes);
    ASSERT_EQ(interpreted.cycles(), translated.cycles());
  }
  RecordProperty("instructions", std::to_string(executed));
  EXPECT_EQ(interpreted.instructions() - before, executed);
  EXPECT_EQ(translated.instructions() - before, executed);
}

#endif

constexpr std::uint32_t kM4Sram = 0x20000, kM7Sram = 0x40000;  // with the buffer at 0x20030000
constexpr const char *kM4 = "nucleo-f446re", *kM7 = "nucleo-f767zi";
constexpr Program kPrograms[] = {
    {"random-1", &translation_of_random_1, kM4, kM4Sram},
    {"random-2", &translation_of_random_2, kM4, kM4Sram},
    {"mixed-waits", &translation_of_mixed_waits, kM4, kM4Sram},
    {"random-m7-1", &translation_of_random_m7_1, kM7, kM7Sram},
    {"random-m7-2", &translation_of_random_m7_2, kM7, kM7Sram},
    {"mixed-m7-double-O2", &translation_of_mixed_m7_double_O2, kM7, kM7Sram}};

INSTANTIATE_TEST_SUITE_P(Programs, UnicornVolume, ::testing::ValuesIn(kPrograms),
                         [](const auto& test) {
                           std::string name = test.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace opline::simulator
