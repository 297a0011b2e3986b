#include "tests/repository/folder_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/error.h"
#include "tests/repository/markdown_table.h"
#include "tests/repository/module_table.h"

namespace opline::repository {

FolderOrder FolderOrder::from_markdown(std::string_view text, const std::string& name) {
  FolderOrder order;
  for (const MarkdownRow& row :
       rows_of_table(text, name, {"module", "sub-folders, lowest first"})) {
    const std::string module = quoted_folder(row.cells[0], row.where);
    if (order.folders_.contains(module))
      throw Error(ErrorCode::input, "{}: module {} has two rows", row.where, module);
    std::vector<std::string>& folders = order.folders_[module];
    for (const std::string& cell : split(row.cells[1], '<')) {
      const std::string folder = quoted_folder(cell, row.where);
      if (std::find(folders.begin(), folders.end(), folder) != folders.end())
        throw Error(ErrorCode::input, "{}: {} is listed twice", row.where, folder);
      folders.push_back(folder);
    }
  }
  return order;
}

std::optional<FolderOrder::Place> FolderOrder::place_of(std::string_view path) const {
  for (const auto& [module, folders] : folders_) {
    if (!lies_in(path, module)) continue;
    for (std::size_t i = 0; i < folders.size(); ++i) {
      if (lies_in(path, module + "/" + folders[i])) return Place{module, i};
    }
    return Place{module, std::nullopt};
  }
  return std::nullopt;
}

std::optional<std::string> FolderOrder::objection(std::string_view from,
                                                  std::string_view path) const {
  const std::optional<Place> source = place_of(from);
  const std::optional<Place> target = place_of(path);
  if (!source || !target || source->module != target->module) return std::nullopt;
  if (!source->position || !target->position || *target->position <= *source->position)
    return std::nullopt;
  const std::vector<std::string>& folders = folders_.at(source->module);
  return fmt::format("goes within {} from {} up to {}", source->module, folders[*source->position],
                     folders[*target->position]);
}

std::optional<std::string> FolderOrder::misplaced(std::string_view file) const {
  const std::optional<Place> place = place_of(file);
  if (!place || place->position) return std::nullopt;
  return fmt::format(
      "is in none of the sub-folders that docs/architecture.md lists for {}; move it, or add its "
      "sub-folder",
      place->module);
}

}  // namespace opline::repository
