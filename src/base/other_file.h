// src/base/other_file.h - an output that would destroy an input, or another output.
#pragma once
#include <filesystem>
#include <vector>

namespace opline {

/// Refuses to write `output` over one of `taken`, which are read or written, too: throws
/// Error{usage} naming both where they are one file (device and inode), or will be. "-" is never a
/// file; an empty path is skipped.
void require_other_file(const std::filesystem::path& output,
                        const std::vector<std::filesystem::path>& taken);

}  // namespace opline
