// Known answers of the Cortex-M4's cycle model, and of the flash in front of it.
#include <gmock/gmock.h>

#include "tests/simulator/known_cycles.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::Cases;
using testing::KnownCycles;

class Timing : public ::testing::TestWithParam<KnownCycles> {};

TEST_P(Timing, IsWhatTheManualSays) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  const KnownCycles& known = GetParam();
  const Stop stop = cases.run(known.name, known.r0, Cases::kData, known.r2, known.r3);
  ASSERT_EQ(stop.reason, StopReason::breakpoint) << stop.text;
  EXPECT_EQ(cases.cycles, known.cycles) << known.count;
}

INSTANTIATE_TEST_SUITE_P(Trm, Timing, ::testing::ValuesIn(testing::kCortexM4Cycles),
                         [](const auto& test) { return std::string(test.param.name + 2); });

TEST(CycleCounter, ShowsTheCyclesBetweenTwoReads) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  constexpr std::uint32_t kDemcr = 0xE000EDFC, kControl = 0xE0001000, kCount = 0xE0001004;
  cases.run("t_cyccnt", 0, kCount);
  EXPECT_EQ(cases.machine.registers().r[0], 0U) << "it is off after reset";
  cases.run("s_store", 1U << 24, kDemcr);
  cases.run("s_store", 1, kControl);
  cases.run("t_cyccnt", 0, kCount);
  EXPECT_EQ(cases.machine.registers().r[0], 8U) << "1 for the load before a NOP + 7";
  cases.run("s_store", 0xFFFFFFFC, kCount);  // written; wraps in 32 bits
  cases.run("t_cyccnt", 0, kCount);
  EXPECT_EQ(cases.machine.registers().r[0], 8U);
  EXPECT_LT(cases.machine.registers().r[2], 20U);
  cases.run("s_store", 0, kControl);
  cases.run("t_cyccnt", 0, kCount);
  EXPECT_EQ(cases.machine.registers().r[0], 0U) << "switched off again";
}

constexpr std::uint32_t kFlashControl = 0x40023C00;

unsigned cycles_under(std::uint32_t control, const char* name, std::uint32_t r0 = 0,
                      std::uint32_t r1 = Cases::kData) {
  Cases cases;
  EXPECT_EQ(cases.run("s_store", control, kFlashControl).reason, StopReason::breakpoint);
  EXPECT_EQ(cases.run(name, r0, r1).reason, StopReason::breakpoint);
  return static_cast<unsigned>(cases.cycles);
}

// A loop of 9 instructions over two lines, 10 times: 10 x 8 + 9 x 2 + 1 = 99 cycles.
TEST(FlashWaits, TheInstructionCacheHidesThemAfterTheFirstRound) {
  OPLINE_NEEDS_PROGRAMS();
  EXPECT_EQ(cycles_under(0x000, "t_line_loop", 10), 99U);
  EXPECT_EQ(cycles_under(0x205, "t_line_loop", 10), 99U + 2 * 5)
      << "ICEN, 5 wait states: two lines are read once";
  EXPECT_EQ(cycles_under(0x005, "t_line_loop", 10), 99U + 20 * 5)
      << "no cache: both lines every round";
  EXPECT_EQ(cycles_under(0x203, "t_line_loop", 10), 99U + 2 * 3) << "3 wait states";
}

// Four lines of four one-cycle instructions. Without prefetch each line waits 5; the fifth line
// holds BKPT. With it a line is ready 6 cycles after its predecessor began to execute, which takes
// 4: 2 remain.
TEST(FlashWaits, PrefetchHidesWhatTheLineBeforeTakes) {
  OPLINE_NEEDS_PROGRAMS();
  EXPECT_EQ(cycles_under(0x000, "t_straight"), 16U);
  EXPECT_EQ(cycles_under(0x005, "t_straight"), 16U + 5 * 5);
  EXPECT_EQ(cycles_under(0x105, "t_straight"), 16U + 5 + 4 * 2);
}

// Loads of line 0, line 0 and line 1 of a table: 1 + 1 + 1 + 1 + 2 = 6 cycles; the code line itself
// is cached first.
TEST(FlashWaits, TheDataCacheHoldsLines) {
  OPLINE_NEEDS_PROGRAMS();
  const std::uint32_t table = 0x08000100;
  EXPECT_EQ(cycles_under(0x000, "t_flash_data", 0, table), 6U);
  EXPECT_EQ(cycles_under(0x405, "t_flash_data", 0, table), 6U + 5 + 2 * 5)
      << "one code line, two data lines";
  EXPECT_EQ(cycles_under(0x005, "t_flash_data", 0, table), 6U + 5 + 3 * 5)
      << "no data cache: every load waits";
}

TEST(FlashWaits, CostTimeAndChangeNothingElse) {
  OPLINE_NEEDS_PROGRAMS();
  const auto run = [](const char* name) {
    Machine machine = testing::machine_for(name);
    EXPECT_EQ(machine.run().reason, StopReason::breakpoint);
    const std::string results = machine.read_memory(*machine.image().symbol("results"), 64 * 4);
    return std::pair(machine.cycles(), results);
  };
  const auto [fast, expected] = run("mixed-O2");
  const auto [cached, with_cache] = run("mixed-waits");
  const auto [uncached, without_cache] = run("mixed-uncached");
  EXPECT_EQ(with_cache, expected);
  EXPECT_EQ(without_cache, expected);
  EXPECT_GT(cached, fast);
  EXPECT_LT(cached - fast, (uncached - fast) / 2) << "the accelerator hides most of them";
  EXPECT_GT(uncached, 2 * fast);
}

}  // namespace
}  // namespace opline::simulator
