// src/evaluation/calibration/scope.h - what a calibration holds for.
//
// A constant between simulated and measured seconds belongs to the firmware that it was determined
// with: with other kernels, or other flags, the same published latencies are 1.4 to 2.3 times what
// the simulator gives instead of 0.97 to 1.01 (docs/accuracy.md). And it belongs to the model of
// time: with an earlier one it was 1.16. So a scope is every field of a setup that moves cycles.
// The firmware's digest is one of them only where compiler or flags are not recorded and the digest
// alone says which build it is.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/base/strict_json.h"
#include "src/measure/setup.h"

namespace opline::evaluation {

/// Fields are empty (or none) where they are unknown.
struct Scope {
  std::string board;
  std::optional<std::uint64_t> clock_hz;
  std::string runtime;
  std::string firmware_digest;
  std::string compiler;
  std::string flags;
  std::string placement;
  std::string timing_model;  ///< Of the simulation that was calibrated.

  bool operator==(const Scope&) const = default;
  /// The fields in a fixed order, null for unknown.
  [[nodiscard]] Json to_json() const;
  /// The inverse; strict. Throws Error{input}.
  static Scope from_json(StrictObject json);
  /// digest() of to_json() as text.
  [[nodiscard]] std::string id() const;
  /// "nucleo-f446re, opline 0.1.0, planner 2, scope 1a2b3c4d": the last is the beginning of id().
  [[nodiscard]] std::string title() const;
};

[[nodiscard]] Scope scope_of(const measure::Setup& setup);

/// A field in which two scopes differ.
struct ScopeDifference {
  std::string field;  ///< "runtime", "flags", ...
  std::string a, b;   ///< Empty for unknown.
};
[[nodiscard]] std::vector<ScopeDifference> differences(const Scope& a, const Scope& b);

/// The words of `text` that `other` has not: of two long lines of flags what matters. `text` itself
/// where there are none.
[[nodiscard]] std::string own_words(const std::string& text, const std::string& other);

/// "flags -Os against -O2, runtime tflm 2021 against opline 0.1.0": of long flags only the words
/// that the other has not; "unknown" for what is. Printable.
[[nodiscard]] std::string text_of(const std::vector<ScopeDifference>& differences);

}  // namespace opline::evaluation
