#include "src/base/printable.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <iterator>

namespace opline {
namespace {

/// A code point and the bytes it took; `length` 0 where the bytes are not UTF-8 (Unicode 15, table
/// 3-7).
struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 0;
};

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

CodePoint decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t value = lead & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return {};
    value = value << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kSmallest[length] || value > 0x10FFFF || surrogate) return {};
  return {value, length};
}

/// Whether a terminal would show something else than a character: C1 controls, the soft hyphen,
/// marks and overrides of direction, zero-width characters, line and paragraph separators, tags.
bool is_invisible(std::uint32_t value) {
  constexpr std::array<std::array<std::uint32_t, 2>, 9> kRanges = {{{0x80, 0x9F},
                                                                    {0xAD, 0xAD},
                                                                    {0x61C, 0x61C},
                                                                    {0x180E, 0x180E},
                                                                    {0x200B, 0x200F},
                                                                    {0x2028, 0x202E},
                                                                    {0x2060, 0x206F},
                                                                    {0xFEFF, 0xFEFF},
                                                                    {0xE0000, 0xE007F}}};
  for (const auto& [first, last] : kRanges) {
    if (value >= first && value <= last) return true;
  }
  return false;
}

void append_escaped(std::string& out, std::string_view text, bool keep_line_breaks) {
  while (!text.empty()) {
    const CodePoint point = decode(text);
    const std::string_view bytes = text.substr(0, point.length == 0 ? 1 : point.length);
    if (point.length == 0) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (point.value == '\n' && !keep_line_breaks) {
      out += "\\n";
    } else if (point.value == '\t') {
      out += "\\t";
    } else if (point.value == '\r') {
      out += "\\r";
    } else if ((point.value < 0x20 && point.value != '\n') || point.value == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", point.value);
    } else if (is_invisible(point.value)) {
      fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}", point.value);
    } else {
      out += bytes;
    }
    text.remove_prefix(bytes.size());
  }
}

std::string escaped(std::string_view text, std::size_t max_bytes, bool keep_line_breaks) {
  std::string out;
  if (text.size() <= max_bytes) {
    append_escaped(out, text, keep_line_breaks);
    return out;
  }
  std::size_t head = max_bytes - max_bytes / 3;
  std::size_t tail = text.size() - max_bytes / 3;
  for (int back = 0; back < 3 && head > 0 && is_continuation(text[head]); ++back) --head;
  for (int on = 0; on < 3 && tail < text.size() && is_continuation(text[tail]); ++on) ++tail;
  append_escaped(out, text.substr(0, head), keep_line_breaks);
  fmt::format_to(std::back_inserter(out), "... ({} bytes) ...", text.size());
  append_escaped(out, text.substr(tail), keep_line_breaks);
  return out;
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_bytes) {
  return escaped(text, max_bytes, false);
}

std::string printable_lines(std::string_view text, std::size_t max_bytes) {
  return escaped(text, max_bytes, true);
}

}  // namespace opline
