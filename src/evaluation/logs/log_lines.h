// src/evaluation/logs/log_lines.h - lines of a log, and numbers in them.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace opline::evaluation {

/// Calls `take` with every line, from 1; LF or CRLF.
void each_line(std::string_view text,
               const std::function<void(std::string_view, std::size_t)>& take);

/// What stands behind the first `mark` of `line`, without blanks in front; none without `mark`.
[[nodiscard]] std::optional<std::string_view> after(std::string_view line, std::string_view mark);
/// What stands between `open` and the next `close`; none where either is missing.
[[nodiscard]] std::optional<std::string_view> between(std::string_view line, std::string_view open,
                                                      std::string_view close);
/// `text` up to the first blank, comma or parenthesis.
[[nodiscard]] std::string_view word(std::string_view text);

/// The number that `text` starts with: digits, with a decimal point, or with commas between groups
/// of three digits ("1,234,567"). None where there is none.
[[nodiscard]] std::optional<double> leading_number(std::string_view text);

/// "duration       :   11.970 ms": what stands behind the colon of a line whose first words are
/// `key`, in any case. None for another line.
[[nodiscard]] std::optional<std::string_view> value_of(std::string_view line, std::string_view key);

}  // namespace opline::evaluation
