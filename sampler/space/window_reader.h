// sampler/space/window_reader.h - the ways a space file can write a kernel or a stride.
//
//   3                                      both axes; in a 1-D space the length
//   { height = 10, width = 4 }             one window (version 1: [10, 4])
//   { choices = [3, 5, 7] }                a decision
//   { choices = [{ height = 10, width = 4 }, { height = 5, width = 5 }] }
// Internal to the module (docs/formats/space.md is the manual of the keys).
#pragma once
#include <string_view>
#include <vector>

#include "sampler/space/space.h"
#include "src/base/toml.h"

namespace opline::sampler {

/// What the head of a file says about how its blocks are written.
struct Dialect {
  int version = 1;
  bool one_d = false;  ///< input = [length, channels].
};

/// Declares every key that `key` of `block` may have where it is a table.
void declare_window_keys(const TomlTable& block, std::string_view key);

/// Reads `key` of `block`: one number (h * kExtentBase + w), or several of a decision, in the order
/// of the file. Throws Error{input} naming file, line, key and remedy.
[[nodiscard]] std::vector<int> read_window(const TomlTable& block, std::string_view key,
                                           const Dialect& dialect);

/// Refuses fewer than two options and the same one twice. `texts` are the options as a message
/// writes them.
void check_choices(const TomlTable& table, const std::vector<int>& options,
                   const std::vector<std::string>& texts);

}  // namespace opline::sampler
