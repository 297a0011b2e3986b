// tests/repository/source_tree.h - the repository's source files, for the repository checks.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace opline::repository {

/// Every .h, .hpp, .c, .cc and .cpp below `root`, relative to it, sorted. Hidden folders and the
/// output folders at the top (build, opline-study) are left out.
[[nodiscard]] std::vector<std::string> source_files(const std::filesystem::path& root);

/// True when `file` is part of a CMake project of its own: a folder above it, below `root`, has a
/// CMakeLists.txt with a project() command (a consumer project of a test, for example).
[[nodiscard]] bool in_nested_project(const std::filesystem::path& root, const std::string& file);

}  // namespace opline::repository
