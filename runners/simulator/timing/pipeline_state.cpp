#include "runners/simulator/timing/pipeline_state.h"

#include <algorithm>
#include <functional>

namespace opline::simulator {

namespace {

/// Results of earlier cycles matter to accumulators and stored data, which are read up to 3 cycles
/// late, to what may run early, and to branches that ask whether their flags were set 3 cycles
/// before. Older ones than this are alike.
constexpr std::int64_t kPassed = -8;

}  // namespace

void PipelineState::renew_epoch() {
  const std::int64_t elapsed = cycle - epoch;
  for (Ready& resource : ready) {
    for (std::int32_t& at : resource)
      at = static_cast<std::int32_t>(std::max(at - elapsed, kPassed));
  }
  epoch = cycle;
}

PipelineState PipelineState::relative() const {
  PipelineState state = *this;
  state.renew_epoch();
  const auto shift = [this](std::int64_t& at, std::int64_t passed) {
    at = std::max(at - cycle, passed);
  };
  for (std::int64_t& at : state.entry_free) shift(at, 0);
  std::sort(state.entry_free.begin(), state.entry_free.end(),
            std::greater<>());  // any may be taken
  for (std::int64_t& at : state.bank_free) shift(at, 0);
  for (Store& store : state.stores) {
    shift(store.visible, 0);
    if (store.visible == 0) store = {};
  }
  shift(state.jump_cycle, kPassed);
  if (jump == Jump::none || jump == Jump::repeat)
    state.jump_cycle = 0, state.jump_tests_flags = false;
  state.ready[kNowhere].fill(kPassed);
  state.cycle = state.epoch = 0;
  return state;
}

PipelineState PipelineState::without_places() const {
  PipelineState state = *this;
  for (Store& store : state.stores) store.word = kNoWord;
  state.bank = 0;
  state.attention = true;
  state.last_offset = kNoOffset;
  state.address = 1;
  state.next_address = state.jump_target = 0;
  return state;
}

bool PipelineState::sees_the_same(const PipelineState& other) const {
  const bool branches = jump != Jump::none && jump != Jump::repeat;
  return without_places() == other.without_places() && stores == other.stores &&
         (!loads || bank == other.bank) &&
         (!branches || (address == other.address && next_address == other.next_address &&
                        jump_target == other.jump_target));
}

PipelineState::Packed PipelineState::packed() const {
  Packed result;
  const auto elapsed = static_cast<std::int32_t>(cycle - epoch);
  constexpr auto passed = static_cast<std::int32_t>(kPassed);
  for (std::size_t i = 0; i < ready.size(); ++i) {
    for (std::size_t use = 0; use < kUses; ++use)
      result.values[kUses * i + use] =
          static_cast<std::int16_t>(std::max(ready[i][use] - elapsed, passed));
  }
  for (std::size_t use = 0; use < kUses; ++use)
    result.values[kUses * kNowhere + use] = static_cast<std::int16_t>(kPassed);
  auto* to = result.values.data() + Packed::kReady;
  const auto left = [this](std::int64_t at) {
    return static_cast<std::int16_t>(std::max(at - cycle, std::int64_t{0}));
  };
  for (const std::int64_t at : entry_free) *to++ = left(at);
  std::sort(result.values.data() + Packed::kReady, to, std::greater<>());
  for (const std::int64_t at : bank_free) *to++ = left(at);
  for (const Store& store : stores) *to++ = left(store.visible);
  *to++ = static_cast<std::int16_t>(units);
  *to = loads ? 1 : 0;
  return result;
}

}  // namespace opline::simulator
