// src/cli/space_check.h - `opline spaces check FILE`: every mistake of a space file, or what can be
// drawn from it.
#pragma once
#include <string>

#include "src/cli/verb.h"

namespace opline::cli {

/// Prints the mistakes to `err` and returns the exit code of wrong content; else prints the
/// backbone, and a few samples with their ops, memory and the boards that they fit, and returns 0.
/// With `json` all of this is one document on `out`: file, mistakes, space and samples (null and
/// empty where there are mistakes). A shipped space may be named. Throws Error{io} for a file that
/// cannot be read.
int check_space_file(const std::string& name_or_path, bool json, Console& console);

}  // namespace opline::cli
