// The states of a network: which are made in place, and copies of the others.
#include <algorithm>

#include "src/base/error.h"
#include "src/network/network.h"

namespace opline::network {

TensorId NetworkBuilder::add_state(Shape shape) {
  const TensorId tensor = push_input(shape, "a state");
  network_.states_.push_back({tensor, tensor, false});
  return tensor;
}

void NetworkBuilder::assign(TensorId state, TensorId value) {
  const TensorId tensor = tensor_of(state);
  const auto found = std::ranges::find(network_.states_, tensor, &State::tensor);
  OPLINE_ASSERT(found != network_.states_.end(), "tensor {} is not a state", state);
  if (shape(value).elements() != shape(tensor).elements())
    throw Error(ErrorCode::input, "a state of {} elements is assigned {}; expected as many",
                shape(tensor).elements(), shape(value).elements());
  found->next = tensor_of(value);
}

/// Whether every layer that reads the old value stands before the one that makes the new value, and
/// that one is not made for a state before it.
bool NetworkBuilder::can_be_in_place(const State& state) const {
  const std::optional<LayerId> maker = network_.layer_of(state.next);
  if (!maker) return false;
  for (const State& other : network_.states_) {
    const bool takes_same = other.next == state.next && &other < &state;
    if (takes_same || (other.next == state.tensor && &other != &state)) return false;
  }
  const auto reads = [&](const Layer& layer) {
    return std::ranges::count(layer.inputs, state.tensor) != 0;
  };
  return std::none_of(network_.layers_.begin() + *maker, network_.layers_.end(), reads);
}

/// A pad without a border copies whole rows.
void NetworkBuilder::copy_state(State& state) {
  state.next = pad(state.next, {});
  state.copied = true;
}

void NetworkBuilder::place_states() {
  std::vector<State*> copies;
  for (State& state : network_.states_) {
    if (state.next != state.tensor && !can_be_in_place(state)) copies.push_back(&state);
  }
  while (!copies.empty()) {
    // First what overwrites a state that no other copy reads.
    const auto next = std::ranges::find_if(copies, [&](const State* one) {
      return std::ranges::none_of(
          copies, [&](const State* other) { return other != one && other->next == one->tensor; });
    });
    if (next == copies.end())
      throw Error(ErrorCode::input,
                  "two states exchange their values, which is not supported; keep one of them in a "
                  "layer's output");
    copy_state(**next);
    copies.erase(next);
  }
}

}  // namespace opline::network
