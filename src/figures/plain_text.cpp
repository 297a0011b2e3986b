#include "src/figures/plain_text.h"

#include <cstdint>

#include "src/base/error.h"

namespace opline::figures {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Bytes of the UTF-8 sequence at the start of `text`; 0 where there is none (RFC 3629: no overlong
/// form, no surrogate, nothing above U+10FFFF).
std::size_t sequence_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return 0;
  }
  if (length < 3) return length;
  const auto second = static_cast<unsigned char>(text[1]);
  const bool bad = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                   (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
  return bad ? 0 : length;
}

/// XML 1.0 forbids these two code points besides the control characters.
bool noncharacter(std::string_view sequence) {
  return sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF";
}

}  // namespace

std::string clean_utf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const auto byte = static_cast<unsigned char>(text[0]);
    if (length == 0 || noncharacter(text.substr(0, length))) {
      result += '?';
    } else if (byte < 0x20 || byte == 0x7F) {
      result += ' ';
    } else {
      result += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return result;
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += !continues(c);
  return count;
}

double width_of(std::string_view text) {
  double width = 0;
  for (const char c : text) {
    if (continues(c)) continue;
    if (std::string_view("ijl.,:;'|!ft()[] I/").find(c) != std::string_view::npos) {
      width += 0.36;
    } else if (std::string_view("mwMW%@").find(c) != std::string_view::npos) {
      width += 0.95;
    } else {
      width += c >= 'A' && c <= 'Z' ? 0.69 : 0.62;
    }
  }
  return width;
}

std::string shorten(std::string_view text, std::size_t most) {
  OPLINE_ASSERT(most >= 1, "no room for text");
  const std::size_t count = characters(text);
  if (count <= most) return std::string(text);
  const std::size_t tail = (most - 1) / 2;
  const std::size_t head = most - 1 - tail;
  std::string result;
  std::size_t index = 0;  // of the character that a byte belongs to, 1-based
  for (const char c : text) {
    if (!continues(c) && ++index == head + 1) result += "\u2026";
    if (index <= head || index > count - tail) result += c;
  }
  return result;
}

std::vector<std::string> wrap(std::string_view text, double width) {
  std::vector<std::string> lines;
  while (width_of(text) > width) {
    std::size_t end = 0;    // of the characters that fit, in bytes
    std::size_t blank = 0;  // the last one at which the line may end
    while (end < text.size()) {
      if (text[end] == ' ') blank = end;
      std::size_t next = end + 1;
      while (next < text.size() && continues(text[next])) ++next;
      if (end > 0 && width_of(text.substr(0, next)) > width) break;
      end = next;
    }
    if (end == text.size()) break;  // a single character
    if (text[end] == ' ' || blank == 0) blank = end;
    lines.emplace_back(text.substr(0, blank));
    text.remove_prefix(blank + (text[blank] == ' ' ? 1 : 0));
  }
  lines.emplace_back(text);
  return lines;
}

std::string gnuplot_quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : clean_utf8(text)) result.append(c == '\'' ? 2 : 1, c);
  return result + "'";
}

std::string xml_escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace opline::figures
