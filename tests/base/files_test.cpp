#include "src/base/files.h"

#include <gtest/gtest.h>

#include "src/base/error.h"

namespace opline {
namespace {
namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  void SetUp() override { fs::create_directories(folder_); }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path folder_ = fs::path(testing::TempDir()) / "opline_files_test";
};

TEST_F(Files, WritesMakesFoldersAndReplaces) {
  const fs::path path = folder_ / "a" / "b.txt";
  write_file_atomically(path, "one");
  write_file_atomically(path, "two");
  EXPECT_EQ(read_file(path), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(path.parent_path()), fs::directory_iterator()), 1);
}

TEST_F(Files, MissingFileIsNamed) {
  try {
    (void)read_file(folder_ / "none");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io);
    EXPECT_NE(std::string(error.what()).find("none"), std::string::npos);
  }
}

TEST_F(Files, FolderThatCannotBeMadeIsAnError) {
  write_file_atomically(folder_ / "file", "x");
  EXPECT_THROW(write_file_atomically(folder_ / "file" / "below", "x"), Error);
}

}  // namespace
}  // namespace opline
