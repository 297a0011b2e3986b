// sampler/space/architecture_parts.h - what the items of an architecture's text consist of.
// Internal to the module, but for items_of(), which a space's structure needs.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sampler/space/architecture.h"

namespace opline::sampler {

/// The text of the only architecture of a space without decisions.
inline constexpr std::string_view kFixedText = "fixed";
/// Between the choices of one item.
inline constexpr char kBetweenChoices = ':';

/// One item: NAME=CHOICE:CHOICE.
struct Item {
  std::string name;
  bool is_block = true;  ///< Else of the input, a multiplier or a number of repetitions.
  std::optional<std::size_t> skip;
  std::vector<std::size_t> kept;     ///< Decisions, in the order in which they are written.
  std::vector<std::size_t> skipped;  ///< Likewise those that matter where the block is skipped.
  std::optional<Depth> depth;        ///< Where the item is left out of smaller stages.

  [[nodiscard]] bool is_there(const Space& space, const Architecture& architecture) const {
    return !depth ||
           space.decisions[depth->decision].options[architecture.options[depth->decision]] >=
               depth->at_least;
  }
  [[nodiscard]] bool is_skipped(const Architecture& architecture) const {
    return skip && architecture.options[*skip] == kSkip;
  }
};

/// One per block that has decisions; before them those of the input and of multipliers, and before
/// the first block of a stage that of its number of repetitions.
[[nodiscard]] std::vector<Item> items_of(const Space& space);

/// What stands before an option in a text: "k" of a kernel, "s" of a stride, "x" of a ratio, else
/// nothing.
[[nodiscard]] std::string_view prefix_of(DecisionKind kind);

}  // namespace opline::sampler
