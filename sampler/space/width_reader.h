// sampler/space/width_reader.h - the ways a space file can write a number of channels.
//
//   12                                                               fixed
//   "same"                                                           as many as the input has
//   [12, 18, 24]                                                     a decision
//   { from = 8, to = 32, step = 8 }                                  a decision
//   { base = 96, percent = [50, 75, 100], multiple_of = 4 }          a decision
// `percent` may also be a range. Internal to the module (docs/formats/space.md is the manual of the
// keys).
#pragma once
#include <string_view>
#include <vector>

#include "sampler/space/space.h"
#include "src/base/toml.h"

namespace opline::sampler {

inline constexpr int kMaxExtent = 65535;  ///< Of a tensor along an axis (src/network/network.h).

struct WidthEntry {
  Width width;               ///< The number of the decision is not set.
  std::vector<int> options;  ///< Of a decided width: 2..kMaxOptions, ascending, each once.
};

/// Declares every key that `key` of `block` may have where it is a table.
void declare_width_keys(const TomlTable& block, std::string_view key);

/// Reads `key` of `block`. Where `why_not_same` is given, "same" is refused with it. Throws
/// Error{input} naming file, line, key and remedy.
[[nodiscard]] WidthEntry read_width(const TomlTable& block, std::string_view key,
                                    const char* why_not_same = nullptr);

/// `percent` % of `base`, rounded to the nearest multiple of `multiple_of`, halves up, at least one
/// multiple. All arguments are at least 1.
[[nodiscard]] std::int64_t share_of(std::int64_t base, std::int64_t percent,
                                    std::int64_t multiple_of);

}  // namespace opline::sampler
