// sampler/space/architecture_parts.h - what writing and reading an architecture's text share.
// Internal to the module.
#pragma once
#include <string_view>
#include <vector>

#include "sampler/space/architecture.h"

namespace opline::sampler {

/// The text of the only architecture of a space without decisions.
inline constexpr std::string_view kFixedText = "fixed";
/// Between the choices of one item.
inline constexpr char kBetweenChoices = ':';

/// Whether the item is in the text of an architecture.
[[nodiscard]] bool is_there(const Item& item, const Space& space, const Architecture& architecture);

/// Space::items of a space that has everything else.
[[nodiscard]] std::vector<Item> items_of(const Space& space);

/// What stands before an option in a text: "k" of a kernel, "s" of a stride, "x" of a ratio, "d" of
/// a dilation, "g" of groups, "m" of a depth multiplier, "se" of a squeeze-and-excitation, else
/// nothing.
[[nodiscard]] std::string_view prefix_of(DecisionKind kind);

}  // namespace opline::sampler
