// sampler/space/branch_table.h - which branch of a place options select, looked up in a table.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "sampler/space/space.h"

namespace opline::sampler {

class BranchTable {
 public:
  /// Option `o` of the decision is `o * stride` further on in the table.
  struct Selector {
    std::uint32_t decision = 0;
    std::uint32_t stride = 1;
  };
  struct Lookup {
    std::uint32_t selectors_begin = 0, selectors_end = 0;
    std::uint32_t table = 0;
  };

  /// Of places whose branches are about these decisions.
  explicit BranchTable(const std::vector<Decision>& decisions);
  void add(const Place& place);

  /// Number of the branch among those of all places added, in their order; of branches that only
  /// channels tell apart the first. `place`: in the order of add(); `options`: one per decision.
  [[nodiscard]] std::uint32_t find(std::size_t place,
                                   std::span<const std::uint16_t> options) const {
    const Lookup& lookup = places_[place];
    std::uint32_t index = lookup.table;
    for (std::uint32_t i = lookup.selectors_begin; i < lookup.selectors_end; ++i)
      index += selectors_[i].stride * options[selectors_[i].decision];
    return table_[index];
  }

  // What it is made of, for exporters.
  [[nodiscard]] const std::vector<Lookup>& places() const { return places_; }
  [[nodiscard]] const std::vector<Selector>& selectors() const { return selectors_; }
  [[nodiscard]] const std::vector<std::uint32_t>& table() const { return table_; }

 private:
  std::vector<std::uint32_t> option_counts_;  ///< By decision.
  std::uint32_t branches_ = 0;                ///< Of the places added.
  std::vector<Lookup> places_;
  std::vector<Selector> selectors_;
  std::vector<std::uint32_t> table_;
};

}  // namespace opline::sampler
