// src/figures/plain_text.h - names and labels that arrive in a picture as they are.
//
// A space or a board may be called anything: quotes must not end a gnuplot string, markup must not
// be read as such and bytes that are no UTF-8 must not make an SVG ill-formed.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace opline::figures {

/// `text` on one line of valid UTF-8: control characters become blanks, bytes that are no UTF-8
/// become '?'.
[[nodiscard]] std::string clean_utf8(std::string_view text);

/// `text` in at most `most` (>= 1) characters: where it is longer, an ellipsis stands for its
/// middle, since names often differ in their ends. `text` is valid UTF-8.
[[nodiscard]] std::string shorten(std::string_view text, std::size_t most);

/// About how wide `text` is, in units of the size of its type: of DejaVu Sans, which is wider than
/// Helvetica and Arial, so that text that is laid out with it fits. `text` is valid UTF-8.
[[nodiscard]] double width_of(std::string_view text);

/// `text` in lines of at most `width`, as width_of() counts, broken at blanks; a word that is
/// longer continues on the next line. At least one line, and one character per line. `text` is
/// valid UTF-8.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, double width);

/// Characters (code points) of valid UTF-8.
[[nodiscard]] std::size_t characters(std::string_view text);

/// A gnuplot string literal. Single quotes: gnuplot interprets nothing inside, and a quote is
/// doubled.
[[nodiscard]] std::string gnuplot_quoted(std::string_view text);

/// For the content of an XML element: & < > are escaped.
[[nodiscard]] std::string xml_escaped(std::string_view text);

}  // namespace opline::figures
