#include "analysis/numerics/double_double.h"

#include <gtest/gtest.h>

#include <cmath>

namespace opline::analysis {
namespace {

TEST(DoubleDouble, KeepsWhatDoubleDrops) {
  const DoubleDouble sum = DoubleDouble(1e16) + 1.0 + DoubleDouble(-1e16);
  EXPECT_EQ(sum.value(), 1.0);
  EXPECT_NE((1e16 + 1.0) - 1e16, 1.0);
}

TEST(DoubleDouble, ProductIsExact) {
  const double a = 1 + std::ldexp(1, -30);
  const DoubleDouble square = DoubleDouble(a) * a;  // 1 + 2^-29 + 2^-60
  EXPECT_EQ((square - 1.0 - std::ldexp(1, -29)).value(), std::ldexp(1, -60));
}

TEST(DoubleDouble, QuotientTimesDivisorComesBackTo31Digits) {
  for (const double divisor : {3.0, 7.0, 1e-5, 123456.789, -0.1}) {
    const DoubleDouble quotient = DoubleDouble(1.0) / divisor;
    EXPECT_LT(std::abs((quotient * divisor - 1.0).value()), 1e-30) << divisor;
  }
}

TEST(DoubleDouble, SumOfManyTenthsIsTheirExactSum) {
  DoubleDouble total;
  for (int i = 0; i < 1 << 16; ++i) total += 0.1;
  EXPECT_EQ(total.value(), std::ldexp(0.1, 16));
}

}  // namespace
}  // namespace opline::analysis
