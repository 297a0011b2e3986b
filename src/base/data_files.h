// src/base/data_files.h - the folders of data files that are known by name: boards, cores, search
// spaces.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace opline {

/// Stems of the .toml files in the resource folder `folder` ("data/boards"), sorted.
[[nodiscard]] std::vector<std::string> data_names(std::string_view folder);

/// The path of <folder>/<name>.toml. Throws Error{usage} "unknown <kind> ...; known: ..." for any
/// other name; `or_else` ("; or give a path") ends the message.
[[nodiscard]] std::filesystem::path data_file(std::string_view folder, std::string_view kind,
                                              std::string_view name, std::string_view or_else = {});

/// A data file that could not be read, with the reason (file:line: key: what).
struct UnreadableFile {
  std::string name;
  std::string reason;
};

/// What a folder of data files holds.
template <typename T>
struct DataFiles {
  std::vector<T> loaded;
  std::vector<UnreadableFile> unreadable;
};

/// Loads each name on its own with `load(name)`, in order: an Error about one file does not hide
/// the others.
template <typename T, typename Load>
DataFiles<T> load_each(const std::vector<std::string>& names, Load load) {
  DataFiles<T> files;
  for (const std::string& name : names) {
    try {
      files.loaded.push_back(load(name));
    } catch (const Error& error) {
      files.unreadable.push_back({name, error.what()});
    }
  }
  return files;
}

}  // namespace opline
