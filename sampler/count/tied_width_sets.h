// sampler/count/tied_width_sets.h - gives every set of tied widths a number, so that positions in a
// backbone are compared by numbers.
//
// Internal to the module.
#pragma once
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sampler/count/layer_sequence.h"

namespace opline::sampler {

/// Number 0 is the empty set.
class TiedWidthSets {
 public:
  explicit TiedWidthSets(const LayerGraph& graph) : graph_(graph) {}

  std::uint32_t number(const TiedWidths& tied) {
    const auto [place, added] = numbers_.emplace(tied, static_cast<std::uint32_t>(sets_.size()));
    if (added) sets_.push_back(tied);
    return place->second;
  }
  [[nodiscard]] const TiedWidths& set(std::uint32_t number) const { return sets_[number]; }
  /// The width that the set gives `decision`; 0 where it gives none.
  [[nodiscard]] std::uint32_t width(std::uint32_t number, std::size_t decision) const {
    for (const auto& [known, channels] : sets_[number]) {
      if (known == decision) return channels;
    }
    return 0;
  }
  /// Number of the subset that still binds `block` or a later one.
  std::uint32_t binding(std::uint32_t number, std::uint32_t block) {
    if (number == 0) return 0;
    const auto [place, added] = binding_.emplace(std::pair(number, block), 0);
    if (added) place->second = this->number(graph_.still_binding(sets_[number], block));
    return place->second;
  }

 private:
  const LayerGraph& graph_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> binding_;
  std::vector<TiedWidths> sets_ = {{}};
  std::map<TiedWidths, std::uint32_t> numbers_ = {{{}, 0}};
};

}  // namespace opline::sampler
