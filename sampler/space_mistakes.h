// sampler/space_mistakes.h - everything that is wrong with a space file, for those who write one.   Room: sampler -> base.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace opline::sampler {

/// Every mistake that can be told without guessing: those of the head, one a block of its own keys, and, while everything before is
/// right, the first of how the blocks go together. Each as parse_space() words it; empty exactly when parse_space() succeeds.
[[nodiscard]] std::vector<std::string> space_mistakes(const std::string& text,
                                                      const std::filesystem::path& file);

}  // namespace opline::sampler
