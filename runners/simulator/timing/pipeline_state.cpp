#include "runners/simulator/timing/pipeline_state.h"

#include <algorithm>

namespace opline::simulator {

PipelineState PipelineState::relative() const {
  PipelineState state = *this;
  // Early issue and flags look at the cycles before this one, but not further back than this.
  constexpr std::int64_t kPassed = -100;
  const auto shift = [this](std::int64_t& at, std::int64_t passed) {
    at = std::max(at - cycle, passed);
  };
  for (auto& resource : state.ready) {
    for (std::int64_t& at : resource) shift(at, kPassed);
  }
  for (std::int64_t& at : state.entry_free) shift(at, 0);
  for (std::int64_t& at : state.bank_free) shift(at, 0);
  for (Store& store : state.stores) {
    shift(store.visible, 0);
    if (store.visible == 0) store = {};
  }
  shift(state.jump_cycle, kPassed);
  state.cycle = 0;
  return state;
}

}  // namespace opline::simulator
