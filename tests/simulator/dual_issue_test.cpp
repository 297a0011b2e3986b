// The two-issue pipeline and its caches: known answers counted by hand from the rules in
// dual_issue.h.
#include "runners/simulator/timing/dual_issue.h"

#include <gmock/gmock.h>

#include "tests/simulator/known_cycles.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::Cases;
using testing::KnownCycles;

constexpr std::uint32_t kSram1 = 0x20020000;  // on the F767ZI

class M7Cases : public Cases {
 public:
  M7Cases() : Cases("cases-m7", "nucleo-f767zi") {}

  /// Cycles from an empty pipeline to the issue of the BKPT, the second time, when code and
  /// branches are known.
  std::uint64_t warm(const std::string& name, std::uint32_t r0 = 0, std::uint32_t r1 = kData,
                     std::uint32_t r2 = 0, std::uint32_t r3 = 0) {
    for (int i = 0; i < 2; ++i) {
      const Stop stop = run(name, r0, r1, r2, r3);
      EXPECT_EQ(stop.reason, StopReason::breakpoint) << name << ": " << stop.text;
    }
    return cycles;
  }
  std::uint64_t once(const std::string& name, std::uint32_t r1) {
    EXPECT_EQ(run(name, 0, r1).reason, StopReason::breakpoint);
    return cycles;
  }
};

class DualIssueTiming : public ::testing::TestWithParam<KnownCycles> {};

TEST_P(DualIssueTiming, IsWhatTheRulesSay) {
  OPLINE_NEEDS_PROGRAMS();
  M7Cases cases;
  const KnownCycles& known = GetParam();
  EXPECT_EQ(cases.warm(known.name, known.r0, Cases::kData, known.r2, known.r3), known.cycles)
      << known.count;
}

INSTANTIATE_TEST_SUITE_P(Rules, DualIssueTiming, ::testing::ValuesIn(testing::kCortexM7Cycles),
                         [](const auto& test) {
                           return std::string(test.param.name + 2) + "_" +
                                  std::to_string(test.index);
                         });

TEST(DualIssueBranches, AnUnknownBackwardBranchIsFoundWhenDecoded) {
  OPLINE_NEEDS_PROGRAMS();
  M7Cases cold, warm;
  warm.warm("m_loop", 10);
  cold.run("m_nops");  // nothing of the loop is known but its line, which the next one brings
  cold.run("m_loop", 1);
  const std::uint64_t line =
      cold.cycles;  // not taken though predicted: 1 + 8 + 1, and the line's fill
  EXPECT_EQ(line, 1U + 8 + 1 + 15);
  cold.run("m_loop", 10);
  EXPECT_EQ(cold.cycles, warm.cycles + 3) << "redirect once";
}

// F767ZI: bus 7, SRAM 1; flash 1 + 7 wait states. The program has set 7 wait states and switched on
// both caches.
TEST(DualIssueCaches, AMissWaitsForItsMemoryOnce) {
  OPLINE_NEEDS_PROGRAMS();
  M7Cases cases;
  cases.warm("s_load");
  const std::uint64_t hit = cases.cycles;
  EXPECT_EQ(cases.once("s_load", kSram1), hit + 8);
  EXPECT_EQ(cases.once("s_load", kSram1 + 28), hit) << "the line is there";
  EXPECT_EQ(cases.once("s_load", 0x08004000), hit + 15);
  EXPECT_EQ(cases.once("s_load", 0x08004000), hit);
  EXPECT_EQ(cases.once("s_load", 0x20000000), hit) << "DTCM never waits";
  cases.machine.restore(cases.machine.save());
  EXPECT_EQ(cases.once("s_load", kSram1), hit) << "caches belong to the snapshot";
}

TEST(DualIssueCaches, AStoreThatMissesDoesNotWaitAndItsLineIsThen) {
  OPLINE_NEEDS_PROGRAMS();
  M7Cases cases;
  cases.warm("s_store");
  const std::uint64_t hit = cases.cycles;
  EXPECT_EQ(cases.once("s_store", kSram1), hit);
  cases.warm("s_load");
  const std::uint64_t load_hit = cases.cycles;
  EXPECT_EQ(cases.once("s_load", kSram1), load_hit);
}

// DCCMVAC, DCCIMVAC, ICIALLU and the switch in CCR, written as firmware writes them.
TEST(DualIssueCaches, MaintenanceTakesLinesAway) {
  OPLINE_NEEDS_PROGRAMS();
  M7Cases cases;
  cases.warm("s_load");
  const std::uint64_t hit = cases.cycles;
  cases.once("s_load", kSram1);
  cases.run("s_store", kSram1, 0xE000EF68);  // DCCMVAC cleans only
  EXPECT_EQ(cases.once("s_load", kSram1), hit);
  cases.run("s_store", kSram1, 0xE000EF70);  // DCCIMVAC
  EXPECT_EQ(cases.once("s_load", kSram1), hit + 8);
  for (std::uint32_t way = 0; way < 4; ++way) {
    cases.run("s_store", way << 30 | (kSram1 & 0xFE0), 0xE000EF74);  // DCCISW, by set and way
  }
  EXPECT_EQ(cases.once("s_load", kSram1), hit + 8);
  cases.run("s_store", 0, 0xE000EF50);  // ICIALLU
  EXPECT_EQ(cases.once("s_load", kSram1), hit + 15);
  cases.run("s_store", 0, 0xE000ED14);  // CCR: both off
  EXPECT_GT(cases.once("s_load", kSram1), hit + 8);
}

TEST(DualIssueRegisters, TellTheGeometryOfTheCaches) {
  OPLINE_NEEDS_PROGRAMS();
  const auto read = [](Cases& cases, std::uint32_t address) {
    EXPECT_EQ(cases.run("s_load", 0, address).reason, StopReason::breakpoint);
    return cases.machine.registers().r[0];
  };
  M7Cases f767;
  Cases f746("cases-m7", "nucleo-f746zg");
  EXPECT_EQ(read(f767, 0xE000ED00) & 0xFFF0, 0xC270U) << "CPUID: Cortex-M7";
  EXPECT_EQ(read(f767, 0xE000ED80), 0xF00FE019U) << "16 KB of data, DDI 0489 table 3-9";
  EXPECT_EQ(read(f746, 0xE000ED80), 0xF003E019U) << "4 KB";
  f767.run("s_store", 1, 0xE000ED84);
  f746.run("s_store", 1, 0xE000ED84);
  EXPECT_EQ(read(f767, 0xE000ED80), 0xF01FE009U) << "16 KB of instructions";
  EXPECT_EQ(read(f746, 0xE000ED80), 0xF007E009U);
  EXPECT_EQ(read(f767, 0xE000EF90), 5U << 3 | 1) << "ITCM 16 KB, on";
  EXPECT_EQ(read(f767, 0xE000EF94), 8U << 3 | 1) << "DTCM 128 KB";
  EXPECT_EQ(read(f746, 0xE000EF94), 7U << 3 | 1) << "DTCM 64 KB";
  EXPECT_EQ(read(f767, 0xE000EF40), 0x10110221U) << "MVFR0: double precision";
  EXPECT_EQ(read(f746, 0xE000EF40), 0x10110021U);
}

TEST(DualIssueRegisters, TheMpuKeepsWhatIsWritten) {
  OPLINE_NEEDS_PROGRAMS();
  M7Cases cases;
  const auto write = [&](std::uint32_t address, std::uint32_t value) {
    EXPECT_EQ(cases.run("s_store", value, address).reason, StopReason::breakpoint);
  };
  const auto read = [&](std::uint32_t address) {
    EXPECT_EQ(cases.run("s_load", 0, address).reason, StopReason::breakpoint);
    return cases.machine.registers().r[0];
  };
  EXPECT_EQ(read(0xE000ED90), 0x800U) << "eight regions";
  write(0xE000ED98, 3);
  write(0xE000ED9C, 0x20000000);
  write(0xE000EDA0, 0x03080023);
  write(0xE000ED9C, 0x08000015);  // VALID: region 5
  EXPECT_EQ(read(0xE000ED98), 5U);
  write(0xE000ED98, 3);
  EXPECT_EQ(read(0xE000ED9C), 0x20000003U);
  EXPECT_EQ(read(0xE000EDA0), 0x03080023U);
}

TEST(DualIssueRuns, InPiecesTakeTheSameCyclesAsInOne) {
  OPLINE_NEEDS_PROGRAMS();
  Machine whole = testing::machine_for("mixed-m7-single-O2", "nucleo-f746zg");
  Machine pieces = testing::machine_for("mixed-m7-single-O2", "nucleo-f746zg");
  ASSERT_EQ(whole.run().reason, StopReason::breakpoint);
  Stop stop;
  int runs = 0;
  do {
    stop = pieces.run({777});
    pieces.restore(pieces.save());
    ++runs;
  } while (stop.reason == StopReason::budget_exhausted);
  EXPECT_GT(runs, 100);
  EXPECT_EQ(stop.reason, StopReason::breakpoint);
  EXPECT_EQ(pieces.cycles(), whole.cycles());
  EXPECT_EQ(pieces.instructions(), whole.instructions());
}

// The F746ZG's unit has no double precision, the F446RE's not FPv5's instructions either.
TEST(DualIssueFpu, WhatACoreLacksIsUndefined) {
  OPLINE_NEEDS_PROGRAMS();
  Cases f746("cases-m7", "nucleo-f746zg"), f446("cases-m7", "nucleo-f446re");
  EXPECT_EQ(f746.run("m_double_multiply").reason, StopReason::unknown_instruction);
  EXPECT_EQ(f446.run("m_double_multiply").reason, StopReason::unknown_instruction);
  EXPECT_EQ(f746.run("m_float_add").reason, StopReason::breakpoint);
}

// A block that is entered in the same relative state takes the same cycles.
TEST(PipelineState, IsTheSameRelativeToItsCycleWhateverHasPassed) {
  PipelineState early;
  early.cycle = 1000;
  early.ready[3] = {1001, 1002, 1002, 1003};
  early.bank_free[1] = 1004;
  early.stores[0] = {0x8000400, 1003};
  PipelineState late = early;
  late.cycle += 5000;
  late.renew_epoch();
  late.ready[3] = {1, 2, 2, 3};
  late.bank_free[1] += 5000;
  late.stores[0].visible += 5000;
  late.ready[5][0] = -1000;  // long ago
  late.stores[1] = {0x8000444, 5999};
  EXPECT_FALSE(early == late);
  EXPECT_TRUE(early.relative() == late.relative());
  late.ready[3][3] += 1;
  EXPECT_FALSE(early.relative() == late.relative());
}

TEST(L1Cache, ReplacesTheLeastRecentlyUsedOfTwoWays) {
  L1Cache cache({1024, 2}, 32);  // 16 sets
  EXPECT_EQ(cache.sets(), 16U);
  EXPECT_FALSE(cache.touch(5));
  EXPECT_FALSE(cache.insert(5));
  EXPECT_FALSE(cache.insert(5 + 16));
  EXPECT_TRUE(cache.touch(5));
  EXPECT_FALSE(cache.insert(5 + 32));
  EXPECT_TRUE(cache.touch(5));
  EXPECT_FALSE(cache.touch(5 + 16));
}

TEST(L1Cache, FollowsTheTreeInFourWays) {
  L1Cache cache({2048, 4}, 32);  // 16 sets
  for (std::uint32_t i = 0; i < 4; ++i) EXPECT_FALSE(cache.insert(16 * i));
  EXPECT_TRUE(cache.touch(0));  // the tree points at the other pair, at way 2, which way 3 followed
  cache.insert(16 * 4);
  EXPECT_FALSE(cache.touch(16 * 2));
  EXPECT_TRUE(cache.touch(16 * 1));
  EXPECT_TRUE(cache.touch(16 * 3));
}

TEST(L1Cache, DirtyLinesAreWrittenBackWhenTheyLeave) {
  L1Cache cache({1024, 1}, 32);  // 32 sets
  cache.insert(7);
  cache.make_dirty();
  EXPECT_TRUE(cache.insert(7 + 32));
  EXPECT_FALSE(cache.insert(7 + 64)) << "that one was clean";
  cache.make_dirty();
  EXPECT_EQ(cache.clean_line(7 + 64, false), 1U);
  EXPECT_EQ(cache.clean_line(7 + 64, false), 0U);
  EXPECT_TRUE(cache.touch(7 + 64));
  cache.make_dirty();
  EXPECT_EQ(cache.clear(), 1U);
  EXPECT_FALSE(cache.touch(7 + 64));
}

}  // namespace
}  // namespace opline::simulator
