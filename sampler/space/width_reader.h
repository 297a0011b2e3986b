// sampler/space/width_reader.h - the ways a space file can write a number of channels.
//
//   12                                                               fixed
//   "same"                                                           as many as the input has
//   [12, 18, 24]                                                     a decision
//   { from = 8, to = 32, step = 8 }                                  a decision
//   { base = 96, percent = [50, 75, 100], multiple_of = 4 }          a decision
//   { choices = [12, 18, 24] }                                       a decision (version 2)
//   { ratio = 6 }                                                    of the input (version 2)
//   { ratio = [3, 4.5, 6], multiple_of = 8 }                         a decision (version 2)
// `percent` may also be a range. Internal to the module (docs/formats/space.md is the manual of the
// keys).
#pragma once
#include <string_view>
#include <vector>

#include "sampler/space/space.h"
#include "sampler/space/window_reader.h"
#include "src/base/toml.h"

namespace opline::sampler {

inline constexpr int kMaxExtent = 65535;  ///< Of a tensor along an axis (src/network/network.h).

struct WidthEntry {
  Width width;  ///< The number of the decision is not set.
  /// Of a decided width: 2..kMaxOptions, ascending, each once; percentages of a decided ratio.
  std::vector<int> options;
};

/// Declares every key that `key` of `block` may have where it is a table.
void declare_width_keys(const TomlTable& block, std::string_view key, const Dialect& dialect);

/// What else a width may be.
struct WidthForms {
  const char* why_not_same = nullptr;  ///< "same" is refused with it.
  const char* why_no_ratio = nullptr;  ///< A ratio is refused with it.
};

/// Reads `key` of `block`. Throws Error{input} naming file, line, key and remedy.
[[nodiscard]] WidthEntry read_width(const TomlTable& block, std::string_view key,
                                    const Dialect& dialect, const WidthForms& forms);

/// A list or a range of percentages, ascending, at least one.
[[nodiscard]] std::vector<int> read_percentages(const TomlTable& table, std::string_view key);

}  // namespace opline::sampler
