#include "src/base/append.h"

#include <gtest/gtest.h>

#include <limits>

namespace opline {
namespace {

TEST(Append, TextsCharactersAndIntegersInOrder) {
  std::string text = "a ";
  append(text, 3, 'x', 4, " same", std::string(" b"), std::string_view("-"));
  EXPECT_EQ(text, "a 3x4 same b-");
}

TEST(Append, EveryIntegerFits) {
  std::string text;
  append(text, std::numeric_limits<int>::min(), ' ', std::numeric_limits<int>::max(), ' ', 0);
  EXPECT_EQ(text, "-2147483648 2147483647 0");
}

TEST(Append, NothingIsAppendedWithoutPieces) {
  std::string text = "a";
  append(text);
  EXPECT_EQ(text, "a");
}

}  // namespace
}  // namespace opline
