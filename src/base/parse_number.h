// src/base/parse_number.h - whole texts as numbers, in any locale.
#pragma once
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace opline {

/// The whole of `text` as a number; nothing for anything else, including a number outside T's
/// range.
template <typename T>
std::optional<T> parse_number(std::string_view text, int base = 10) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace opline
