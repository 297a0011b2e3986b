// Translated code against the interpreter: the whole state after each of many slices of random
// length, with snapshots in between, and wherever a fault stops a block in its middle; and whatever
// ran before a snapshot was restored.
#include "runners/simulator/translate/translation.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/simulator/programs.h"

namespace opline::simulator {
extern const Translation translation_of_random_1, translation_of_random_2,
    translation_of_mixed_waits, translation_of_random_m7_1, translation_of_random_m7_2,
    translation_of_mixed_m7_double_O2;

namespace {

struct Case {
  const char* program;
  const Translation* translation;
  const char* board;
  unsigned longest;  ///< Cycles of a slice.
};
const Case kCases[] = {
    {"random-1", &translation_of_random_1, "nucleo-f446re", 30},
    {"random-2", &translation_of_random_2, "nucleo-f446re", 30},
    {"mixed-waits", &translation_of_mixed_waits, "nucleo-f446re", 997},
    {"random-m7-1", &translation_of_random_m7_1, "nucleo-f767zi", 15},
    {"random-m7-2", &translation_of_random_m7_2, "nucleo-f767zi", 15},
    {"mixed-m7-double-O2", &translation_of_mixed_m7_double_O2, "nucleo-f767zi", 997}};

class Translated : public ::testing::TestWithParam<Case> {
 protected:
  Machine interpreted = testing::machine_for(GetParam().program, GetParam().board);
  Machine translated = testing::machine_for(GetParam().program, GetParam().board);

  void SetUp() override {
    ASSERT_TRUE(translated.use(*GetParam().translation)) << "translated from another program";
  }

  /// Both execute; true while neither stops but for the budget.
  bool run_both(std::uint64_t cycles) {
    const Stop one = interpreted.run({cycles}), other = translated.run({cycles});
    EXPECT_EQ(one.text, other.text);
    EXPECT_EQ(one.pc, other.pc);
    EXPECT_EQ(interpreted.cycles(), translated.cycles());
    EXPECT_EQ(interpreted.instructions(), translated.instructions());
    EXPECT_TRUE(interpreted.save() == translated.save()) << one.text;
    return one.reason == StopReason::budget_exhausted && !HasFailure();
  }

  void run_from(std::uint32_t address) {
    for (Machine* const machine : {&interpreted, &translated}) {
      machine->reset();
      ASSERT_EQ(machine->run().reason, StopReason::breakpoint);
      Registers all = machine->registers();
      all.r[13] = 0x20020000;
      all.r[15] = address;
      machine->set_registers(all);
    }
  }
};

TEST_P(Translated, EqualsTheInterpreterAfterEverySlice) {
  std::mt19937 random(7);
  unsigned slices = 0;
  std::optional<Machine::Snapshot> one, other;
  while (run_both(1 + random() % GetParam().longest)) {
    if (++slices % 100 == 50) one = interpreted.save(), other = translated.save();
    if (slices % 250 == 200) interpreted.restore(*one), translated.restore(*other);
  }
  EXPECT_GE(slices, 500U) << "a test of little";
}

TEST_P(Translated, EqualsTheInterpreterInOnePiece) {
  EXPECT_FALSE(run_both(UINT64_MAX));
  EXPECT_GT(interpreted.instructions(), 10'000U);
}

/// The random programs from where program() begins, when caches are empty.
class TranslatedAgain : public Translated {
 protected:
  std::mt19937 random{11};
  std::vector<std::uint32_t> functions;

  void SetUp() override {
    Translated::SetUp();
    for (const char* const kind : {"random_", "loop_"}) {
      for (unsigned i = 0;; ++i) {
        const auto found = interpreted.image().symbol(kind + std::to_string(i));
        if (!found) break;
        functions.push_back(*found);
      }
    }
    const std::uint32_t begin = *interpreted.image().symbol("program");
    for (Machine* const machine : {&interpreted, &translated}) {
      machine->stop_at(begin);
      ASSERT_EQ(machine->run().reason, StopReason::breakpoint);
      machine->do_not_stop_at(begin);
    }
  }

  /// One of the functions, up to the breakpoint where program() returns to.
  void call(Machine& machine, std::uint32_t function) {
    Registers all = machine.registers();
    all.r[13] = 0x20020000;
    all.r[14] = *machine.image().symbol("program_end") | 1;
    all.r[15] = function;
    machine.set_registers(all);
    ASSERT_EQ(machine.run().reason, StopReason::breakpoint);
  }
};

// Found by networks of `tiny` whose cycles on the Cortex-M7 depended on those before them.
TEST_P(TranslatedAgain, DependsOnNothingBeforeTheSnapshotWasRestored) {
  const Machine::Snapshot one = interpreted.save(), other = translated.save();
  for (unsigned round = 0; round < 300 && !HasFailure(); ++round) {
    if (round % 50 == 49) {
      interpreted.reset();
      translated.reset();
      run_both(random() % 10'000);
    }
    interpreted.restore(one);
    translated.restore(other);
    for (unsigned calls = 1 + random() % 8; calls > 0; --calls) {
      const std::uint32_t function = functions[random() % functions.size()];
      call(interpreted, function);
      call(translated, function);
      ASSERT_EQ(interpreted.cycles(), translated.cycles()) << round;
      ASSERT_TRUE(interpreted.save() == translated.save()) << round;
    }
  }
}

TEST_P(Translated, StopsAtTheSameFault) {
  for (unsigned i = 0;; ++i) {
    const auto address = interpreted.image().symbol("fault_" + std::to_string(i));
    if (!address) break;
    run_from(*address);
    EXPECT_FALSE(run_both(UINT64_MAX));
    EXPECT_NE(interpreted.registers().r[15], *address);
  }
}

TEST_P(Translated, GivesWayToBreakpointsAndTraces) {
  const auto& entries = GetParam().translation->entries;
  const std::uint32_t inside =
      interpreted.image().symbol("random_3").value_or(entries[3].address) + 4;
  translated.stop_at(inside);
  interpreted.stop_at(inside);
  EXPECT_FALSE(run_both(UINT64_MAX));
  std::vector<std::uint64_t> cycles[2];
  for (Machine* const machine : {&interpreted, &translated})
    machine->trace({.instructions = 500}, [&, machine](const TracedInstruction& instruction) {
      cycles[machine == &translated].push_back(instruction.cycle);
    });
  run_both(5000);
  EXPECT_EQ(cycles[0], cycles[1]);
  EXPECT_GT(cycles[0].size(), 50U);
}

TEST_P(Translated, IsNotUsedForOtherCode) {
  Machine other = testing::machine_for("mixed-O3");
  EXPECT_FALSE(other.use(*GetParam().translation));
}

TEST(Translation, IsNotUsedWithOtherCycles) {
  board::Board board = board::load_board("nucleo-f446re");
  board::Core core = board::load_core(board.core);
  core.integer.refill += 1;
  Machine machine(std::move(board), std::move(core), testing::load_program("random-1"));
  EXPECT_FALSE(machine.use(translation_of_random_1));
}

std::string name_of(const ::testing::TestParamInfo<Case>& test) {
  std::string name = test.param.program;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Translation, Translated, ::testing::ValuesIn(kCases), name_of);
INSTANTIATE_TEST_SUITE_P(Translation, TranslatedAgain,
                         ::testing::Values(kCases[0], kCases[1], kCases[3], kCases[4]), name_of);

}  // namespace
}  // namespace opline::simulator
