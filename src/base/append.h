// src/base/append.h - a text piece by piece, for the few texts that are written for each of
// millions of draws; everything else uses fmt.
#pragma once
#include <array>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

namespace opline {

inline void append_piece(std::string& text, std::string_view piece) { text += piece; }
inline void append_piece(std::string& text, char piece) { text += piece; }
inline void append_piece(std::string& text, int piece) {
  std::array<char, 11> digits;  // of -2147483648
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), piece).ptr;
  text.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

/// Appends texts, characters and integers (in decimal), in order: append(text, 3, 'x', 4) appends
/// "3x4".
template <class... Pieces>
void append(std::string& text, const Pieces&... pieces) {
  (append_piece(text, pieces), ...);
}

}  // namespace opline
