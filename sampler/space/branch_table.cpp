#include "sampler/space/branch_table.h"

#include <algorithm>

namespace opline::sampler {

BranchTable::BranchTable(const std::vector<Decision>& decisions) {
  for (const Decision& decision : decisions)
    option_counts_.push_back(static_cast<std::uint32_t>(decision.options.size()));
}

/// Of every combination of options the first branch that they select.
void BranchTable::add(const Place& place) {
  Lookup& lookup = places_.emplace_back();
  lookup.table = static_cast<std::uint32_t>(table_.size());
  lookup.selectors_begin = static_cast<std::uint32_t>(selectors_.size());
  std::uint32_t combinations = 1;
  for (const Branch& branch : place.branches) {
    for (const Selection& one : branch.when) {
      const auto known = std::any_of(selectors_.begin() + lookup.selectors_begin, selectors_.end(),
                                     [&](const Selector& s) { return s.decision == one.decision; });
      if (known) continue;
      selectors_.push_back({static_cast<std::uint32_t>(one.decision), combinations});
      combinations *= option_counts_[one.decision];
    }
  }
  lookup.selectors_end = static_cast<std::uint32_t>(selectors_.size());
  std::vector<std::uint16_t> options(option_counts_.size(), 0);
  for (std::uint32_t i = 0; i < combinations; ++i) {
    for (std::uint32_t s = lookup.selectors_begin; s < lookup.selectors_end; ++s) {
      const Selector& selector = selectors_[s];
      options[selector.decision] =
          static_cast<std::uint16_t>(i / selector.stride % option_counts_[selector.decision]);
    }
    const auto branch = std::find_if(place.branches.begin(), place.branches.end(),
                                     [&](const Branch& one) { return one.selected_by(options); });
    table_.push_back(branches_ + static_cast<std::uint32_t>(branch - place.branches.begin()));
  }
  branches_ += static_cast<std::uint32_t>(place.branches.size());
}

}  // namespace opline::sampler
