#include "src/base/csv_encoding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "src/base/error.h"

namespace opline {
namespace {

struct Name {
  CsvEncoding encoding;
  const char* text;
};
constexpr Name kNames[] = {{CsvEncoding::utf8, "utf-8"},
                           {CsvEncoding::utf16, "utf-16"},
                           {CsvEncoding::latin1, "latin1"},
                           {CsvEncoding::windows_1252, "windows-1252"}};

/// Windows-1252 at 0x80 to 0x9F (Unicode's mapping table CP1252.TXT); 0: not assigned.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append(std::string& text, std::uint32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
    return;
  }
  const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  constexpr std::array<std::uint32_t, 4> lead = {0, 0xC0, 0xE0, 0xF0};
  text += static_cast<char>(lead[static_cast<std::size_t>(more)] | (code >> (6 * more)));
  for (int i = more - 1; i >= 0; --i) text += static_cast<char>(0x80 | ((code >> (6 * i)) & 0x3F));
}

/// The number of the line that the byte at `at` is in.
std::size_t line_of(std::string_view text, std::size_t at) {
  std::size_t line = 1;
  for (std::size_t i = 0; i < at; ++i) {
    if (text[i] == '\n' || (text[i] == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n')))
      ++line;
  }
  return line;
}

/// Length of the character that starts `text` in well-formed UTF-8 (Unicode standard, table 3-7);
/// 0 when it is not well-formed.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 0;
  if (length == 0 || length > text.size()) return 0;
  const unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

/// Whether the eight bytes are ASCII without a zero byte.
bool plain_ascii(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  constexpr std::uint64_t high = 0x8080808080808080, ones = 0x0101010101010101;
  return ((word | (word - ones)) & high) == 0;
}

class Decoder {
 public:
  Decoder(std::string bytes, const std::string& name) : bytes_(std::move(bytes)), name_(name) {}

  std::string utf8() {
    std::size_t at = 0;
    while (at < bytes_.size()) {
      if (at + 8 <= bytes_.size() && plain_ascii(bytes_.data() + at)) {
        at += 8;
        continue;
      }
      if (bytes_[at] == '\0') zero_byte(at);
      const std::size_t length = utf8_length(std::string_view(bytes_).substr(at));
      if (length == 0) {
        fail(at, fmt::format("byte {:#04x} is not UTF-8 text; save the file as UTF-8, or name its "
                             "encoding (--encoding latin1 or windows-1252)",
                             static_cast<unsigned char>(bytes_[at])));
      }
      at += length;
    }
    return std::move(bytes_);
  }

  std::string utf16(bool big_endian, std::size_t at) {
    std::string text;
    text.reserve(bytes_.size() / 2);
    if (bytes_.size() % 2 != 0)
      throw Error(ErrorCode::input, "{}: ends in the middle of a UTF-16 character; save it again",
                  name_);
    for (; at < bytes_.size(); at += 2) {
      std::uint32_t code = unit(at, big_endian);
      if (code >= 0xD800 && code < 0xE000) {
        const std::uint32_t next = at + 2 < bytes_.size() ? unit(at + 2, big_endian) : 0;
        if (code >= 0xDC00 || next < 0xDC00 || next > 0xDFFF)
          throw_at(text, "half of a UTF-16 surrogate pair; save the file as UTF-8");
        code = 0x10000 + ((code - 0xD800) << 10) + (next - 0xDC00);
        at += 2;
      }
      if (code == 0) throw_at(text, kZeroByte);
      append(text, code);
    }
    return text;
  }

  std::string single_bytes(CsvEncoding encoding) {
    std::string text;
    text.reserve(bytes_.size() + bytes_.size() / 16);
    for (std::size_t at = 0; at < bytes_.size(); ++at) {
      const auto byte = static_cast<unsigned char>(bytes_[at]);
      if (byte == 0) zero_byte(at);
      append(text, byte < 0x80 || byte > 0x9F ? byte : control(at, byte, encoding));
    }
    return text;
  }

 private:
  static constexpr const char* kZeroByte =
      "has a zero byte; a CSV file is text: save it as UTF-8, or with a byte-order mark if it is "
      "UTF-16";

  [[noreturn]] void throw_at(std::string_view before, const std::string& message) const {
    throw Error(ErrorCode::input, "{}:{}: {}", name_, line_of(before, before.size()), message);
  }
  [[noreturn]] void fail(std::size_t at, const std::string& message) const {
    throw Error(ErrorCode::input, "{}:{}: {}", name_, line_of(bytes_, at), message);
  }
  [[noreturn]] void zero_byte(std::size_t at) const { fail(at, kZeroByte); }

  [[nodiscard]] std::uint32_t unit(std::size_t at, bool big_endian) const {
    const auto first = static_cast<unsigned char>(bytes_[at]);
    const auto second = static_cast<unsigned char>(bytes_[at + 1]);
    return big_endian ? first * 256U + second : second * 256U + first;
  }

  [[nodiscard]] std::uint32_t control(std::size_t at, unsigned char byte,
                                      CsvEncoding encoding) const {
    if (encoding == CsvEncoding::latin1) {
      fail(at, fmt::format("byte {:#04x} is a control character in Latin-1; the file is probably "
                           "windows-1252 (--encoding windows-1252)",
                           byte));
    }
    const std::uint32_t code = kWindows1252[byte - 0x80U];
    if (code == 0) fail(at, fmt::format("byte {:#04x} is not a character of windows-1252", byte));
    return code;
  }

  std::string bytes_;
  const std::string& name_;
};

}  // namespace

CsvEncoding parse_encoding(std::string_view text) {
  std::string known;
  for (const Name& name : kNames) {
    if (text == name.text) return name.encoding;
    known += (known.empty() ? "" : ", ") + std::string(name.text);
  }
  throw Error(ErrorCode::usage, "`{}` is not a known encoding; use one of {}", text, known);
}

const char* encoding_name(CsvEncoding encoding) {
  const auto* found = std::find_if(std::begin(kNames), std::end(kNames),
                                   [&](const Name& name) { return name.encoding == encoding; });
  return found->text;
}

DecodedText decode_text(std::string bytes, const std::string& name,
                        std::optional<CsvEncoding> given) {
  const bool utf8_mark = bytes.starts_with("\xEF\xBB\xBF");
  const bool little_endian = bytes.starts_with("\xFF\xFE");
  const bool big_endian = bytes.starts_with("\xFE\xFF");
  const CsvEncoding encoding =
      given.value_or(little_endian || big_endian ? CsvEncoding::utf16 : CsvEncoding::utf8);
  if (encoding == CsvEncoding::utf8 && utf8_mark) bytes.erase(0, 3);
  Decoder decoder(std::move(bytes), name);
  switch (encoding) {
    case CsvEncoding::utf8:
      return {decoder.utf8(), encoding};
    case CsvEncoding::utf16:
      return {decoder.utf16(big_endian, little_endian || big_endian ? 2 : 0), encoding};
    default:
      return {decoder.single_bytes(encoding), encoding};
  }
}

}  // namespace opline
