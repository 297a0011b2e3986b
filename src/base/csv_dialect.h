// src/base/csv_dialect.h - how a CSV file is written: separator, decimal mark, missing values.
//
// Files of other programs differ in all three, and none says so, except Excel's first line "sep=;".
// What is not given is detected from the content by fixed rules. Where the content allows two
// readings, the answer is an error that names the option, never a guess
// (docs/formats/measurements-csv.md has the rules for users).
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/csv_encoding.h"

namespace opline {

/// The separators that are detected and accepted.
inline constexpr std::array<char, 4> kCsvSeparators = {',', ';', '\t', '|'};

/// What stands for a value that is not there, unless other words are given. An empty field always
/// does.
[[nodiscard]] std::vector<std::string> default_missing_values();

/// How a file is read; what is not given is detected.
struct CsvOptions {
  std::optional<char> separator = {};  ///< One of kCsvSeparators.
  std::optional<char> decimal = {};    ///< '.' or ','.
  std::optional<CsvEncoding> encoding =
      {};  ///< By default UTF-8, or UTF-16 with a byte-order mark.
  std::vector<std::string> missing =
      default_missing_values();  ///< Compared exactly, case included.
};

/// How a file is written, as given or detected.
struct CsvDialect {
  char separator = ',';
  char decimal = '.';
  std::vector<std::string> missing = {};
};

/// "," ";" "|" and "tab", also as "comma", "semicolon", "pipe", "\t". Throws Error{usage}.
[[nodiscard]] char parse_separator(std::string_view text);
/// "." or ",", also as "point" and "comma". Throws Error{usage}.
[[nodiscard]] char parse_decimal(std::string_view text);
/// "NA,-,?": the words between commas; spaces around them do not count. An empty text: no word.
[[nodiscard]] std::vector<std::string> parse_missing_values(std::string_view text);
/// As messages show a separator: "`;`" or "tab".
[[nodiscard]] std::string separator_name(char separator);

/// UTF-8 text of a file with the separator decided.
struct CsvText {
  std::string text;            ///< Without a byte-order mark.
  std::size_t begin = 0;       ///< Offset behind Excel's line "sep=;", 0 where there is none.
  std::size_t first_line = 1;  ///< Number of the line at `begin`.
  CsvEncoding encoding = CsvEncoding::utf8;
  char separator = ',';

  [[nodiscard]] std::string_view body() const { return std::string_view(text).substr(begin); }
};

/// Decodes `bytes` and decides the separator, in this order: `options.separator`; the first line
/// "sep=;"; the only one of kCsvSeparators that the header has outside quotes; of several, the one
/// by which more of the first 100 rows have as many fields as the header than by any other. A
/// header with none of them is one column. `name` stands for the file in messages. Throws
/// Error{input} where the bytes are not text of the encoding, or where two separators are as
/// likely.
[[nodiscard]] CsvText open_csv(std::string bytes, const std::string& name,
                               const CsvOptions& options);

}  // namespace opline
