// tests/numeric_keys.h - the numbers and switches of a data file, one at a time: for tests that no
// figure of a file goes unread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "src/base/error.h"

namespace opline {

/// One `key = number` or `key = true` of a TOML text.
struct NumericKey {
  std::string name;               ///< With its table: "flash.wait_states".
  std::string value;              ///< As written: "114_688", "0x2000_0000", "3.3".
  std::size_t at = 0, bytes = 0;  ///< Of the value in the text.
};

inline std::vector<NumericKey> numeric_keys(const std::string& text) {
  std::vector<NumericKey> keys;
  static const std::regex kLine(
      R"((?:^|\n)(?:\[+([\w.-]+)\]+|(\w+) *= *([0-9][0-9a-zA-Z_.]*|true|false)))");
  std::string table;
  for (std::sregex_iterator one(text.begin(), text.end(), kLine), end; one != end; ++one) {
    const std::smatch& match = *one;
    if (match[1].matched) table = match[1].str() + ".";
    if (!match[2].matched) continue;
    keys.push_back({table + match[2].str(), match[3], static_cast<std::size_t>(match.position(3)),
                    static_cast<std::size_t>(match.length(3))});
  }
  return keys;
}

/// A number one larger, one smaller, twice and half as large; a switch the other way.
inline std::vector<std::string> other_values(const NumericKey& key) {
  if (key.value == "true") return {"false"};
  if (key.value == "false") return {"true"};
  std::string digits;
  for (const char c : key.value) {
    if (c != '_') digits += c;
  }
  if (digits.find('.') != std::string::npos) return {fmt::format("{}", 1.5 * std::stod(digits))};
  const std::uint64_t value = std::stoull(digits, nullptr, 0);
  std::vector<std::string> values{fmt::format("{}", value + 1)};
  if (value > 0) values.push_back(fmt::format("{}", value - 1));
  if (value > 1) values.push_back(fmt::format("{}", 2 * value));
  if (value > 3) values.push_back(fmt::format("{}", value / 2));
  return values;
}

/// What other values of a key do.
enum class Effect {
  refused,  ///< None of them is accepted.
  none,     ///< Some are accepted, and the result stays the same.
  changed,  ///< The result changes with some value. (A cache of one more line need not show in
            ///< every program.)
};

/// Tries other values of one key. `changes` tells whether the result with an edited text differs
/// from that with the shipped one, and throws Error where the text is refused.
inline Effect effect_of(const std::string& shipped, const NumericKey& key, auto&& changes) {
  Effect effect = Effect::refused;
  for (const std::string& value : other_values(key)) {
    try {
      if (changes(std::string(shipped).replace(key.at, key.bytes, value))) return Effect::changed;
      effect = Effect::none;
    } catch (const Error&) {
    }
  }
  return effect;
}

}  // namespace opline
