// src/cli/unreadable.h - data files of a list that could not be read.
#pragma once
#include <vector>

#include "src/base/data_files.h"
#include "src/cli/verb.h"

namespace opline::cli {

/// Names each file and its reason on `console.err`. Returns the exit code of a verb that has listed
/// the other files: that of ErrorCode::input, or 0 when every file could be read.
int report_unreadable(const std::vector<UnreadableFile>& files, Console& console);

}  // namespace opline::cli
