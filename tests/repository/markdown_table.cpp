#include "tests/repository/markdown_table.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "src/base/error.h"

namespace opline::repository {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

/// The cells of "| a | b |"; empty when the line is not a table row.
std::vector<std::string> cells_of(std::string_view line) {
  const std::string row = trimmed(line);
  if (row.size() < 2 || row.front() != '|' || row.back() != '|') return {};
  return split(std::string_view(row).substr(1, row.size() - 2), '|');
}

bool starts_with(const std::vector<std::string>& row, const std::vector<std::string>& header) {
  return row.size() >= header.size() && std::equal(header.begin(), header.end(), row.begin());
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    pieces.push_back(trimmed(text.substr(start, end - start)));
    start = end + 1;
  }
  return pieces;
}

std::string quoted_folder(const std::string& cell, const std::string& where) {
  if (cell.size() < 3 || cell.front() != '`' || cell.back() != '`') {
    throw Error(ErrorCode::input, "{}: '{}' is not a folder in back quotes", where, cell);
  }
  return cell.substr(1, cell.size() - 2);
}

std::vector<MarkdownRow> rows_of_table(std::string_view text, const std::string& name,
                                       const std::vector<std::string>& header) {
  std::vector<MarkdownRow> rows;
  std::istringstream lines{std::string(text)};
  std::string line;
  bool inside = false;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::vector<std::string> cells = cells_of(line);
    if (!inside) {
      inside = starts_with(cells, header);
      continue;
    }
    if (cells.empty()) break;
    if (cells[0].starts_with("-")) continue;
    rows.push_back({std::move(cells), name + ":" + std::to_string(number)});
  }
  if (rows.empty()) {
    throw Error(ErrorCode::input, "{}:1: there is no table '| {} |'", name,
                fmt::join(header, " | "));
  }
  return rows;
}

}  // namespace opline::repository
