// src/base/counted.h - "1 network", "2 networks": a count with its noun, for sentences.
#pragma once
#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>

namespace opline {

/// `noun`: singular, with a plural in s.
template <std::integral Count>
[[nodiscard]] std::string counted(Count count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace opline
