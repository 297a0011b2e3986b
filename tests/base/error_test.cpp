#include "src/base/error.h"

#include <gtest/gtest.h>

namespace opline {
namespace {

// Scripts rely on these; docs and `opline --help` list them.
TEST(Error, ExitCodesAreFrozen) {
  EXPECT_EQ(exit_code(ErrorCode::usage), 2);
  EXPECT_EQ(exit_code(ErrorCode::missing_tool), 3);
  EXPECT_EQ(exit_code(ErrorCode::input), 4);
  EXPECT_EQ(exit_code(ErrorCode::io), 5);
  EXPECT_EQ(exit_code(ErrorCode::device), 6);
  EXPECT_EQ(exit_code(ErrorCode::damaged), 4);
  EXPECT_EQ(exit_code(ErrorCode::internal), 70);
}

TEST(Error, DamageIsNotTakenForBadInput) { EXPECT_NE(ErrorCode::damaged, ErrorCode::input); }

}  // namespace
}  // namespace opline
