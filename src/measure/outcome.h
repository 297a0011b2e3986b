// src/measure/outcome.h - what came of asking for a measurement.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace opline::measure {

/// Values are persisted and frozen.
enum class OutcomeKind : std::uint8_t {
  measured = 1,
  does_not_fit = 2,  ///< Flash, SRAM or a limit of the runtime; `reason` has the figures.
  timed_out = 3,     ///< The budget of cycles or time was used up.
  wrong_output = 4,  ///< A digest differs from the host's; never a measurement.
  executed_without_timing = 5,  ///< Right output, but the device has no clock or no cycle counter.
  board_lost = 6,               ///< The link or the board went away.
  crashed = 7,  ///< Fault, unknown instruction, stack overflow; `reason` has the PC.
};
/// "measured", "does_not_fit", ...: the enumerator's name, frozen like its value.
[[nodiscard]] std::string_view to_string(OutcomeKind kind);
/// Throws Error{input} that lists the kinds there are.
[[nodiscard]] OutcomeKind outcome_kind_from_string(std::string_view text);

/// Raw figures as the device reported them. A value that is not known is missing, never 0.
struct Measurement {
  std::optional<std::uint64_t> cycles;  ///< Whole network, first layer's start to last layer's end.
  std::vector<std::uint64_t> layer_cycles;   ///< One per layer; empty when unknown.
  std::vector<std::uint32_t> layer_digests;  ///< One per layer; empty when unknown.
  std::optional<double> seconds;             ///< Only where no cycles are known (imported).
  std::optional<double> joules;              ///< Measured energy of one inference.
  /// Of every run, in order, where there were several; `cycles` is then their median.
  std::vector<std::uint64_t> repeat_cycles{};
};

/// The run with the median of `cycles`, of an even number the lower one of the two in the middle,
/// with the cycles of all. `runs`: at least 1, each with cycles.
[[nodiscard]] Measurement median_of_runs(const std::vector<Measurement>& runs);

struct Outcome {
  OutcomeKind kind = OutcomeKind::measured;
  std::string reason;  ///< Empty when measured; else what happened, with bytes or PC.
  /// Exactly when measured, or executed without timing (digests only).
  std::optional<Measurement> measurement;

  static Outcome measured(Measurement measurement) {
    return {OutcomeKind::measured, "", std::move(measurement)};
  }
  static Outcome failed(OutcomeKind kind, std::string reason) {
    return {kind, std::move(reason), std::nullopt};
  }
};

/// Nothing when `outcome` is as described above; else what is wrong with it, for a message. A
/// measured one has either cycles or seconds, no reason, and no value that is 0 (a counter that
/// reads 0 was not running) or above 2^63 - 1 (what a study holds); layers add up to no more than
/// the whole. Any other has a reason and no figures; only `executed_without_timing` has digests.
[[nodiscard]] std::optional<std::string> fault(const Outcome& outcome);

/// `outcome` of a network of `layers` layers; where fault() objects, or the number of layers with
/// results is another, an outcome that says so: whatever a device reports can be stored.
///   - figures that cannot be: executed_without_timing, with the digests;
///   - results of another number of layers: wrong_output;
///   - anything else: the same kind without figures (board_lost for a measurement without any).
[[nodiscard]] Outcome storable(Outcome outcome, std::size_t layers);

}  // namespace opline::measure
