// What led to a stop: the same state as without looking, and the right instructions.
#include "runners/simulator/trace/history.h"

#include <gmock/gmock.h>

#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::Cases;

std::vector<std::string> texts_of(const std::vector<TracedInstruction>& last) {
  std::vector<std::string> texts;
  texts.reserve(last.size());
  for (const TracedInstruction& one : last) texts.push_back(one.text());
  return texts;
}

/// Sets the core to begin `name` with R0 and R1.
void prepare(Cases& cases, const std::string& name, std::uint32_t r0, std::uint32_t r1) {
  Registers all = cases.machine.registers();
  all.r[0] = r0, all.r[1] = r1, all.r[15] = cases.address(name), all.apsr = 0;
  cases.machine.set_registers(all);
}

TEST(History, EndsBeforeTheFault) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  prepare(cases, "s_it_unmapped", 1, 0x60000000);
  const RunWithHistory run = run_with_history(cases.machine);
  EXPECT_EQ(run.stop.reason, StopReason::fault);
  EXPECT_EQ(run.stop.pc, cases.address("s_it_unmapped") + 4);
  EXPECT_EQ(texts_of(run.last), (std::vector<std::string>{"cmp r0, #0", "it ne"}))
      << "the run was that short";
  EXPECT_THAT(history_text(run.last, cases.machine.image()),
              ::testing::HasSubstr("s_it_unmapped+0x2\n"));
}

TEST(History, OfAnOverflowIsTheLastDozenAndTheStateIsThatOfARunWithout) {
  OPLINE_NEEDS_PROGRAMS();
  Cases plain, cases;
  prepare(plain, "s_deep", 0, 0);
  prepare(cases, "s_deep", 0, 0);
  const Stop stop = plain.machine.run();
  const RunWithHistory run = run_with_history(cases.machine);
  EXPECT_EQ(run.stop.reason, StopReason::stack_overflow);
  EXPECT_EQ(run.stop.text, stop.text);
  ASSERT_EQ(run.last.size(), 12U);
  EXPECT_EQ(run.last.back().number + 1, cases.machine.instructions());
  EXPECT_EQ(run.last.front().number + 12, cases.machine.instructions());
  EXPECT_EQ(run.last[10].text(), "push {lr}");
  EXPECT_EQ(cases.machine.cycles(), plain.machine.cycles());
  EXPECT_EQ(cases.machine.registers().r, plain.machine.registers().r);
  EXPECT_EQ(cases.machine.read_memory(0x20000000, 128 * 1024),
            plain.machine.read_memory(0x20000000, 128 * 1024));
  EXPECT_FALSE(cases.machine.tracing());
}

TEST(History, OfALoopThatUsesUpItsBudget) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  prepare(cases, "s_spin", 0, 0);
  const RunWithHistory run = run_with_history(cases.machine, {1000}, 3);
  EXPECT_EQ(run.stop.reason, StopReason::budget_exhausted);
  ASSERT_EQ(run.last.size(), 3U);
  EXPECT_EQ(run.last[1].text(), "nop");
}

TEST(History, OfARunThatWentOnFromABreakpoint) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  cases.machine.stop_at(cases.address("s_it_unmapped"));
  prepare(cases, "s_it_unmapped", 1, 0x60000000);
  EXPECT_EQ(cases.machine.run().reason, StopReason::breakpoint);
  const RunWithHistory run = run_with_history(cases.machine);
  EXPECT_EQ(run.stop.reason, StopReason::fault);
  EXPECT_EQ(texts_of(run.last), (std::vector<std::string>{"cmp r0, #0", "it ne"}));
}

TEST(History, IsEmptyWhereNothingIsWrong) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("mixed-m7-double-O3", "nucleo-f767zi");
  const RunWithHistory run = run_with_history(machine);
  EXPECT_EQ(run.stop.reason, StopReason::breakpoint);
  EXPECT_TRUE(run.last.empty());
  EXPECT_EQ(history_text(run.last, machine.image()), "");
}

TEST(History, OnTheM7) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("mixed-m7-double-O3", "nucleo-f767zi");
  const RunWithHistory run = run_with_history(machine, {100'000});
  EXPECT_EQ(run.stop.reason, StopReason::budget_exhausted);
  ASSERT_EQ(run.last.size(), 12U);
  EXPECT_EQ(run.last.back().number + 1, machine.instructions());
}

}  // namespace
}  // namespace opline::simulator
