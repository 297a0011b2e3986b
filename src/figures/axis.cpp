#include "src/figures/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "src/base/error.h"

namespace opline::figures {
namespace {

constexpr double kDecadesForLog = 100;  // largest over smallest

constexpr Unit kNumber[] = {{1, ""}};
constexpr Unit kPercent[] = {{1, "%"}};
constexpr Unit kOps[] = {{1e9, "Gops"}, {1e6, "Mops"}, {1e3, "kops"}, {1, "ops"}};
constexpr Unit kSeconds[] = {{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}, {1e-9, "ns"}};
constexpr Unit kJoules[] = {{1, "J"}, {1e-3, "mJ"}, {1e-6, "µJ"}, {1e-9, "nJ"}};
constexpr Unit kWatts[] = {{1, "W"}, {1e-3, "mW"}, {1e-6, "µW"}};
constexpr Unit kBytes[] = {{1024.0 * 1024, "MiB"}, {1024, "KiB"}, {1, "B"}};

std::span<const Unit> units_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::number:
      return kNumber;
    case Dimension::percent:
      return kPercent;
    case Dimension::ops:
      return kOps;
    case Dimension::seconds:
      return kSeconds;
    case Dimension::joules:
      return kJoules;
    case Dimension::watts:
      return kWatts;
    case Dimension::bytes:
      return kBytes;
  }
  OPLINE_ASSERT(false, "dimension {}", static_cast<int>(dimension));
  return kNumber;
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `wanted` > 0.
double round_step(double wanted) {
  const double decade = std::pow(10, std::floor(std::log10(wanted)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * decade >= wanted * (1 - 1e-9)) return factor * decade;
  }
  return 10 * decade;
}

std::vector<Tick> linear_ticks(const AxisRange& range, std::size_t most) {
  const double low = range.low / range.unit.scale;
  const double high = range.high / range.unit.scale;
  double step = round_step((high - low) / static_cast<double>(most));
  const auto first = [&] { return std::ceil(low / step - 1e-9); };
  const auto last = [&] { return std::floor(high / step + 1e-9); };
  while (last() - first() + 1 > static_cast<double>(most)) step = round_step(step * 1.5);
  const int decimals = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
  std::vector<Tick> ticks;
  const auto count = static_cast<std::size_t>(std::max(0.0, last() - first() + 1));
  for (std::size_t i = 0; i < count; ++i) {
    const double value = (first() + static_cast<double>(i)) * step;
    ticks.push_back({value * range.unit.scale, fmt::format("{:.{}f}", value + 0.0, decimals)});
  }
  return ticks;
}

std::vector<Tick> log_ticks(const AxisRange& range, std::size_t most) {
  const double low = std::log10(range.low / range.unit.scale);
  const double high = std::log10(range.high / range.unit.scale);
  const bool dense = high - low < 2;
  const int every =
      std::max(1, static_cast<int>(std::ceil((high - low) / static_cast<double>(most))));
  std::vector<Tick> ticks;
  for (int decade = static_cast<int>(std::floor(low)); decade <= high; ++decade) {
    for (int factor = 1; factor < 10; ++factor) {
      const double value = factor * std::pow(10, decade);
      if (std::log10(value) < low - 1e-9 || std::log10(value) > high + 1e-9) continue;
      const bool labelled =
          dense ? factor == 1 || factor == 2 || factor == 5 : factor == 1 && decade % every == 0;
      ticks.push_back({value * range.unit.scale, labelled ? fmt::format("{:g}", value) : ""});
    }
  }
  return ticks;
}

}  // namespace

Unit unit_of(Dimension dimension, double most) {
  const std::span<const Unit> units = units_of(dimension);
  for (const Unit& unit : units) {
    if (std::abs(most) >= 2 * unit.scale) return unit;
  }
  return units.back();
}

double AxisRange::position(double value) const {
  if (!log) return (value - low) / (high - low);
  return value > 0 ? std::log(value / low) / std::log(high / low) : -1e3;
}

double AxisRange::value_at(double position) const {
  return log ? low * std::pow(high / low, position) : low + position * (high - low);
}

double AxisRange::clamped(double value) const { return std::clamp(value, low, high); }

AxisRange range_of(const Axis& axis, double smallest, double largest) {
  AxisRange range;
  if (!axis.names.empty()) return {false, -0.6, static_cast<double>(axis.names.size()) - 0.4, {}};
  range.unit = unit_of(axis.dimension, std::max(std::abs(smallest), std::abs(largest)));
  range.log = axis.scale == Scale::log || (axis.scale == Scale::automatic && smallest > 0 &&
                                           largest >= kDecadesForLog * smallest);
  if (range.log) {
    OPLINE_ASSERT(smallest > 0, "a log axis from {}", smallest);
    const double margin = std::pow(std::max(largest / smallest, 1.2), 0.04);
    range.low = smallest / margin;
    range.high = largest * margin;
  } else if (smallest >= 0 && smallest < 0.5 * largest) {
    range.low = 0;
    range.high = largest * 1.04;
  } else {
    const double spread =
        largest > smallest ? largest - smallest : std::max(std::abs(largest), 1.0);
    range.low = smallest - 0.05 * spread;
    range.high = largest + 0.05 * spread;
  }
  return range;
}

std::vector<Tick> ticks_of(const AxisRange& range, std::size_t most) {
  OPLINE_ASSERT(most >= 2 && range.low < range.high, "ticks of an empty axis");
  return range.log ? log_ticks(range, most) : linear_ticks(range, most);
}

std::string title_of(const Axis& axis, const AxisRange& range) {
  return *range.unit.name == '\0' ? axis.label
                                  : fmt::format("{} ({})", axis.label, range.unit.name);
}

}  // namespace opline::figures
