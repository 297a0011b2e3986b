// src/measure/runtime.h - which runtime executed the networks, as fields. Its text is the frozen
// form in studies: "opline 0.1.0, planner 1", "toy 1.0, tflite, output check final".
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/measure/request.h"

namespace opline::measure {

struct Runtime {
  std::string name;                ///< "opline"; empty = unknown.
  std::string version;             ///< "0.1.0"; empty = unknown.
  std::optional<int> planner;      ///< Version of the memory planner; only where it executes plans.
  std::optional<Payload> payload;  ///< Missing where the user only gave a name.
  std::optional<OutputCheck> check;  ///< Of Payload::tflite.

  /// Whether it is opline's own, which chooses kernels as firmware/include/opline_plan.h does.
  [[nodiscard]] bool is_own() const;
  [[nodiscard]] std::string text() const;  ///< Empty = unknown.
  /// text(), or `unknown` where that is empty.
  [[nodiscard]] std::string text_or(std::string_view unknown) const;
  bool operator==(const Runtime&) const = default;
};

/// The inverse of Runtime::text(): parse_runtime(t).text() == t for every t. A text of another form
/// is a name.
[[nodiscard]] Runtime parse_runtime(std::string_view text);

}  // namespace opline::measure
