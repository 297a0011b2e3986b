// src/measure/benchmark_windows.h - how MLPerf Tiny measures throughput: windows of many
// inferences, of which the median counts. Arithmetic only.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace opline::measure {

/// MLPerf Tiny's rules (mlcommons/tiny, benchmark/MLPerfTiny_Rules.adoc): five inputs, for each of
/// them a window of at least 10 s and 10 inferences.
struct WindowRules {
  double seconds = 10;            ///< Of a window, at least; above 0.
  std::uint64_t iterations = 10;  ///< Inferences of a window, at least; above 0.
  std::size_t windows = 5;
};

struct BenchmarkWindow {
  std::uint64_t iterations = 0;  ///< Above 0.
  double seconds = 0;            ///< Above 0.
  /// Of all inferences together; missing where none was measured.
  std::optional<double> joules = {};
  [[nodiscard]] double per_second() const { return static_cast<double>(iterations) / seconds; }
};

[[nodiscard]] bool is_long_enough(const BenchmarkWindow& window, const WindowRules& rules);

/// Inferences that make a window long enough, by the rate of the one before, and 2 % more: 2^31 - 1
/// at most, what devices read as a number.
[[nodiscard]] std::uint64_t iterations_after(const BenchmarkWindow& before,
                                             const WindowRules& rules);

/// Windows by `infer(index, iterations)`, where index counts those that are complete. The number of
/// inferences is found by windows that are too short, which are not returned, and kept once it is
/// enough. Ends early, with fewer windows, when `infer` returns none. Throws Error{device} when
/// windows stay too short.
using Infer =
    std::function<std::optional<BenchmarkWindow>(std::size_t index, std::uint64_t iterations)>;
[[nodiscard]] std::vector<BenchmarkWindow> measure_windows(const WindowRules& rules,
                                                           const Infer& infer);

/// Inferences per second. `windows`: at least one.
[[nodiscard]] double median_per_second(const std::vector<BenchmarkWindow>& windows);
/// Energy of one inference; nothing where a window has none.
[[nodiscard]] std::optional<double> median_joules(const std::vector<BenchmarkWindow>& windows);

}  // namespace opline::measure
