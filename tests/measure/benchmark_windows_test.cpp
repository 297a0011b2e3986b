#include "src/measure/benchmark_windows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/error_message.h"

namespace opline::measure {
namespace {

using testing::ElementsAre;

/// A device that takes 3 ms for an inference.
BenchmarkWindow at_3_ms(std::uint64_t iterations) {
  return {iterations, 3e-3 * static_cast<double>(iterations)};
}

TEST(BenchmarkWindows, TheNumberOfInferencesIsFoundAndKept) {
  std::vector<std::uint64_t> asked;
  const auto windows = measure_windows({}, [&](std::size_t, std::uint64_t iterations) {
    asked.push_back(iterations);
    return std::optional(at_3_ms(iterations));
  });
  // 10 s / 3 ms and 2 % more, but at most a hundred times as many at once.
  EXPECT_THAT(asked, ElementsAre(10, 1000, 3400, 3400, 3400, 3400, 3400));
  ASSERT_EQ(windows.size(), 5U);
  EXPECT_GE(windows[0].seconds, 10);
  EXPECT_NEAR(median_per_second(windows), 1000 / 3.0, 1e-9);
}

TEST(BenchmarkWindows, SlowDevicesInferTenTimes) {
  std::vector<std::uint64_t> asked;
  const auto windows =
      measure_windows({.windows = 2}, [&](std::size_t index, std::uint64_t iterations) {
        EXPECT_EQ(index, asked.size());
        asked.push_back(iterations);
        return std::optional(BenchmarkWindow{iterations, 2.5 * static_cast<double>(iterations)});
      });
  EXPECT_THAT(asked, ElementsAre(10, 10));
  EXPECT_EQ(windows.size(), 2U);
}

TEST(BenchmarkWindows, BothRulesCount) {
  EXPECT_TRUE(is_long_enough({10, 10.0}, {}));
  EXPECT_FALSE(is_long_enough({9, 10.0}, {}));
  EXPECT_FALSE(is_long_enough({10, 9.999}, {}));
  EXPECT_EQ(iterations_after({10, 1e-9}, {.seconds = 1e9}), 1000U);
  EXPECT_EQ(iterations_after({2'000'000'000, 1e-3}, {}), 2'147'483'647U);
}

TEST(BenchmarkWindows, AWindowThatTurnsOutShortIsRepeatedWithMore) {
  int calls = 0;
  const auto windows =
      measure_windows({.seconds = 1, .windows = 3}, [&](std::size_t, std::uint64_t iterations) {
        // Gets faster once, as a board whose clock was raised.
        const double each = ++calls == 2 ? 0.05 : 0.1;
        return std::optional(BenchmarkWindow{iterations, each * static_cast<double>(iterations)});
      });
  EXPECT_EQ(calls, 4);
  for (const BenchmarkWindow& window : windows) EXPECT_GE(window.seconds, 1);
}

TEST(BenchmarkWindows, WindowsThatStayShortAreAnError) {
  EXPECT_THAT(message_of(
                  [] {
                    (void)measure_windows({}, [](std::size_t, std::uint64_t iterations) {
                      return std::optional(BenchmarkWindow{iterations, 1e-6});
                    });
                  },
                  ErrorCode::device),
              testing::HasSubstr("less than the 10 s of a window, however many"));
}

TEST(BenchmarkWindows, EndsEarlyWhenItIsAsked) {
  const auto windows = measure_windows({}, [&](std::size_t index, std::uint64_t iterations) {
    return index == 2 ? std::nullopt
                      : std::optional(BenchmarkWindow{std::max<std::uint64_t>(iterations, 10), 11});
  });
  EXPECT_EQ(windows.size(), 2U);
}

TEST(BenchmarkWindows, Medians) {
  std::vector<BenchmarkWindow> windows = {{100, 10, 0.3}, {100, 20, 0.1}, {100, 5, 0.2}};
  EXPECT_DOUBLE_EQ(median_per_second(windows), 10);
  EXPECT_DOUBLE_EQ(median_joules(windows).value(), 2e-3);
  windows.push_back({100, 40, 0.5});
  EXPECT_DOUBLE_EQ(median_per_second(windows), 7.5);
  EXPECT_DOUBLE_EQ(median_joules(windows).value(), 2.5e-3);
  windows[1].joules.reset();
  EXPECT_FALSE(median_joules(windows).has_value());
}

}  // namespace
}  // namespace opline::measure
