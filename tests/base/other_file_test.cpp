#include "src/base/other_file.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "src/base/error.h"
#include "src/base/files.h"
#include "tests/error_message.h"

namespace opline {
namespace {
namespace fs = std::filesystem;

TEST(RequireOtherFile, KnowsAFileByEveryName) {
  const fs::path folder =
      fs::path(testing::TempDir()) / ("opline_other_" + std::to_string(::getpid()));
  fs::create_directories(folder / "sub");
  write_file_atomically(folder / "a", "a");
  write_file_atomically(folder / "b", "b");
  fs::create_hard_link(folder / "a", folder / "hard");
  fs::create_symlink("a", folder / "soft");
  const auto refuse = [&](const fs::path& output, const fs::path& input) {
    return message_of([&] { require_other_file(output, {fs::path(), input}); }, ErrorCode::usage);
  };
  for (const char* name : {"a", "hard", "soft", "sub/../a"})
    EXPECT_THAT(refuse(folder / name, folder / "a"), testing::HasSubstr("over")) << name;
  EXPECT_THAT(refuse(folder / "sub/../none", folder / "none"), testing::HasSubstr("none"));
  EXPECT_NO_THROW(require_other_file(folder / "b", {folder / "a"}));
  EXPECT_NO_THROW(require_other_file(folder / "none", {folder / "a", fs::path()}));
  EXPECT_NO_THROW(require_other_file("-", {"-"}));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace opline
