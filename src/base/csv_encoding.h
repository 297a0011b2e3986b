// src/base/csv_encoding.h - the bytes of a text file as UTF-8.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace opline {

enum class CsvEncoding {
  utf8,
  utf16,         ///< Byte order by its mark, else little-endian as Windows writes it.
  latin1,        ///< ISO 8859-1, bytes 0x80 to 0x9F refused: they are control characters there.
  windows_1252,  ///< Latin-1 with printable characters at 0x80 to 0x9F, as Windows writes it.
};

/// "utf-8", "utf-16", "latin1" or "windows-1252". Throws Error{usage} that lists them.
[[nodiscard]] CsvEncoding parse_encoding(std::string_view text);
[[nodiscard]] const char* encoding_name(CsvEncoding encoding);

struct DecodedText {
  std::string text;  ///< Valid UTF-8 without a byte-order mark and without zero bytes.
  CsvEncoding encoding = CsvEncoding::utf8;
};

/// Decodes `bytes`. Without `given` a byte-order mark decides between UTF-8 and UTF-16; without a
/// mark it is UTF-8. Throws Error{input} "name:line: ..." at the first byte that is not text of the
/// encoding, with what to do about it. O(bytes); UTF-8 is not copied.
[[nodiscard]] DecodedText decode_text(std::string bytes, const std::string& name,
                                      std::optional<CsvEncoding> given);

}  // namespace opline
