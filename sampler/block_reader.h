// sampler/block_reader.h - one [[block]] of a space file, checked as far as it can be without its neighbours.
//
// Internal to the room (docs/formats/space.md is the manual of the keys).   Room: sampler -> network, base.
#pragma once
#include <vector>

#include "sampler/space.h"
#include "src/base/toml.h"

namespace opline::sampler {

/// A [[block]] before repetitions are expanded and maps are known.
struct BlockEntry {
  TomlTable table;  ///< For messages about it.
  Block block;      ///< `name` as written; `in`, `out`, `skip` and the numbers of decisions are not set.
  std::vector<int> expansion_options;  ///< Of a decided expansion.
  std::vector<int> width_options;      ///< Of a decided width.
  bool skippable = false;
  bool global = false;    ///< The window is the whole map.
  bool numbered = false;  ///< `repeat` was given: names end in a number.
  int repeat = 1;
  int first = 1;  ///< Number of the first repetition.
};

/// Asks for every key that a block of this type may have, so that reject_unknown_keys() can name a misspelt
/// key before a missing one is reported. Throws Error{input} for an unknown type.
void declare_block_keys(const TomlTable& table);

/// Reads. Throws Error{input} naming file, line, key and remedy.
[[nodiscard]] BlockEntry read_block(const TomlTable& table);

}  // namespace opline::sampler
