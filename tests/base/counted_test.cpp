#include "src/base/counted.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace opline {
namespace {

TEST(Counted, OneIsSingular) {
  EXPECT_EQ(counted(0, "network"), "0 networks");
  EXPECT_EQ(counted(1, "network"), "1 network");
  EXPECT_EQ(counted(std::uint64_t{2}, "row"), "2 rows");
}

}  // namespace
}  // namespace opline
