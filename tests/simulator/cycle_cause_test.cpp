// Cycles by cause: they add up at every instruction of whole programs, and are the expected ones
// where they were counted by hand.
#include "runners/simulator/timing/cycle_cause.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::Cases;

struct Program {
  const char* name;
  const char* board;
};

class Causes : public ::testing::TestWithParam<Program> {};

/// Each record's cycles end where the next one's begin.
class Adding {
 public:
  void take(const TracedInstruction& one) {
    if (count_++ == 0) {
      first_ = one.begin;
    } else if (one.begin != next_ && wrong_.empty()) {
      wrong_ = fmt::format("{} begins at {}, not at {}", one.number, one.begin, next_);
    }
    if (one.cycle < one.begin || one.cycle > one.begin + one.cycles.total())
      wrong_ = fmt::format("{} issues in {}, outside its cycles", one.number, one.cycle);
    next_ = one.begin + one.cycles.total();
    for (std::size_t i = 0; i < kCycleCauses; ++i) {
      if (one.cycles.by_cause[i] != 0) seen_.insert(static_cast<CycleCause>(i));
    }
  }
  [[nodiscard]] std::uint64_t total() const { return next_ - first_; }
  [[nodiscard]] const std::string& wrong() const { return wrong_; }
  [[nodiscard]] const std::set<CycleCause>& seen() const { return seen_; }

 private:
  std::uint64_t count_ = 0, first_ = 0, next_ = 0;
  std::string wrong_;
  std::set<CycleCause> seen_;
};

TEST_P(Causes, AddUpToTheCyclesAtEveryInstruction) {
  OPLINE_NEEDS_PROGRAMS();
  Machine machine = testing::machine_for(GetParam().name, GetParam().board);
  Adding adding;
  machine.trace({.instructions = UINT64_MAX, .changes = false},
                [&](const TracedInstruction& one) { adding.take(one); });
  std::uint64_t budget = 1;  // runs that are cut up anywhere
  while (machine.run({budget}).reason == StopReason::budget_exhausted) budget = budget * 7 % 10007;
  EXPECT_EQ(adding.wrong(), "");
  // What is left is the BKPT's, which stopped the core before it was completed.
  EXPECT_LE(adding.total(), machine.cycles());
  EXPECT_GE(adding.total() + 20, machine.cycles());
  for (const CycleCause cause : {CycleCause::issue, CycleCause::dependency, CycleCause::load_use,
                                 CycleCause::branch, CycleCause::multi_cycle})
    EXPECT_TRUE(adding.seen().contains(cause)) << to_string(cause);
  EXPECT_EQ(adding.seen().contains(CycleCause::exception),
            std::string(GetParam().name).starts_with("exceptions"));
}

INSTANTIATE_TEST_SUITE_P(Programs, Causes,
                         ::testing::Values(Program{"mixed-Os", "nucleo-f446re"},
                                           Program{"mixed-waits", "nucleo-f446re"},
                                           Program{"mixed-uncached", "nucleo-f446re"},
                                           Program{"exceptions", "nucleo-f446re"},
                                           Program{"exceptions-m7", "nucleo-f767zi"},
                                           Program{"mixed-m7-single-O2", "nucleo-f746zg"},
                                           Program{"mixed-m7-double-O3", "nucleo-f767zi"}),
                         [](const auto& program) {
                           std::string name = program.param.name;
                           for (char& letter : name) letter = letter == '-' ? '_' : letter;
                           return name;
                         });

using Counts = std::map<CycleCause, unsigned>;

struct KnownCauses {
  const char* name;
  Counts causes;  ///< Without those of the final BKPT.
  std::uint32_t r0 = 0, r2 = 0, r3 = 0;
};

Counts causes_of(Cases& cases, const KnownCauses& known) {
  Counts counts;
  cases.machine.trace({.instructions = UINT64_MAX}, [&](const TracedInstruction& one) {
    for (std::size_t i = 0; i < kCycleCauses; ++i) {
      if (one.cycles.by_cause[i] != 0) counts[static_cast<CycleCause>(i)] += one.cycles.by_cause[i];
    }
  });
  cases.run(known.name, known.r0, Cases::kData, known.r2, known.r3);
  cases.machine.stop_tracing();
  return counts;
}

std::string text_of(const Counts& counts) {
  std::string text;
  for (const auto& [cause, cycles] : counts)
    text += fmt::format("{} {} ", to_string(cause), cycles);
  return text;
}

using enum CycleCause;

// The cycles of the same cases are in known_cycles.h.
TEST(KnownCauses, CortexM4) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases;
  const KnownCauses kKnown[] = {
      {"t_nops", {{issue, 10}}},
      {"t_load", {{issue, 1}, {load_use, 1}}},
      {"t_three_loads", {{issue, 3}, {load_use, 1}}},
      {"t_store_load", {{issue, 2}, {load_use, 1}, {store_buffer, 1}}},
      {"t_fetch_bubble", {{issue, 5}, {fetch, 1}, {multi_cycle, 2}}},
      {"t_straddled_target", {{issue, 2}, {branch, 2}}},
      {"t_address_dependency", {{issue, 2}, {dependency, 1}, {load_use, 1}}},
      {"t_ldm", {{issue, 1}, {multi_cycle, 4}}},
      {"t_push_pop", {{issue, 2}, {multi_cycle, 8}}},
      {"t_branch", {{issue, 1}, {branch, 1}}},
      {"t_not_taken", {{issue, 2}}},
      {"t_loop", {{issue, 21}, {branch, 9}}},
      {"t_it_folded", {{issue, 2}}},
      {"t_it_skipped", {{issue, 3}}},
      {"t_divide_long", {{issue, 3}, {multi_cycle, 11}}},
      {"t_unaligned_word", {{issue, 1}, {load_use, 1}, {unaligned, 1}}},
      {"t_unaligned_bytes", {{issue, 1}, {load_use, 1}, {unaligned, 2}}},
      {"t_pop_pc", {{issue, 3}, {multi_cycle, 2}, {branch, 2}}},
      {"t_float_dependent", {{issue, 2}, {dependency, 1}}},
      {"t_float_divide", {{issue, 2}, {multi_cycle, 26}}},
      {"t_float_multiple", {{issue, 1}, {multi_cycle, 4}}},
  };
  for (const KnownCauses& known : kKnown)
    EXPECT_EQ(text_of(causes_of(cases, known)), text_of(known.causes)) << known.name;
}

TEST(KnownCauses, CortexM7) {
  OPLINE_NEEDS_PROGRAMS();
  Cases cases("cases-m7", "nucleo-f767zi");
  const KnownCauses kKnown[] = {
      {"m_nops", {{issue, 5}}},
      {"m_load_use", {{issue, 2}}},
      {"m_load_use_byte", {{issue, 2}, {load_use, 1}}},
      {"m_multiply_use", {{issue, 2}, {dependency, 1}}},
      {"m_unaligned_load", {{issue, 1}, {unaligned, 3}}},
      {"m_push_pop", {{issue, 2}, {multi_cycle, 2}}},
      {"m_divide", {{issue, 1}, {multi_cycle, 11}}, 0, 0xFFFFFFFF, 1},
      {"m_float_add", {{issue, 2}, {dependency, 2}}},
  };
  for (const KnownCauses& known : kKnown) {
    causes_of(cases, known);  // code and branches are known afterwards
    EXPECT_EQ(text_of(causes_of(cases, known)), text_of(known.causes)) << known.name;
  }
}

}  // namespace
}  // namespace opline::simulator
