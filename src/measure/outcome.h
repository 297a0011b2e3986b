// src/measure/outcome.h - what came of asking for a measurement.   Room: measure -> base.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline::measure {

/// Values are persisted and frozen.
enum class OutcomeKind : std::uint8_t {
  measured = 1,
  does_not_fit = 2,             ///< Flash or SRAM; `reason` has the bytes.
  timed_out = 3,                ///< The budget of cycles or time was used up.
  wrong_output = 4,             ///< A digest differs from the host's; never a measurement.
  executed_without_timing = 5,  ///< Right output, but the device has no clock or no cycle counter.
  board_lost = 6,               ///< The link or the board went away.
  crashed = 7,                  ///< Fault, unknown instruction, stack overflow; `reason` has the PC.
};
[[nodiscard]] std::string_view to_string(OutcomeKind kind);
[[nodiscard]] OutcomeKind outcome_kind_from_string(std::string_view text);

/// Raw figures as the device reported them. A value that is not known is missing, never 0.
struct Measurement {
  std::optional<std::uint64_t> cycles;       ///< Whole network, first layer's start to last layer's end.
  std::vector<std::uint64_t> layer_cycles;   ///< One a layer; empty when unknown.
  std::vector<std::uint32_t> layer_digests;  ///< One a layer; empty when unknown.
  std::optional<double> seconds;             ///< Only where no cycles are known (imported).
  std::optional<double> joules;              ///< Measured energy of one inference.
};

struct Outcome {
  OutcomeKind kind = OutcomeKind::measured;
  std::string reason;                      ///< Empty when measured; else what happened, with bytes or PC.
  std::optional<Measurement> measurement;  ///< Exactly when measured, or executed without timing (digests only).

  static Outcome failed(OutcomeKind kind, std::string reason) { return {kind, std::move(reason), std::nullopt}; }
};

}  // namespace opline::measure
