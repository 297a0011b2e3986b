// The calls that led to a crash, found without debug information; and runs that end by themselves.
#include "runners/simulator/debug/crash_report.h"

#include <gmock/gmock.h>

#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// crashes.c, which begins to do what `kind` says.
Machine crashing(std::uint32_t kind) {
  Machine machine = testing::machine_for("crashes");
  machine.stop_at(*machine.image().symbol("program_ready"));
  EXPECT_EQ(machine.run({100'000}).reason, StopReason::breakpoint);
  const std::string bytes = {static_cast<char>(kind), 0, 0, 0};
  machine.write_memory(*machine.image().symbol("crash_kind"), bytes);
  return machine;
}

std::vector<std::string> functions(const std::vector<Frame>& frames, const ElfImage& image) {
  std::vector<std::string> names;
  for (const Frame& frame : frames) {
    const std::string name = image.describe(frame.address);
    names.push_back((frame.interrupted != 0 ? "<" : "") + name.substr(0, name.find('+')) +
                    (frame.certain ? "" : "?"));
  }
  return names;
}

FreeRun run(Machine& machine) {
  return run_freely(machine, {1'000'000}, [](std::string_view) {});
}

TEST(CrashReport, NamesTheCalls) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = crashing(0);
  const FreeRun ended = run(machine);
  EXPECT_EQ(ended.stop.reason, StopReason::fault);
  ASSERT_TRUE(ended.crash.has_value());
  EXPECT_THAT(functions(ended.crash->frames, machine.image()),
              ElementsAre("innermost", "inner", "middle?", "outer", "program", "reset"))
      << "middle() calls by register";
  const std::string text = crash_text(*ended.crash, machine.image());
  EXPECT_THAT(text, StartsWith("read from unmapped memory of 4 bytes at 0x60000000"));
  EXPECT_THAT(text, HasSubstr("in innermost+0x"));
  EXPECT_THAT(text, HasSubstr("str r0, [r2]")) << "the last instructions";
}

TEST(CrashReport, SaysWhichCallsAreProbable) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = crashing(1);
  const FreeRun ended = run(machine);
  ASSERT_TRUE(ended.crash.has_value());
  EXPECT_THAT(functions(ended.crash->frames, machine.image()),
              ElementsAre("innermost", "inner", "calls_jumper?", "program", "reset"))
      << "jumps_on() has left no trace on the stack";
}

TEST(CrashReport, LeadsThroughAnException) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = crashing(6);
  const FreeRun ended = run(machine);
  EXPECT_EQ(ended.stop.reason, StopReason::endless_loop) << "the image's HardFault handler";
  EXPECT_THAT(ended.stop.text, HasSubstr("in the handler of HardFault"));
  ASSERT_TRUE(ended.crash.has_value());
  EXPECT_THAT(functions(ended.crash->frames, machine.image()),
              ElementsAre("innermost", "inner", "middle?", "outer", "in_handler", "svc_body", "svc",
                          "<calls_supervisor", "program", "reset"));
  EXPECT_THAT(crash_text(*ended.crash, machine.image()), HasSubstr("interrupted by SVCall"));
}

TEST(CrashReport, ABranchToNowhereIsReportedAtTheBranch) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = crashing(3);
  const FreeRun ended = run(machine);
  ASSERT_TRUE(ended.crash.has_value());
  EXPECT_THAT(ended.crash->stop.text, HasSubstr("branch to 0x60000000, which holds no code"));
  EXPECT_THAT(functions(ended.crash->frames, machine.image()), ElementsAre("program", "reset"));
}

TEST(CrashReport, IsTheSameEachTime) {
  OPLINE_NEEDS_PROGRAMS();
  Machine first = crashing(6), second = crashing(6);
  EXPECT_EQ(crash_text(*run(first).crash, first.image()),
            crash_text(*run(second).crash, second.image()));
}

TEST(FreeRun, AProgramThatDealsWithItsFaultsHasNotCrashed) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("exceptions");
  std::string output;
  const FreeRun ended =
      run_freely(machine, {10'000'000}, [&](std::string_view text) { output += text; });
  EXPECT_EQ(ended.stop.reason, StopReason::exited);
  EXPECT_FALSE(ended.crash.has_value());
  EXPECT_THAT(output, HasSubstr("done\n"));
  EXPECT_EQ(ended.cycles, machine.cycles());
}

TEST(FreeRun, EndsAtItsLimit) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("exceptions");
  const FreeRun ended = run_freely(machine, {1000}, [](std::string_view) {});
  EXPECT_EQ(ended.stop.reason, StopReason::budget_exhausted);
  EXPECT_GE(ended.cycles, 1000U);
  EXPECT_LT(ended.cycles, 1100U);
}

}  // namespace
}  // namespace opline::simulator
