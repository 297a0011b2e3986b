// src/figures/axis.h - one axis: its quantity, its unit, its range and its ticks.
//
// Values stay in base units (ops, seconds, joules, watts, bytes); only tick labels are in the
// axis's unit. Each axis has exactly one unit, and whatever is written in a figure about its
// quantity should use that one.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace opline::figures {

/// What the values of an axis are. `number` and `percent` have one unit only.
enum class Dimension { number, percent, ops, seconds, joules, watts, bytes };

/// A unit of a dimension: `value / scale` is shown with `name`.
struct Unit {
  double scale = 1;
  const char* name = "";
};
/// The largest unit of which `most` holds at least two, so that tick labels are neither long nor
/// all below 1: 41.2e6 ops in Mops, 0.55 s in ms, 1.5e9 ops in Mops, 3000 bytes in B.
[[nodiscard]] Unit unit_of(Dimension dimension, double most);

/// How positions along an axis follow from values. `automatic` is log where all values are above 0
/// and the largest is at least 100 times the smallest, else linear.
enum class Scale { automatic, linear, log };

/// An axis as a figure asks for it.
struct Axis {
  std::string label;  ///< "latency"; the unit is appended.
  Dimension dimension = Dimension::number;
  std::string column;  ///< Name of the values in the figure's CSV, with the base unit: "latency_s".
  Scale scale = Scale::automatic;
  /// Named categories instead of numbers: value i is names[i]. On a y axis the first is on top.
  std::vector<std::string> names;
};

/// A mark on an axis; one without a label is a minor one.
struct Tick {
  double value = 0;
  std::string label;
};

/// What an axis shows: values from `low` to `high`, low < high; both above 0 on a log axis.
struct AxisRange {
  bool log = false;
  double low = 0;
  double high = 1;
  Unit unit;
  /// 0 at `low`, 1 at `high`. A value that is not above 0 is far below a log axis.
  [[nodiscard]] double position(double value) const;
  /// The value at a position; inverse of position().
  [[nodiscard]] double value_at(double position) const;
  /// `value` moved to the nearest end where it is outside.
  [[nodiscard]] double clamped(double value) const;
};

/// The range for values from `smallest` to `largest` (both finite): with a margin; from 0 where the
/// values are not negative and reach below half of the largest. `scale` must not be log where
/// `smallest` is not above 0 (asserted).
[[nodiscard]] AxisRange range_of(const Axis& axis, double smallest, double largest);

/// Labelled ticks at 1, 2 or 5 times powers of ten, at most `most` (>= 2) of them; on a log axis at
/// powers of ten, with minor ticks between, or at 1, 2 and 5 where it spans fewer than two decades.
/// Labels have equal digits and no unit.
[[nodiscard]] std::vector<Tick> ticks_of(const AxisRange& range, std::size_t most);

/// "latency (ms)"; "residual" where there is no unit.
[[nodiscard]] std::string title_of(const Axis& axis, const AxisRange& range);

}  // namespace opline::figures
