// src/cli/board_check.h - `opline boards check FILE`: every mistake of a board's file, or what the
// file says.
#pragma once
#include <string>

#include "src/cli/verb.h"

namespace opline::cli {

/// Prints the mistakes to `err` and returns the exit code of wrong content; else prints the board,
/// and whether its firmware is there and of this version of the file, and returns 0. With `json`
/// all of this is one document on `out`: file, mistakes, board and firmware (null where there are
/// mistakes). A shipped board may be named. Throws Error{io} for a file that cannot be read.
int check_board_file(const std::string& name_or_path, bool json, Console& console);

}  // namespace opline::cli
