// src/board/data_files.h - the folder of data files that boards and cores are read from.   Room: board.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace opline::board {

/// Stems of the .toml files in the resource folder `folder` ("data/boards"), sorted.
[[nodiscard]] std::vector<std::string> data_names(std::string_view folder);

/// The path of <folder>/<name>.toml. Throws Error{usage} "unknown <kind> ...; known: ..." for any other name.
[[nodiscard]] std::filesystem::path data_file(std::string_view folder, std::string_view kind,
                                              std::string_view name);

}  // namespace opline::board
