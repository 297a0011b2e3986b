// tests/repository/markdown_table.h - rows of a table in a Markdown document, for tables that are
// data of a check.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace opline::repository {

struct MarkdownRow {
  std::vector<std::string> cells;  ///< Trimmed.
  std::string where;               ///< "docs/architecture.md:12", for messages.
};

/// The rows below the first header that starts with the cells `header`; the line of dashes is left
/// out. Throws Error{input} "name:1: ..." when there is no such table or it has no rows.
[[nodiscard]] std::vector<MarkdownRow> rows_of_table(std::string_view text, const std::string& name,
                                                     const std::vector<std::string>& header);

/// Splits at `separator` and trims; empty pieces stay.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

/// `folder` of the cell "`folder`". Throws Error{input} for a cell of another form.
[[nodiscard]] std::string quoted_folder(const std::string& cell, const std::string& where);

}  // namespace opline::repository
