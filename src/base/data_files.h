// src/base/data_files.h - the folders of data files that are known by name: boards, cores, search
// spaces.
//
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace opline {

/// Stems of the .toml files in the resource folder `folder` ("data/boards"), sorted.
[[nodiscard]] std::vector<std::string> data_names(std::string_view folder);

/// The path of <folder>/<name>.toml. Throws Error{usage} "unknown <kind> ...; known: ..." for any
/// other name; `or_else` ("; or give a path") ends the message.
[[nodiscard]] std::filesystem::path data_file(std::string_view folder, std::string_view kind,
                                              std::string_view name, std::string_view or_else = {});

}  // namespace opline
