#include "src/evaluation/logs/log_lines.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace opline::evaluation {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  return text;
}

/// A comma between digits that three digits follow: "1,234".
bool groups(std::string_view text, std::size_t comma) {
  if (comma == 0 || comma + 3 >= text.size()) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(comma) + 1,
                     text.begin() + static_cast<std::ptrdiff_t>(comma) + 4, is_digit);
}

}  // namespace

void each_line(std::string_view text,
               const std::function<void(std::string_view, std::size_t)>& take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    take(line, number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::optional<std::string_view> after(std::string_view line, std::string_view mark) {
  const std::size_t at = line.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return without_blanks(line.substr(at + mark.size()));
}

std::optional<std::string_view> between(std::string_view line, std::string_view open,
                                        std::string_view close) {
  const std::optional<std::string_view> rest = after(line, open);
  if (!rest) return std::nullopt;
  const std::size_t end = rest->find(close);
  if (end == std::string_view::npos) return std::nullopt;
  return rest->substr(0, end);
}

std::string_view word(std::string_view text) {
  return text.substr(0, text.find_first_of(" \t,()"));
}

std::optional<double> leading_number(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',' && groups(text, i)) continue;
    if (!is_digit(text[i]) && text[i] != '.') break;
    digits += text[i];
  }
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end == digits.data()) return std::nullopt;
  return value;
}

std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
  line = without_blanks(line);
  if (line.size() < key.size()) return std::nullopt;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(line[i])) !=
        std::tolower(static_cast<unsigned char>(key[i])))
      return std::nullopt;
  }
  line = without_blanks(line.substr(key.size()));
  if (line.empty() || line.front() != ':') return std::nullopt;
  return without_blanks(line.substr(1));
}

}  // namespace opline::evaluation
