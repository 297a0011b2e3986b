// CITATION.cff and LICENSE agree with the project.
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

}  // namespace
}  // namespace opline::repository
