// sampler/count/binding_sets.h - gives every set of bindings a number, so that positions in a
// backbone are compared by numbers.
//
// Internal to the module.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sampler/count/layer_sequence.h"

namespace opline::sampler {

/// Number 0 is the empty set.
class BindingSets {
 public:
  explicit BindingSets(const LayerGraph& graph) : graph_(graph) {}

  /// What the set has for the key; 0 where it has nothing (no option and no number of channels is
  /// 0).
  [[nodiscard]] std::uint32_t value(std::uint32_t number, std::size_t key) const {
    for (const auto& [known, value] : sets_[number]) {
      if (known == key) return value;
    }
    return 0;
  }
  /// Number of the set with one binding more; `key` is not in it yet.
  std::uint32_t with(std::uint32_t number, std::uint32_t key, std::uint32_t value) {
    Bindings more = sets_[number];
    more.insert(std::upper_bound(more.begin(), more.end(), std::pair(key, value)), {key, value});
    return this->number(more);
  }
  /// Number of the subset that still binds the block of `place` or a later one.
  std::uint32_t binding(std::uint32_t number, std::uint32_t place) {
    if (number == 0) return 0;
    const auto [known, added] = binding_.emplace(std::pair(number, place), 0);
    if (added) known->second = this->number(graph_.still_binding(sets_[number], place));
    return known->second;
  }

 private:
  std::uint32_t number(const Bindings& bindings) {
    const auto [place, added] =
        numbers_.emplace(bindings, static_cast<std::uint32_t>(sets_.size()));
    if (added) sets_.push_back(bindings);
    return place->second;
  }

  const LayerGraph& graph_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> binding_;
  std::vector<Bindings> sets_ = {{}};
  std::map<Bindings, std::uint32_t> numbers_ = {{{}, 0}};
};

}  // namespace opline::sampler
