// The first line of every header names the file and says what it contains.
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "src/base/files.h"
#include "tests/repository/source_tree.h"
#include "tests/repository/temporary_tree.h"

namespace opline::repository {
namespace {

/// Headers below `root` whose first line is not "// path - what" (in C, "/* path - what").
std::vector<std::string> unnamed_headers(const std::filesystem::path& root) {
  std::vector<std::string> unnamed = source_files(root);
  std::erase_if(unnamed, [&](const std::string& file) {
    if (!file.ends_with(".h")) return true;
    const std::string text = read_file(root / file);
    return text.starts_with("// " + file + " - ") || text.starts_with("/* " + file + " - ");
  });
  return unnamed;
}

TEST(RepositoryHeaders, TheFirstLineNamesTheFile) {
  const std::vector<std::string> unnamed = unnamed_headers(OPLINE_SOURCE_DIR);
  EXPECT_TRUE(unnamed.empty()) << fmt::format("{}", fmt::join(unnamed, "\n"));
}

TEST(RepositoryHeaders, AMovedHeaderIsFound) {
  TemporaryTree tree;
  tree.add("src/a/right.h", "// src/a/right.h - right.\n");
  tree.add("src/a/moved.h", "// src/moved.h - moved.\n");
  tree.add("src/a/empty.h", "");
  EXPECT_EQ(unnamed_headers(tree.root()),
            (std::vector<std::string>{"src/a/empty.h", "src/a/moved.h"}));
}

}  // namespace
}  // namespace opline::repository
