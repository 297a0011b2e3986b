#include "src/measure/benchmark_windows.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "src/base/error.h"

namespace opline::measure {
namespace {

constexpr double kMargin = 1.02;  // clocks of boards drift by less
constexpr int kMostShort = 12;  // each is longer than the one before, by a hundred times or enough
constexpr double kMostGrowth = 100;  // a very short window does not tell its rate

double median(std::vector<double> values) {
  OPLINE_ASSERT(!values.empty(), "the median of nothing");
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace

bool is_long_enough(const BenchmarkWindow& window, const WindowRules& rules) {
  return window.seconds >= rules.seconds && window.iterations >= rules.iterations;
}

std::uint64_t iterations_after(const BenchmarkWindow& before, const WindowRules& rules) {
  constexpr double kMost = std::numeric_limits<std::int32_t>::max();
  const double wanted = std::ceil(before.per_second() * rules.seconds * kMargin);
  const double grown =
      std::min({wanted, kMostGrowth * static_cast<double>(before.iterations), kMost});
  return std::max(rules.iterations, static_cast<std::uint64_t>(grown));
}

std::vector<BenchmarkWindow> measure_windows(const WindowRules& rules, const Infer& infer) {
  std::vector<BenchmarkWindow> windows;
  std::uint64_t iterations = rules.iterations;
  for (int short_ones = 0; windows.size() < rules.windows;) {
    const std::optional<BenchmarkWindow> window = infer(windows.size(), iterations);
    if (!window) return windows;
    if (is_long_enough(*window, rules)) {
      windows.push_back(*window);
      continue;
    }
    if (++short_ones > kMostShort)
      throw Error(ErrorCode::device,
                  "{} inferences took {:.3g} s, less than the {:.3g} s of a window, however many "
                  "are asked for; does the device execute them, and is its clock right?",
                  window->iterations, window->seconds, rules.seconds);
    iterations = iterations_after(*window, rules);
  }
  return windows;
}

double median_per_second(const std::vector<BenchmarkWindow>& windows) {
  std::vector<double> values;
  for (const BenchmarkWindow& window : windows) values.push_back(window.per_second());
  return median(std::move(values));
}

std::optional<double> median_joules(const std::vector<BenchmarkWindow>& windows) {
  std::vector<double> values;
  for (const BenchmarkWindow& window : windows) {
    if (!window.joules) return std::nullopt;
    values.push_back(*window.joules / static_cast<double>(window.iterations));
  }
  return median(std::move(values));
}

}  // namespace opline::measure
