// Whole texts as numbers.
#include "src/base/parse_number.h"

#include <gtest/gtest.h>

namespace opline {
namespace {

TEST(ParseNumber, FiniteDecimals) {
  EXPECT_EQ(parse_finite("-1.5e-3"), -0.0015);
  EXPECT_EQ(parse_finite("12"), 12);
  for (const char* text : {"", " 1", "1 ", "1.5x", "nan", "inf", "1e999", "0x10", "+1", "1,5"})
    EXPECT_EQ(parse_finite(text), std::nullopt) << text;
}

TEST(ParseNumber, IntegersInTheirRange) {
  EXPECT_EQ(parse_number<int>("-12"), -12);
  EXPECT_EQ(parse_number<unsigned>("ff", 16), 255U);
  for (const char* text : {"", "12x", "4294967296", "-1"})
    EXPECT_EQ(parse_number<std::uint32_t>(text), std::nullopt) << text;
}

}  // namespace
}  // namespace opline
