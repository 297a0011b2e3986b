// tests/numeric_keys.h - the numbers of a data file, one at a time: for tests that no figure of a
// file goes unread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "src/base/error.h"

namespace opline {

/// One `key = number` of a TOML text.
struct NumericKey {
  std::string name;               ///< With its table: "flash.wait_states".
  std::string value;              ///< As written: "114_688", "0x2000_0000", "3.3".
  std::size_t at = 0, bytes = 0;  ///< Of the value in the text.
};

inline std::vector<NumericKey> numeric_keys(const std::string& text) {
  std::vector<NumericKey> keys;
  static const std::regex kLine(R"((?:^|\n)(?:\[+([\w.]+)\]+|(\w+) *= *([0-9][0-9a-zA-Z_.]*)))");
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

/// A number one larger, and one twice as large.
inline std::vector<std::string> other_values(const NumericKey& key) {
  std::string digits;
  for (const char c : key.value) {
    if (c != '_') digits += c;
  }
  if (digits.find('.') != std::string::npos) return {fmt::format("{}", 1.5 * std::stod(digits))};
  const std::uint64_t value = std::stoull(digits, nullptr, 0);
  std::vector<std::string> values{fmt::format("{}", value + 1)};
  if (value > 1) values.push_back(fmt::format("{}", 2 * value));
  return values;
}

/// Tries other values of one key. `changes` tells whether the result with an edited text differs
/// from that with the shipped one, and throws Error where the text is refused. True if some value
/// changes the result, or all are refused. (A cache of one more line need not show in every
/// program.)
template <typename Changes>
bool is_refused_or_changes(const std::string& shipped, const NumericKey& key, Changes changes) {
  bool all_refused = true;
  for (const std::string& value : other_values(key)) {
    try {
      if (changes(std::string(shipped).replace(key.at, key.bytes, value))) return true;
      all_refused = false;
    } catch (const Error&) {
    }
  }
  return all_refused;
}

}  // namespace opline
