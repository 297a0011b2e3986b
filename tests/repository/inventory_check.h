// tests/repository/inventory_check.h - finds files that no CMake target knows.
#pragma once
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace opline::repository {

/// What CMake knows, as opline_write_inventory() (cmake/OplineTargets.cmake) writes it: one
/// line "kind path" per file, paths relative to the top of the repository.
struct Inventory {
  /// "source": in some target's SOURCES, or named by a rule of its own.
  std::set<std::string> sources;
  std::set<std::string> headers;  ///< "header": in some target's FILE_SET HEADERS.
  std::set<std::string> tests;    ///< "test": given to opline_test(), so that ctest runs it.

  /// Throws Error{input} "name:line: ..." for a line of another kind.
  static Inventory from_text(std::string_view text, const std::string& name);
};

/// Checks every source file below `root`; each finding reads "file:1: what, and what to do".
/// - A *_test.cpp must have been given to opline_test().
/// - A .cpp, .cc or .c must be in some target.
/// - A header of a module must be in a FILE_SET, or in a target's SOURCES when it is private to its
///   module.
/// Headers below tests/ and benchmarks/ are left out, and so are nested projects.
[[nodiscard]] std::vector<std::string> check_inventory(const std::filesystem::path& root,
                                                       const Inventory& inventory);

}  // namespace opline::repository
