// sampler/space/item.h - what the items of an architecture's text consist of.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace opline::sampler {

/// Of a block that only deeper variants of its stage have.
struct Depth {
  std::size_t decision = 0;
  int at_least = 1;  ///< Number of repetitions from which on it is there.
};

/// One item: NAME=CHOICE:CHOICE.
struct Item {
  std::string name;
  bool is_block = true;  ///< Else of the input, a multiplier or a number of repetitions.
  std::optional<std::size_t> skip;
  std::vector<std::size_t> kept;     ///< Decisions, in the order in which they are written.
  std::vector<std::size_t> skipped;  ///< Likewise those that matter where the block is skipped.
  std::optional<Depth> depth;        ///< Where the item is left out of smaller stages.
};

}  // namespace opline::sampler
