#include "src/base/data_files.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/suggest.h"

namespace opline {

std::vector<std::string> data_names(std::string_view folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(resource(folder))) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::filesystem::path data_file(std::string_view folder, std::string_view kind,
                                std::string_view name, std::string_view or_else) {
  const std::vector<std::string> names = data_names(folder);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw Error(ErrorCode::usage, "unknown {} `{}`{}; known: {}{}", kind, name,
                did_you_mean(name, names), fmt::join(names, ", "), or_else);
  }
  return resource(std::filesystem::path(folder) / (std::string(name) + ".toml"));
}

}  // namespace opline
