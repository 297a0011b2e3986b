#include "tests/repository/module_table.h"

#include <algorithm>
#include <charconv>

#include "src/base/error.h"
#include "tests/repository/markdown_table.h"

namespace opline::repository {
namespace {

int level_of(const std::string& cell, const std::string& where) {
  int level = -1;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), level);
  if (error != std::errc() || end != cell.data() + cell.size() || level < 0) {
    throw Error(ErrorCode::input, "{}: '{}' is not a level; write 0, 1, 2 ...", where, cell);
  }
  return level;
}

Module module_of_row(const std::vector<std::string>& row, const std::string& where) {
  if (row.size() < 3)
    throw Error(ErrorCode::input, "{}: a row needs level, module and includes", where);
  Module module;
  module.level = level_of(row[0], where);
  module.folder = quoted_folder(row[1], where);
  if (row[2] == "nothing") return module;
  for (const std::string& item : split(row[2], ',')) {
    if (item == "lower levels") {
      module.lower_levels = true;
    } else if (item == "anything") {
      module.anything = true;
    } else {
      module.allowed.push_back(quoted_folder(item, where));
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
  for (const MarkdownRow& row : rows_of_table(text, name, {"level", "module", "includes"}))
    table.modules_.push_back(module_of_row(row.cells, row.where));
  table.reject_contradictions(name);
  return table;
}

void ModuleTable::reject_contradictions(const std::string& name) const {
  for (const Module& module : modules_) {
    const auto same = [&](const Module& other) { return other.folder == module.folder; };
    if (std::count_if(modules_.begin(), modules_.end(), same) > 1) {
      throw Error(ErrorCode::input, "{}:1: module {} has two rows", name, module.folder);
    }
    for (const std::string& folder : module.allowed) {
      const Module* target = module_of(folder);
      if (target == nullptr ||
          (target->level >= module.level && !lies_in(target->folder, module.folder))) {
        throw Error(ErrorCode::input,
                    "{}:1: {} may not be allowed to include {}: not a module of a lower level",
                    name, module.folder, folder);
      }
    }
  }
}

const Module* ModuleTable::module_of(std::string_view path) const {
  const Module* innermost = nullptr;
  for (const Module& module : modules_) {
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
