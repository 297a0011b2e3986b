// tests/sampler/version_2_spaces.h - a small space for every construct of version 2, and for what
// constructs do together: tests/sampler/version_2/*.toml.
#pragma once
#include <algorithm>
#include <filesystem>
#include <vector>

#include "sampler/space/space.h"

namespace opline::sampler {

/// Sorted by name.
inline std::vector<Space> version_2_spaces() {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = OPLINE_SOURCE_DIR "/tests/sampler/version_2";
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Space> spaces;
  for (const std::filesystem::path& file : files) spaces.push_back(load_space(file.string()));
  return spaces;
}

}  // namespace opline::sampler
