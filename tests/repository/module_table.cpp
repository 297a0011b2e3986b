#include "tests/repository/module_table.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "src/base/error.h"

namespace opline::repository {
namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

/// Splits at `separator` and trims; empty pieces stay.
std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(separator, start), text.size());
    pieces.push_back(trimmed(text.substr(start, end - start)));
    start = end + 1;
  }
  return pieces;
}

/// The cells of "| a | b |"; empty when the line is no table row.
std::vector<std::string> cells(std::string_view line) {
  const std::string row = trimmed(line);
  if (row.size() < 2 || row.front() != '|' || row.back() != '|') return {};
  return split(std::string_view(row).substr(1, row.size() - 2), '|');
}

bool is_header(const std::vector<std::string>& row) {
  return row.size() >= 3 && row[0] == "level" && row[1] == "module" && row[2] == "includes";
}

/// `folder` of "`folder`".
std::string quoted_folder(const std::string& cell, const std::string& where) {
  if (cell.size() < 3 || cell.front() != '`' || cell.back() != '`') {
    throw Error(ErrorCode::input, "{}: '{}' is no folder in back quotes", where, cell);
  }
  return cell.substr(1, cell.size() - 2);
}

int level_of(const std::string& cell, const std::string& where) {
  int level = -1;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), level);
  if (error != std::errc() || end != cell.data() + cell.size() || level < 0) {
    throw Error(ErrorCode::input, "{}: '{}' is no level; write 0, 1, 2 ...", where, cell);
  }
  return level;
}

Module room_of_row(const std::vector<std::string>& row, const std::string& where) {
  if (row.size() < 3)
    throw Error(ErrorCode::input, "{}: a row needs level, module and includes", where);
  Module module;
  module.level = level_of(row[0], where);
  module.folder = quoted_folder(row[1], where);
  if (row[2] == "nothing") return module;
  for (const std::string& word : split(row[2], ',')) {
    if (word == "lower levels") {
      module.lower_levels = true;
    } else if (word == "anything") {
      module.anything = true;
    } else {
      module.allowed.push_back(quoted_folder(word, where));
    }
  }
  return module;
}

}  // namespace

bool lies_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

ModuleTable ModuleTable::from_markdown(std::string_view text, const std::string& name) {
  ModuleTable table;
  std::istringstream lines{std::string(text)};
  std::string line;
  bool inside = false;
  for (int number = 1; std::getline(lines, line); ++number) {
    const std::vector<std::string> row = cells(line);
    if (!inside) {
      inside = is_header(row);
      continue;
    }
    if (row.empty()) break;
    if (row[0].starts_with("-")) continue;
    table.rooms_.push_back(room_of_row(row, name + ":" + std::to_string(number)));
  }
  if (table.rooms_.empty()) {
    throw Error(ErrorCode::input, "{}:1: there is no table '| level | module | includes |'", name);
  }
  table.reject_contradictions(name);
  return table;
}

void ModuleTable::reject_contradictions(const std::string& name) const {
  for (const Module& module : rooms_) {
    const auto same = [&](const Module& other) { return other.folder == module.folder; };
    if (std::count_if(rooms_.begin(), rooms_.end(), same) > 1) {
      throw Error(ErrorCode::input, "{}:1: module {} has two rows", name, module.folder);
    }
    for (const std::string& folder : module.allowed) {
      const Module* target = module_of(folder);
      if (target == nullptr ||
          (target->level >= module.level && !lies_in(target->folder, module.folder))) {
        throw Error(ErrorCode::input,
                    "{}:1: {} can't be allowed to include {}: not a module of a lower level", name,
                    module.folder, folder);
      }
    }
  }
}

const Module* ModuleTable::module_of(std::string_view path) const {
  const Module* innermost = nullptr;
  for (const Module& module : rooms_) {
    if (!lies_in(path, module.folder)) continue;
    if (innermost == nullptr || module.folder.size() > innermost->folder.size())
      innermost = &module;
  }
  return innermost;
}

std::optional<std::string> ModuleTable::objection(const Module& from, std::string_view path) const {
  const Module* to = module_of(path);
  if (to == nullptr)
    return "is in no module of docs/architecture.md; include from the top of the repository";
  if (to == &from || from.anything) return std::nullopt;
  for (const std::string& folder : from.allowed) {
    if (lies_in(path, folder)) return std::nullopt;
  }
  if (from.lower_levels && to->level < from.level) return std::nullopt;
  return fmt::format("goes from {} (level {}) {} to {} (level {})", from.folder, from.level,
                     to->level > from.level    ? "up"
                     : to->level == from.level ? "sideways"
                                               : "where its row does not allow it,",
                     to->folder, to->level);
}

}  // namespace opline::repository
