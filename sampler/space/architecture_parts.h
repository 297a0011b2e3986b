// sampler/space/architecture_parts.h - what one item of an architecture's text consists of.
// Internal to the module.
#pragma once
#include <string_view>
#include <vector>

#include "sampler/space/architecture.h"

namespace opline::sampler {

/// The text of the only architecture of a space without decisions.
inline constexpr std::string_view kFixedText = "fixed";
/// Between the widths of one block.
inline constexpr char kBetweenWidths = ':';

/// The decided widths of a block in the order of its item: expansion, width.
[[nodiscard]] inline std::vector<std::size_t> width_decisions(const Block& block) {
  std::vector<std::size_t> decisions;
  if (block.expansion && block.expansion->is_decided())
    decisions.push_back(block.expansion->decision);
  if (block.width.is_decided()) decisions.push_back(block.width.decision);
  return decisions;
}

/// Whether the block has an item.
[[nodiscard]] inline bool has_decision(const Block& block) {
  return block.skip || !width_decisions(block).empty();
}

}  // namespace opline::sampler
