#include "src/figures/line_text.h"

#include <gtest/gtest.h>

namespace opline::figures {
namespace {

constexpr Unit kMilliseconds{1e-3, "ms"};

analysis::LinearFit fit(double slope, double slope_error, double intercept,
                        double intercept_error) {
  analysis::LinearFit result;
  result.slope = slope;
  result.slope_standard_error = slope_error;
  result.intercept = intercept;
  result.intercept_standard_error = intercept_error;
  return result;
}

TEST(LineText, EquationShowsTheDigitsThatTheErrorsBearOut) {
  const auto text = [](const analysis::LinearFit& one) {
    return equation(one, Dimension::seconds, kMilliseconds);
  };
  EXPECT_EQ(text(fit(13.2538e-9, 0.0612e-9, 3.104e-3, 0.2e-3)), "13.25 ns/op × ops + 3.10 ms");
  EXPECT_EQ(text(fit(13.2538e-9, 0.0612e-9, 1.104e-3, 0.3e-3)), "13.25 ns/op × ops + 1.10 ms");
  analysis::LinearFit line = fit(13.2538e-9, 0.0612e-9, 3.104e-3, 0.2e-3);
  line.slope_interval = {13.1321e-9, 13.3755e-9};
  EXPECT_EQ(slope_interval(line, Dimension::seconds), "13.13 to 13.38 ns/op");
  EXPECT_EQ(text(fit(13.2538e-9, 3e-9, -5.1e-3, 2e-3)), "13.3 ns/op × ops − 5.10 ms");
  EXPECT_EQ(text(fit(13.25381234e-9, 2e-14, 5.1e-3, 1e-9)), "13.254 ns/op × ops + 5.1000 ms");
  EXPECT_EQ(text(fit(42e-12, 1e-12, 5.1e-3, 1e-4)), "42.0 ps/op × ops + 5.10 ms");
}

TEST(LineText, TheInterceptIsInTheUnitOfTheAxis) {
  EXPECT_EQ(equation(fit(7.6e-9, 0.1e-9, 16.4e-3, 1e-3), Dimension::seconds, {1, "s"}),
            "7.60 ns/op × ops + 0.0164 s");
  EXPECT_EQ(equation(fit(1.2e-9, 0.1e-9, 2.4e-3, 1e-4), Dimension::joules, {1e-3, "mJ"}),
            "1.20 nJ/op × ops + 2.40 mJ");
}

TEST(LineText, RSquaredNeverRoundsUpToOne) {
  EXPECT_EQ(r_squared(0.9823), "R² = 0.982");
  EXPECT_EQ(r_squared(0.5), "R² = 0.500");
  EXPECT_EQ(r_squared(0.99962), "R² = 0.99962");
  EXPECT_EQ(r_squared(0.99999999), "R² > 0.999999");
  EXPECT_EQ(r_squared(1), "R² = 1");
  EXPECT_EQ(r_squared(std::nullopt), "R² not defined");
}

TEST(LineText, SignificantDigitsWithoutAnExponent) {
  EXPECT_EQ(significant(3.104, 3), "3.10");
  EXPECT_EQ(significant(1104.2, 3), "1104");
  EXPECT_EQ(significant(0.016412, 3), "0.0164");
  EXPECT_EQ(significant(-0.5, 2), "-0.50");
  EXPECT_EQ(significant(0, 3), "0");
}

}  // namespace
}  // namespace opline::figures
