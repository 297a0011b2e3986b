#include "src/base/shell_word.h"

#include <algorithm>
#include <string_view>

namespace opline {

std::string shell_word(const std::string& argument) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-_./,:=@%+").find(c) != std::string_view::npos;
  };
  if (!argument.empty() && std::all_of(argument.begin(), argument.end(), plain)) return argument;
  std::string word = "'";
  for (const char c : argument) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

}  // namespace opline
