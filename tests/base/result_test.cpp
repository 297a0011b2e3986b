#include "src/base/result.h"
#include "tests/error_message.h"

#include <gtest/gtest.h>

#include <memory>

namespace opline {
namespace {

Result<std::unique_ptr<int>> even(int number) {
  if (number % 2 == 1) return NoValue("{} is odd; give an even number", number);
  return std::make_unique<int>(number);
}

TEST(Result, HoldsAValueThatCanBeMovedOut) {
  Result<std::unique_ptr<int>> result = even(4);
  ASSERT_TRUE(result);
  EXPECT_EQ(**result, 4);
  EXPECT_TRUE(result.reason().empty());
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 4);
}

TEST(Result, SaysWhyThereIsNoValue) {
  const Result<std::unique_ptr<int>> result = even(3);
  EXPECT_FALSE(result);
  EXPECT_EQ(result.reason(), "3 is odd; give an even number");
}

TEST(Result, TakingAValueThatIsNotThereIsABug) {
  const Result<int> result = NoValue("none");
  message_of([&] { static_cast<void>(*result); }, ErrorCode::internal);
}

}  // namespace
}  // namespace opline
