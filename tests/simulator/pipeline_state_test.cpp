// PipelineState::packed(), by which remembered times are found: it must tell apart exactly those
// states that the instructions to come tell apart, and its 16 bits must hold every time.
#include "runners/simulator/timing/pipeline_state.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

#include "runners/simulator/machine/cpu.h"
#include "runners/simulator/timing/dual_issue.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

/// The definition, of which packed() is the short form.
PipelineState comparable(PipelineState state) {
  state.jump = Jump::none;
  return state.relative().without_places();
}

class Random {
 public:
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(n));
  }
  template <typename T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(static_cast<std::int64_t>(values.size()))];
  }
  /// Around what the next instruction can still see, and far from it.
  std::int64_t time() { return one_of<std::int64_t>({-1000, -9, -8, -7, -1, 0, 1, 2, 3, 30, 900}); }
  std::uint32_t word() { return static_cast<std::uint32_t>(random_()); }

  PipelineState state() {
    PipelineState state;
    state.epoch = one_of<std::int64_t>({0, 1, 5'000'000'000, INT64_C(1) << 52});
    const auto elapsed = one_of<std::int64_t>({0, 1, 100, PipelineState::kLongestEpoch});
    state.cycle = state.epoch + elapsed;
    for (PipelineState::Ready& ready : state.ready)
      for (std::int32_t& at : ready) at = static_cast<std::int32_t>(elapsed + time());
    for (std::int64_t& at : state.entry_free) at = state.cycle + time();
    for (std::int64_t& at : state.bank_free) at = state.cycle + time();
    for (PipelineState::Store& store : state.stores) store.visible = state.cycle + time();
    state.units = static_cast<std::uint16_t>(below(1024));
    state.loads = below(2) != 0;
    change_what_is_not_seen(state);
    return state;
  }

  /// Places, pending jumps, times that have passed, the order of the store buffer's entries.
  void change_what_is_not_seen(PipelineState& state) {
    state.bank = static_cast<std::uint32_t>(below(2));
    state.attention = below(2) != 0;
    state.last_offset = word();
    state.address = word(), state.next_address = word(), state.jump_target = word();
    state.jump = one_of({Jump::none, Jump::direct, Jump::conditional, Jump::indirect});
    state.jump_cycle = state.cycle + time();
    state.jump_tests_flags = below(2) != 0;
    for (PipelineState::Store& store : state.stores) {
      store.word = word();
      if (store.visible <= state.cycle) store.visible = state.cycle - below(100);
    }
    for (std::int64_t& at : state.bank_free)
      if (at <= state.cycle) at = state.cycle - below(100);
    std::shuffle(state.entry_free.begin(), state.entry_free.end(), random_);
    state.ready[kNowhere].fill(static_cast<std::int32_t>(time()));
  }

  /// The same, `by` cycles later in another epoch.
  static void move(PipelineState& state, std::int64_t by) {
    state.renew_epoch();
    state.cycle += by, state.epoch += by, state.jump_cycle += by;
    for (std::int64_t& at : state.entry_free) at += by;
    for (std::int64_t& at : state.bank_free) at += by;
    for (PipelineState::Store& store : state.stores) store.visible += by;
  }

  /// Anything that may be seen, or not where it has passed.
  void change_one(PipelineState& state) {
    switch (below(6)) {
      case 0:
        state.entry_free[below(8)] = state.cycle + time();
        break;
      case 1:
        state.bank_free[below(2)] = state.cycle + time();
        break;
      case 2:
        state.stores[below(2)].visible = state.cycle + time();
        break;
      case 3:
        state.units ^= static_cast<std::uint16_t>(1U << below(10));
        break;
      case 4:
        state.loads = !state.loads;
        break;
      default:
        state.ready[below(64)][below(kUses)] =
            static_cast<std::int32_t>(state.cycle - state.epoch + time());
    }
  }

 private:
  std::mt19937_64 random_{7};
};

TEST(PackedState, IsEqualWhereTheStateIs) {
  Random random;
  unsigned equal = 0, different = 0;
  for (int i = 0; i < 20'000; ++i) {
    const PipelineState one = random.state();
    PipelineState other = one;
    if (random.below(2) != 0) random.change_one(other);
    if (random.below(2) != 0) Random::move(other, random.below(1'000'000));
    random.change_what_is_not_seen(other);
    const bool expected = comparable(one) == comparable(other);
    ASSERT_EQ(one.packed() == other.packed(), expected) << "pair " << i;
    ++(expected ? equal : different);
  }
  EXPECT_GT(equal, 5000U);
  EXPECT_GT(different, 5000U);
}

TEST(PackedState, HoldsEveryTimeThatIsSeen) {
  Random random;
  const PipelineState one = random.state();
  const auto elapsed = static_cast<std::int32_t>(one.cycle - one.epoch);
  for (std::size_t resource = 0; resource < one.ready.size(); ++resource) {
    for (std::size_t use = 0; use < kUses; ++use) {
      PipelineState other = one;
      other.ready[resource][use] = elapsed + 77;
      EXPECT_EQ(other.packed() == one.packed(), resource == kNowhere) << resource;
    }
  }
}

/// Every time in 16 bits is the one in 64.
bool is_exact(const PipelineState& state) {
  const auto fits = [](std::int64_t time) { return time <= INT16_MAX; };
  const std::int64_t elapsed = state.cycle - state.epoch;
  bool all = true;
  for (const PipelineState::Ready& ready : state.ready)
    for (const std::int32_t at : ready) all &= fits(at - elapsed);
  for (const std::int64_t at : state.entry_free) all &= fits(at - state.cycle);
  for (const std::int64_t at : state.bank_free) all &= fits(at - state.cycle);
  for (const PipelineState::Store& store : state.stores) all &= fits(store.visible - state.cycle);
  return all && state.units <= INT16_MAX;
}

/// States of a program's own code, instruction by instruction.
void check_along(Machine machine, unsigned instructions) {
  const std::uint32_t begin = machine.image().symbol("program").value();
  machine.stop_at(begin);
  ASSERT_EQ(machine.run().reason, StopReason::breakpoint);
  machine.do_not_stop_at(begin);
  struct Seen {
    PipelineState::Packed packed;
    PipelineState state;
  };
  constexpr std::size_t kMost = 20;  // earlier states at the same place
  std::map<std::uint32_t, std::deque<Seen>> by_place;
  unsigned equal = 0;
  for (unsigned i = 0; i < instructions; ++i) {
    ASSERT_EQ(machine.step().reason, StopReason::budget_exhausted);
    const PipelineState& state = machine.cpu().pipeline->state();
    ASSERT_TRUE(is_exact(state));
    std::deque<Seen>& seen = by_place[machine.registers().r[15]];
    const Seen now{state.packed(), comparable(state)};
    for (const Seen& before : seen) {
      ASSERT_EQ(before.packed == now.packed, before.state == now.state) << "instruction " << i;
      equal += before.state == now.state ? 1 : 0;
    }
    seen.push_back(now);
    if (seen.size() > kMost) seen.pop_front();
  }
  EXPECT_GT(equal, 100U);
}

TEST(PackedState, IsEqualWhereTheStateIsAlongPrograms) {
  OPLINE_NEEDS_PROGRAMS();
  for (const char* const program : {"random-m7-1", "mixed-m7-double-O2"})
    check_along(testing::machine_for(program, "nucleo-f767zi"), 6000);
}

// The largest figures that a core's file may have: src/board/core.cpp, timing_rules.cpp.
TEST(PackedState, HoldsTheTimesOfTheSlowestCore) {
  OPLINE_NEEDS_PROGRAMS();
  board::Board board = board::load_board("nucleo-f767zi");
  board::Core core = board::load_core(board.core);
  board::DualIssueTiming& timing = *core.dual_issue;
  timing.multiply = timing.saturate = timing.load_word = timing.load_narrow = 100;
  timing.floating.arithmetic = timing.floating.fused = timing.floating.chained = 100;
  timing.floating.double_multiply = timing.floating.double_fused = 100;
  board::DualIssueRules& rules = timing.rules;
  rules.buffer_entry = rules.buffer_bank = rules.store_load = 100;
  rules.load_address = rules.multiply_address = 100;
  rules.buffer_entries = board::DualIssueRules::kMostEntries;
  check_along(Machine(std::move(board), std::move(core), testing::load_program("random-m7-2")),
              6000);
}

}  // namespace
}  // namespace opline::simulator
