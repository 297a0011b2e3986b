// CITATION.cff and LICENSE agree with the project; pictures of the documentation name no machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "src/base/files.h"
#include "src/base/version.h"

namespace opline::repository {
namespace {

using testing::HasSubstr;

std::string text_of(const char* file) {
  return read_file(std::filesystem::path(OPLINE_SOURCE_DIR) / file);
}

TEST(RepositoryCitation, HasTheVersionAndTheLicenceOfTheProject) {
  const std::string citation = text_of("CITATION.cff");
  EXPECT_THAT(citation, HasSubstr("\nversion: " + std::string(version()) + "\n"));
  EXPECT_THAT(citation, HasSubstr("\nlicense: Apache-2.0\n"));
  EXPECT_THAT(text_of("LICENSE"),
              HasSubstr("Apache License\n                           Version 2.0"));
}

// A figure holds the command that drew it, paths included.
TEST(RepositoryCitation, PicturesHoldNoAbsolutePath) {
  std::size_t pictures = 0;
  for (const auto& file : std::filesystem::directory_iterator(
           std::filesystem::path(OPLINE_SOURCE_DIR) / "docs/images")) {
    if (file.path().extension() != ".svg") continue;
    ++pictures;
    const std::string picture = read_file(file.path());
    const std::size_t begin = picture.find("<desc>opline-");
    ASSERT_NE(begin, std::string::npos) << file.path();
    const std::string note = picture.substr(begin, picture.find("</desc>", begin) - begin);
    EXPECT_THAT(note, testing::Not(HasSubstr(" /"))) << file.path();
  }
  EXPECT_GE(pictures, 2U);
}

}  // namespace
}  // namespace opline::repository
