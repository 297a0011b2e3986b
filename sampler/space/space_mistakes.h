// sampler/space/space_mistakes.h - all mistakes of a space file at once, for its author.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace opline::sampler {

/// Every mistake that can be reported without guessing: those of the head; one per key of every
/// block; and, once all keys are right, those in the
/// combination of blocks: names, ties and residual additions, up to the first map, tied width or
/// size that leaves the next block's input undefined. Worded as parse_space() does, which puts
/// several unknown keys in lines of one message; empty exactly when parse_space() succeeds.
[[nodiscard]] std::vector<std::string> space_mistakes(const std::string& text,
                                                      const std::filesystem::path& file);

}  // namespace opline::sampler
