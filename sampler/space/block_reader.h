// sampler/space/block_reader.h - reads one [[block]] of a space file and checks what does not
// depend on its neighbours.
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
  /// `name` as written; `in`, `out`, `skip` and the numbers of decisions are not set.
  Block block;
  std::vector<int> expansion_options;  ///< Of a decided expansion.
  std::vector<int> width_options;      ///< Of a decided width.
  bool width_read = false;  ///< `block.width` was read from the file; false for types without one.
  bool skippable = false;
  bool global = false;    ///< The window is the whole map.
  bool numbered = false;  ///< `repeat` was given: names end in a number.
  int repeat = 1;
  int first = 1;  ///< Number of the first repetition.
};

/// Declares every key that a block of this type may have, so that reject_unknown_keys() can name a
/// misspelt key before a missing one is reported. Throws Error{input} for an unknown type.
void declare_block_keys(const TomlTable& table);

/// Reads. Throws Error{input} naming file, line, key and remedy.
[[nodiscard]] BlockEntry read_block(const TomlTable& table);

/// Runs a step that may throw Error{input}; returns whether it succeeded.
using Attempt = std::function<bool(const std::function<void()>&)>;

/// Makes all checks of declare_block_keys() and read_block(), each key as a separate attempt. In a
/// block with an unknown key, missing keys and tables are not checked: the unknown key may be a
/// misspelling of the missing one.
void check_block(const TomlTable& table, const Attempt& attempt);

}  // namespace opline::sampler
