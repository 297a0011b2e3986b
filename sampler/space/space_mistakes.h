// sampler/space/space_mistakes.h - everything that is wrong with a space file, for those who write
// one.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace opline::sampler {

/// Every mistake that can be told without guessing: those of the head, one a key of every block (of
/// unknown keys the first of a block), and, once the blocks' own keys are right, those of how they
/// go together: names, ties and residual additions, all of them up to the first map, tied width or
/// size that leaves the next block's input open. Each as parse_space() words it; empty exactly when
/// parse_space() succeeds.
[[nodiscard]] std::vector<std::string> space_mistakes(const std::string& text,
                                                      const std::filesystem::path& file);

}  // namespace opline::sampler
