// Exceptions: the log of a program that takes every kind, and how runs with exceptions are cut up,
// traced and continued.
#include <gmock/gmock.h>

#include <cstdlib>

#include "src/base/files.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGolden = "tests/simulator/golden/exceptions.txt";

/// The golden file without its first line, which names its generator.
std::string golden_log() {
  const std::string text = read_file(std::filesystem::path(OPLINE_SOURCE_DIR) / kGolden);
  return text.substr(text.find('\n') + 1);
}

struct Ended {
  std::string output;
  std::uint64_t cycles = 0, instructions = 0;
  bool operator==(const Ended&) const = default;
};

Ended run_to_end(Machine& machine) {
  const Stop stop = machine.run({10'000'000});
  EXPECT_EQ(stop.reason, StopReason::exited) << stop.text;
  return {machine.take_output(), machine.cycles(), machine.instructions()};
}

struct Program {
  const char* name;
  const char* board;
};

class Exceptions : public ::testing::TestWithParam<Program> {
 protected:
  void SetUp() override {
    OPLINE_NEEDS_PROGRAMS();
    image_ = testing::load_program(GetParam().name);
  }
  Machine machine() const {
    const board::Board board = board::load_board(GetParam().board);
    return {board, board::load_core(board.core), image_};
  }
  std::shared_ptr<const ElfImage> image_;
};

TEST_P(Exceptions, LogIsThatOfQemuGolden) {
  Machine first = machine();
  const std::string log = run_to_end(first).output;
  if (std::getenv("OPLINE_REWRITE_GOLDENS") != nullptr)
    write_file_atomically(std::filesystem::path(OPLINE_SOURCE_DIR) / kGolden,
                          "# written by exceptions_test.cpp; QEMU prints the same\n" + log);
  EXPECT_EQ(log, golden_log());
}

TEST_P(Exceptions, CyclesDoNotDependOnHowARunIsCutUp) {
  Machine whole = machine(), pieces = machine();
  const Ended expected = run_to_end(whole);
  std::uint64_t budget = 1;
  while (pieces.run({budget}).reason == StopReason::budget_exhausted) budget = budget * 7 % 1009;
  EXPECT_EQ(Ended({pieces.take_output(), pieces.cycles(), pieces.instructions()}), expected);
}

TEST_P(Exceptions, ATraceChangesNothing) {
  Machine plain = machine(), traced = machine();
  std::uint64_t count = 0, last = 0;
  traced.trace({.instructions = UINT64_MAX}, [&](const TracedInstruction& one) {
    ++count;
    EXPECT_GE(one.number, last);
    last = one.number;
  });
  const Ended expected = run_to_end(plain);
  EXPECT_EQ(run_to_end(traced), expected);
  EXPECT_LE(count, expected.instructions);
  EXPECT_GT(count, expected.instructions - 100) << "SVC, WFI and WFE end between two slices";
}

TEST_P(Exceptions, AnotherMachineGoesOnFromASnapshot) {
  Machine first = machine();
  const Machine::Snapshot start = first.save();
  const Ended expected = run_to_end(first);
  for (std::uint64_t cut = 500; cut < expected.cycles; cut += 1237) {
    first.restore(start);
    first.run({cut});
    const std::string before = first.take_output();
    Machine second = machine();
    second.restore(first.save());
    Ended after = run_to_end(second);
    after.output = before + after.output;
    EXPECT_EQ(after, expected) << "cut at " << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(Boards, Exceptions,
                         ::testing::Values(Program{"exceptions", "nucleo-f446re"},
                                           Program{"exceptions-m7", "nucleo-f767zi"}),
                         [](const auto& test) { return test.index == 0 ? "m4" : "m7"; });

TEST(FaultHandlers, TheStopNamesTheFaultThatAHandlerWasEnteredFor) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for("exceptions");
  machine.stop_at(*machine.image().symbol("fault_body"));
  const Stop stop = machine.run({10'000'000});
  EXPECT_THAT(stop.text, HasSubstr("read from unmapped memory of 4 bytes at 0x60000000"));
  EXPECT_THAT(stop.text, HasSubstr("in the handler of BusFault: breakpoint"));
  EXPECT_THAT(machine.last_fault().value_or(""), HasSubstr("(in program"));
}

}  // namespace
}  // namespace opline::simulator
