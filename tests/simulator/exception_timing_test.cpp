// Cycles of exceptions, counted by hand: entry 12, return 11 beside its BX, tail-chaining 6
// (exception_model.cpp), with a flash that does not wait.
#include <gmock/gmock.h>

#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::Cases;
using ::testing::HasSubstr;

constexpr std::uint32_t kSetPending = 0xE000E200, kTimer = 0xE000E010;

class ExceptionTiming : public ::testing::Test {
 protected:
  void SetUp() override {
    OPLINE_NEEDS_PROGRAMS();
    cases_ = std::make_unique<Cases>("exception_cases", "nucleo-f446re");
  }

  /// Starts a case; cycles from its label on are counted.
  void start(const std::string& name, std::uint32_t r0 = 0, std::uint32_t r1 = 0,
             std::uint32_t r2 = 0, std::uint32_t r3 = 0) {
    cases_->run(name, r0, r1, r2, r3, {0});
    start_ = cases_->machine.cycles();
  }
  void stop_at(const std::string& name) { cases_->machine.stop_at(cases_->address(name)); }
  /// Where the core stops next, and after how many cycles from the start.
  std::pair<std::string, std::uint64_t> next() {
    const Stop stop = cases_->machine.run({1'000'000});
    if (stop.reason != StopReason::breakpoint) return {stop.text, 0};
    return {cases_->machine.image().describe(stop.pc), cases_->machine.cycles() - start_};
  }
  using At = std::pair<std::string, std::uint64_t>;

  std::unique_ptr<Cases> cases_;
  std::uint64_t start_ = 0;
};

TEST_F(ExceptionTiming, SupervisorCallAndReturn) {
  stop_at("svc_handler");
  stop_at("e_svc_done");
  start("e_svc");
  EXPECT_EQ(next(), At("svc_handler", 1 + 12)) << "SVC, entry";
  EXPECT_EQ(next(), At("e_svc_done", 13 + 1 + 11)) << "BX, return";
}

TEST_F(ExceptionTiming, AnInterruptIsTakenAfterTheStoreThatMakesItPending) {
  stop_at("irq1_handler");
  stop_at("e_pend_next");
  start("e_pend", kSetPending, 2);
  EXPECT_EQ(next(), At("irq1_handler", 1 + 12));
  EXPECT_EQ(next(), At("e_pend_next", 13 + 1 + 11));
}

TEST_F(ExceptionTiming, TheSecondOfTwoIsTailChained) {
  for (const char* where : {"irq0_handler", "irq1_handler", "e_pend_two_done"}) stop_at(where);
  start("e_pend_two", kSetPending, 3);
  EXPECT_EQ(next(), At("irq1_handler", 3 + 12)) << "CPSID, STR, CPSIE, entry";
  EXPECT_EQ(next(), At("irq0_handler", 15 + 1 + 6)) << "BX, tail-chaining";
  EXPECT_EQ(next(), At("e_pend_two_done", 22 + 2 + 11)) << "NOP, BX, return";
}

TEST_F(ExceptionTiming, TheTimerWakesASleepingCoreInTheCycleWhenItExpires) {
  stop_at("systick_handler");
  start("e_timer_sleep", kTimer, 7, 999, 0);
  // The third store enables it in its first cycle; the counter reloads, then counts 999 to 0.
  EXPECT_EQ(next(), At("systick_handler", 2 + 1000 + 12));
  for (std::uint64_t i = 2; i <= 5; ++i)
    EXPECT_EQ(next(), At("systick_handler", 2 + 1000 * i + 12));
}

TEST_F(ExceptionTiming, TheTimerInterruptsAfterTheInstructionOfItsCycle) {
  stop_at("systick_handler");
  start("e_timer_nops", kTimer, 7, 999, 0);
  for (std::uint64_t i = 1; i <= 40; ++i) {
    const auto [where, cycles] = next();
    EXPECT_EQ(where, "systick_handler");
    const std::uint64_t due = 2 + 1000 * i + 12;
    EXPECT_GE(cycles, due);
    EXPECT_LT(cycles, due + 3) << "the longest instruction of the loop takes 3 cycles";
  }
}

TEST_F(ExceptionTiming, LongStraightLineCodeIsInterruptedToo) {
  stop_at("systick_handler");
  start("e_timer_straight", kTimer, 7, 999, 0);
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const auto [where, cycles] = next();
    EXPECT_EQ(where, "systick_handler");
    EXPECT_GE(cycles, 2 + 1000 * i + 12);
    EXPECT_LT(cycles, 2 + 1000 * i + 12 + 703 - 512) << "700 NOPs and the branch, less kApproach";
  }
}

TEST_F(ExceptionTiming, ABranchToItselfIsEndedByTheTimer) {
  stop_at("systick_handler");
  start("e_timer_itself", kTimer, 7, 999, 0);
  const auto [where, cycles] = next();
  EXPECT_EQ(where, "systick_handler");
  EXPECT_GE(cycles, 2 + 1000 + 12U);
  EXPECT_LT(cycles, 2 + 1000 + 12U + 3);
}

TEST_F(ExceptionTiming, AMoreUrgentInterruptThatArrivesDuringEntryComesFirst) {
  for (const char* where : {"irq0_handler", "systick_handler", "e_late_next"}) stop_at(where);
  start("e_timer_late", kTimer, 7, 14, 0);
  // LDR and MOVS 3, stores 3, NOPs 4, STR 1: interrupt 0 is pending after 11. SysTick was enabled
  // in cycle 5 and expires 15 later, in cycle 20, before the frame is stored (23).
  EXPECT_EQ(next(), At("systick_handler", 11 + 12));
  EXPECT_EQ(next(), At("irq0_handler", 23 + 1 + 6));
}

TEST_F(ExceptionTiming, FloatRegistersAreStoredWhenAHandlerNeedsThem) {
  for (const char* where : {"irq1_handler", "irq2_handler", "e_float_done"}) stop_at(where);
  start("e_float", kSetPending, 2);
  EXPECT_EQ(next(), At("irq1_handler", 2 + 12)) << "lazily: nothing is stored";
  EXPECT_EQ(next(), At("e_float_done", 14 + 1 + 11));
  start("e_float", kSetPending, 4);
  EXPECT_EQ(next(), At("irq2_handler", 2 + 12));
  EXPECT_EQ(next(), At("e_float_done", 14 + 1 + 17 + 1 + 17 + 11)) << "17 words each way";
}

TEST_F(ExceptionTiming, AMaskedInterruptEndsWfiAndIsNotTaken) {
  start("e_masked_wfi", kSetPending, 2);
  const auto [where, cycles] = next();
  EXPECT_EQ(where, "e_masked_wfi+0x6");
  EXPECT_EQ(cycles, 3U);
}

TEST_F(ExceptionTiming, TheReceiverInterruptsForEachByte) {
  Machine& machine = cases_->machine;
  EXPECT_EQ(cases_->run("e_echo").reason, StopReason::waiting_for_input);
  for (const char* text : {"a", "several bytes", "z"}) {
    machine.send(text);
    const Stop stop = machine.run({10'000});
    EXPECT_EQ(stop.reason, StopReason::waiting_for_input) << stop.text;
    EXPECT_EQ(machine.take_output(), text);
  }
}

TEST_F(ExceptionTiming, WithoutAHandlerTheRunStopsAndSaysSo) {
  start("e_no_handler", kSetPending, 8);
  EXPECT_THAT(next().first, HasSubstr("interrupt 3 is pending, but its vector 0x00000000"));
  SetUp();
  start("e_bus_fault", 0, 0x60000000);
  EXPECT_THAT(next().first, HasSubstr("read from unmapped memory of 4 bytes at 0x60000000 at 0x"));
}

}  // namespace
}  // namespace opline::simulator
