// sampler/space/walk.h - the path of an architecture through the graph of its space.
#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "sampler/space/space.h"

namespace opline::sampler {

/// One branch of the path, with the channels of its tensors.
struct Step {
  const Branch& branch;
  std::size_t place = 0;
  std::size_t number = 0;  ///< Of the branch in its place.
  std::int64_t block_input = 0;
  std::span<const std::int64_t> channels;  ///< By layer of the branch; during the visit.

  [[nodiscard]] std::int64_t of(int tensor) const {
    return tensor == kBlockInput ? block_input : channels[static_cast<std::size_t>(tensor)];
  }
};

/// Whether channels allow the branch, where the block's input has `block_input` and
/// `chosen(decision)` is the option chosen.
template <class Chosen>
[[nodiscard]] bool guard_holds(const Branch& branch, std::int64_t block_input,
                               const Chosen& chosen) {
  for (const BlockLayer& layer : branch.layers) {
    if (layer.guard == Guard::none) continue;
    const bool same = layer.width.number(block_input, chosen) == block_input;
    return same == (layer.guard == Guard::same);
  }
  return true;
}

/// Calls `visit(step)` for each branch that the options (one legal one per decision) select.
template <class Visit>
void walk(const Space& space, std::span<const std::uint16_t> options, const Visit& visit) {
  const auto chosen = [&](std::size_t decision) {
    return space.decisions[decision].options[options[decision]];
  };
  std::int64_t channels = space.input.c;
  std::vector<std::int64_t> made;
  const auto of = [&](int tensor) {
    return tensor == kBlockInput ? channels : made[static_cast<std::size_t>(tensor)];
  };
  for (std::size_t place = 0; place < space.places.size();) {
    const std::vector<Branch>& branches = space.places[place].branches;
    const auto branch = std::find_if(branches.begin(), branches.end(), [&](const Branch& one) {
      return one.selected_by(options) && guard_holds(one, channels, chosen);
    });
    made.clear();
    for (const BlockLayer& layer : branch->layers) made.push_back(channels_of(layer, of, chosen));
    visit(
        Step{*branch, place, static_cast<std::size_t>(branch - branches.begin()), channels, made});
    if (!made.empty()) channels = made.back();
    place = branch->next;
  }
}

/// Calls `visit(branch)` likewise, without channels: of two branches that only channels tell apart
/// the first, which depends on the same decisions.
template <class Visit>
void for_each_branch(const Space& space, std::span<const std::uint16_t> options,
                     const Visit& visit) {
  for (std::size_t place = 0; place < space.places.size();) {
    const std::vector<Branch>& branches = space.places[place].branches;
    const Branch& branch = *std::find_if(branches.begin(), branches.end(), [&](const Branch& one) {
      return one.selected_by(options);
    });
    visit(branch);
    place = branch.next;
  }
}

}  // namespace opline::sampler
