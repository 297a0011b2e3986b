// src/base/other_file.h - an output that would destroy an input.
#pragma once
#include <filesystem>
#include <vector>

namespace opline {

/// Refuses to write `output` over one of `inputs`: throws Error{usage} naming both where they are
/// one file (device and inode), or will be. "-" is never a file; an empty input is skipped.
void require_other_file(const std::filesystem::path& output,
                        const std::vector<std::filesystem::path>& inputs);

}  // namespace opline
