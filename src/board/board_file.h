// src/board/board_file.h - reads a board's file (docs/formats/board.md).
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "src/board/board.h"

namespace opline::board {

/// Throws Error{input} for the first mistake; where `mistakes` is given, it gets all that can be
/// told independently instead, and the board that is returned is of use only without any.
/// Throws Error{io}.
[[nodiscard]] Board read_board_file(const std::filesystem::path& path,
                                    std::vector<std::string>* mistakes);

}  // namespace opline::board
