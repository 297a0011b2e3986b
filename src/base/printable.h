// src/base/printable.h - text of others (names in a file, file names, messages of other programs)
// made fit to be shown.
//
// A name in a .tflite file may hold escape sequences that rewrite the terminal, line breaks that
// forge a second message, bidirectional overrides that reorder it, or a megabyte of text. Whatever
// opline prints and did not write itself goes through `printable` first; Error does it for whole
// messages. Not for data (JSON, CSV): these have their own quoting and keep the text as it is.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace opline {

/// `text` on one line: control characters as \n, \t, \r or \x1b; bytes that are not UTF-8 as \xff;
/// invisible, bidirectional and line-breaking code points as \u{202e}. Backslashes stay as they
/// are, so the result is meant to be read, not to be parsed. Text longer than `max_bytes` keeps its
/// beginning and its end, with "... (102400 bytes) ..." between them; `max_bytes` counts bytes of
/// `text`, each of which takes at most 4 in the result.
[[nodiscard]] std::string printable(std::string_view text, std::size_t max_bytes = 120);

/// The same for text of several lines: line breaks stay.
[[nodiscard]] std::string printable_lines(std::string_view text, std::size_t max_bytes);

}  // namespace opline
