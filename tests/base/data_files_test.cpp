#include "src/base/data_files.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "src/base/error.h"
#include "src/base/files.h"
#include "tests/error_message.h"

namespace opline {
namespace {

TEST(DataFiles, AreNamedByTheirStemsInOrder) {
  const std::vector<std::string> names = data_names("data/boards");
  EXPECT_THAT(names, testing::Contains("nucleo-f446re"));
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names) {
    EXPECT_EQ(data_file("data/boards", "board", name), resource("data/boards/" + name + ".toml"));
  }
}

TEST(DataFiles, AnUnknownNameListsTheKnownOnes) {
  const auto error_of = [](std::string_view name, std::string_view or_else) {
    return message_of([&] { (void)data_file("data/boards", "board", name, or_else); },
                      ErrorCode::usage);
  };
  EXPECT_THAT(error_of("nucleo", ""), testing::StartsWith("unknown board `nucleo`; known: "));
  EXPECT_THAT(error_of("nucleo", ""), testing::HasSubstr("nucleo-f446re"));
  EXPECT_THAT(error_of("../boards/nucleo-f446re", "; or give a path"),
              testing::EndsWith("; or give a path"));
}

}  // namespace
}  // namespace opline
