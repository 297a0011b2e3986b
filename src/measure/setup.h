// src/measure/setup.h - under which conditions a measurement was taken.
//
// Two measurements may be compared, or meet in one fit, only when their setups are the same; so
// everything that moves a latency is a field, and unknown is said as unknown.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/base/json.h"
#include "src/measure/runtime.h"

namespace opline::measure {

/// How a measurement was obtained. Values are persisted and frozen.
enum class Runner : std::uint8_t { simulated = 1, attached = 2, imported = 3 };
[[nodiscard]] std::string_view to_string(Runner runner);
/// Throws Error{input} that lists the runners there are.
[[nodiscard]] Runner runner_from_string(std::string_view text);

struct Setup {
  std::string board;  ///< "nucleo-f446re"; for imported data whatever the user calls it.
  std::string core;   ///< "cortex-m4"; empty = unknown.
  std::optional<std::uint64_t> clock_hz;  ///< Of the core.
  std::optional<double> supply_volts;     ///< At the core's supply pins.
  Runtime runtime;                        ///< Without a name = unknown.
  std::string firmware_digest;  ///< opline::digest of what the image loads; empty = unknown.
  std::string compiler;         ///< "arm-none-eabi-gcc 12.2.1"; empty = unknown.
  std::string flags;            ///< "-O2 -mcpu=cortex-m4 ..."; empty = unknown.
  std::string placement;        ///< "code, weights: flash; arena, stack: sram"; empty = unknown.
  Runner runner = Runner::simulated;
  std::string timing_model;  ///< "cortex-m4/3, data 1f2e3d4c"; empty on hardware.

  /// All fields in a fixed order and null for unknown: one line of JSON without blanks, the setup's
  /// identity. Throws Error{input} without a board, for a clock or supply that is not above 0, and
  /// for text that is not UTF-8.
  [[nodiscard]] std::string canonical_text() const;
  /// digest(canonical_text()).
  [[nodiscard]] std::string id() const;
  /// The same fields as a value; throws as canonical_text().
  [[nodiscard]] Json to_json() const;
  /// The inverse of to_json(). Throws Error{input} on a missing or unknown key, a wrong type, or a
  /// value out of range.
  static Setup from_json(const Json& json);
};

}  // namespace opline::measure
