// src/report/html/markup.h - pieces of an HTML page: escaped text, tables, lists, bars.
//
// Names of spaces, networks and files may be those of another author: whatever opline did not write
// itself goes through html_text() or script_json(). Bars are inline SVG, drawn with attributes
// alone, because the page's policy forbids style attributes.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/json.h"

namespace opline::report::html {

/// printable() text (shortened to `max_bytes`), with & < > " ' as entities: for elements and quoted
/// attributes.
[[nodiscard]] std::string html_text(std::string_view text, std::size_t max_bytes = 400);
/// The same for text of several lines, of any length.
[[nodiscard]] std::string html_lines(std::string_view text);

/// Compact JSON for a <script> element: ASCII, with <, > and & as \u003c, \u003e and \u0026, so
/// that no text in it can end the element. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string script_json(const Json& json);

struct Column {
  std::string name;     ///< Empty for a column of bars, whose figure stands beside it.
  bool number = false;  ///< Aligned to the right.
};
/// A table with a caption; every row has a cell of HTML for each column, the first of which is its
/// header. Empty without rows.
[[nodiscard]] std::string table(const std::string& caption, const std::vector<Column>& columns,
                                const std::vector<std::vector<std::string>>& rows);

/// <ul> of escaped sentences, each with a capital and a full stop. Empty without any.
[[nodiscard]] std::string sentences(const std::vector<std::string>& texts);

/// A bar of `share` (0 to 1, clamped) of the width of its cell. Decoration: the figure stands
/// beside it.
[[nodiscard]] std::string bar(double share);

/// A point, and its interval as a line, on a scale from 0 to `most` (> 0).
[[nodiscard]] std::string interval_bar(double value, const std::optional<double>& low,
                                       const std::optional<double>& high, double most);

/// `value` formatted, times `factor`; "-" for null. `json` is a number or null.
[[nodiscard]] std::string number(const Json& json, const char* format, double factor = 1);
/// "1.2 to 1.5"; "-" for null. `json` is [low, high] or null.
[[nodiscard]] std::string interval(const Json& json, const char* format, double factor = 1);

}  // namespace opline::report::html
