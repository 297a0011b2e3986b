// Numbers and lines as people read them.
#include "src/report/parts.h"

#include <gmock/gmock.h>

namespace opline::report {
namespace {

// A million rows once had a slope of "10, 95 % interval 10 to 10".
TEST(ReportParts, FiguresHaveTheDigitsThatTheirErrorLeaves) {
  EXPECT_EQ(to_error(8.5796, 0.5), "8.58");
  EXPECT_EQ(to_error(10.000031, 0.00041), "10.00003");
  EXPECT_EQ(to_error(1234.5, 47), "1234");
  EXPECT_EQ(to_error(-0.97683, 0.024), "-0.977");
  EXPECT_EQ(to_error(5.78126, 0), "5.781");
}

TEST(ReportParts, TextIsWrappedAtBlanksAndIndented) {
  const std::string text = wrapped(std::string(60, 'a') + " " + std::string(60, 'b') + " c", 10);
  EXPECT_EQ(text, std::string(60, 'a') + "\n" + std::string(10, ' ') + std::string(60, 'b') + " c");
  EXPECT_EQ(wrapped("short", 10), "short");
}

}  // namespace
}  // namespace opline::report
