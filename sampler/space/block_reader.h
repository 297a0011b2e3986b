// sampler/space/block_reader.h - one [[block]] of a space file, checked as far as it can be without
// its neighbours.
//
// Internal to the module (docs/formats/space.md is the manual of the keys).
#pragma once
#include <functional>
#include <vector>

#include "sampler/space/space.h"
#include "src/base/toml.h"

namespace opline::sampler {

/// A [[block]] before repetitions are expanded and maps are known.
struct BlockEntry {
  TomlTable table;  ///< For messages about it.
  Block
      block;  ///< `name` as written; `in`, `out`, `skip` and the numbers of decisions are not set.
  std::vector<int> expansion_options;  ///< Of a decided expansion.
  std::vector<int> width_options;      ///< Of a decided width.
  bool width_read = false;  ///< `block.width` is what the file says; of what has no width, false.
  bool skippable = false;
  bool global = false;    ///< The window is the whole map.
  bool numbered = false;  ///< `repeat` was given: names end in a number.
  int repeat = 1;
  int first = 1;  ///< Number of the first repetition.
};

/// Asks for every key that a block of this type may have, so that reject_unknown_keys() can name a
/// misspelt key before a missing one is reported. Throws Error{input} for an unknown type.
void declare_block_keys(const TomlTable& table);

/// Reads. Throws Error{input} naming file, line, key and remedy.
[[nodiscard]] BlockEntry read_block(const TomlTable& table);

/// Runs a step that may throw Error{input}; whether it did not.
using Attempt = std::function<bool(const std::function<void()>&)>;

/// Everything that declare_block_keys() and read_block() check, each key as an attempt of its own.
/// Beside an unknown key, what is missing and what is a table is not judged: the unknown key may be
/// the one that is missing.
void check_block(const TomlTable& table, const Attempt& attempt);

}  // namespace opline::sampler
