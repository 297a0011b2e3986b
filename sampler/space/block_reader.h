// sampler/space/block_reader.h - reads one [[block]] of a space file and checks what does not
// depend on its neighbours.
//
// Internal to the module (docs/formats/space.md is the manual of the keys).
#pragma once
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "sampler/space/space.h"
#include "sampler/space/window_reader.h"
#include "src/base/toml.h"

namespace opline::sampler {

/// A property of a block that a decision chooses.
struct ChoiceEntry {
  DecisionKind kind = DecisionKind::kernel;  ///< As BlockChoice::kind.
  std::vector<int> options;                  ///< At least two, each once.
};

/// A [[block]] before repetitions are expanded and maps are known.
struct BlockEntry {
  TomlTable table;  ///< For messages about it.
  Dialect dialect;
  /// `name` as written; `in`, `out`, `skip`, `branches` and the numbers of decisions are not set.
  Block block;
  std::string written_name;            ///< Of a block within branches that of the [[block]].
  std::vector<int> expansion_options;  ///< Of a decided expansion.
  std::vector<int> width_options;      ///< Of a decided width.
  std::vector<ChoiceEntry> choices;    ///< In the order of their kinds.
  bool width_read = false;  ///< `block.width` was read from the file; false for types without one.
  bool skippable = false;
  bool global = false;              ///< The window is the whole map.
  bool numbered = false;            ///< `repeat` was given: names end in a number.
  int repeat = 1;                   ///< The most.
  std::vector<int> repeat_options;  ///< Of a decided number of repetitions, ascending.
  /// Height and width of the stride of the second and later repetitions, where it is another.
  std::optional<std::pair<int, int>> later_stride;
  int first = 1;  ///< Number of the first repetition.
  std::vector<std::vector<BlockEntry>> branches;
};

/// Keeps the first option, and the others where it is a decision.
int choose(BlockEntry& entry, DecisionKind kind, const std::vector<int>& options);

/// The activation `text`. Throws Error{input} at `key` that lists the legal ones.
[[nodiscard]] BlockActivation activation_of(const TomlTable& table, std::string_view key,
                                            std::string_view text, const Dialect& dialect);

/// A [[multiplier]].
struct MultiplierEntry {
  TomlTable table;
  std::string name;
  std::vector<int> percents;  ///< At least two, ascending.
  int multiple_of = 1;
  std::vector<std::string> blocks;  ///< Names as written; empty: all.
};

/// Declares every key that a [[multiplier]] may have.
void declare_multiplier_keys(const TomlTable& table);
/// Reads. Throws Error{input} naming file, line, key and remedy.
[[nodiscard]] MultiplierEntry read_multiplier(const TomlTable& table);

/// Declares every key that a block of this type may have, so that reject_unknown_keys() can name a
/// misspelt key before a missing one is reported. Throws Error{input} for an unknown type.
void declare_block_keys(const TomlTable& table, const Dialect& dialect);

/// Reads. Throws Error{input} naming file, line, key and remedy.
[[nodiscard]] BlockEntry read_block(const TomlTable& table, const Dialect& dialect);

/// Runs a step that may throw Error{input}; returns whether it succeeded.
using Attempt = std::function<bool(const std::function<void()>&)>;

/// Makes all checks of declare_block_keys() and read_block(), each key as a separate attempt. In a
/// block with an unknown key, missing keys and tables are not checked: the unknown key may be a
/// misspelling of the missing one.
void check_block(const TomlTable& table, const Dialect& dialect, const Attempt& attempt);

}  // namespace opline::sampler
