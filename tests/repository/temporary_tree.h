// tests/repository/temporary_tree.h - a temporary source tree for tests of the checks.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "src/base/files.h"

namespace opline::repository {

/// A fresh folder under the temporary folder, removed at the end.
class TemporaryTree {
 public:
  TemporaryTree() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    root_ =
        std::filesystem::path(testing::TempDir()) / (std::string("opline_tree_") + test->name());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;
  ~TemporaryTree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  void add(const std::string& file, std::string_view content) {
    write_file_atomically(root_ / file, content);
  }
  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

 private:
  std::filesystem::path root_;
};

}  // namespace opline::repository
