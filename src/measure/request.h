// src/measure/request.h - what a runner is asked to measure.
//
// Plain data: a runner needs no network to measure one. For opline's own runtime the payload is a
// plan, which the wire carries (opline_plan.h in firmware/include: header and layer descriptors)
// and whose header says how much of pools and arena it uses; for any other runtime it is a .tflite
// file in the flash region that its firmware reserves (docs/own-runtime.md). What a runner answers
// is an Outcome; the conditions are its Setup.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline::measure {

/// What a firmware executes.
enum class Payload : std::uint8_t {
  plan,   ///< opline's own runtime, and custom builds of it.
  tflite  ///< Another runtime: firmware/include/opline_device.h.
};
/// "plan", "tflite".
[[nodiscard]] std::string_view to_string(Payload payload);
/// Throws Error{usage} that lists the payloads there are.
[[nodiscard]] Payload payload_from_string(std::string_view text);

/// How another runtime's output is judged. (A plan's layers are compared always, all of them.)
enum class OutputCheck : std::uint8_t {
  final,  ///< The network's outputs have the digest that the host computes.
  none    ///< Not at all: the runtime rounds otherwise.
};
[[nodiscard]] std::string_view to_string(OutputCheck check);
/// Throws Error{usage} that lists the checks there are.
[[nodiscard]] OutputCheck output_check_from_string(std::string_view text);

/// One network, to be measured once.
struct Request {
  std::string
      network;  ///< The network's id: the digest of its canonical text, 32 hexadecimal digits.
  std::vector<std::uint8_t>
      plan;  ///< Header and layer descriptors, little-endian. Empty for a .tflite.
  /// CRC-32 of every layer's output, as the host computed them; one per layer. A run that gives
  /// others is `wrong_output`. Empty only where the output is not checked.
  std::vector<std::uint32_t> expected_digests;
  /// true: a device that can't time is refused with Error{device} before it executes anything.
  /// false: the outputs are what is asked for, and such a device answers `executed_without_timing`.
  bool timing_required = true;
  /// Core cycles that one execution may take before the outcome is `timed_out`; above 0. A runner
  /// without a cycle counter turns them into seconds by the clock of its setup.
  std::uint64_t budget_cycles = 0;

  Payload payload = Payload::plan;
  /// For the device's reserved flash region, from its start: the tensors of a plan that has its own
  /// (empty: it uses the pools), or the .tflite file.
  std::vector<std::uint8_t> tensors{};
  /// Of the rest only a .tflite makes use; a plan says it itself.
  std::uint32_t input_seed = 1;  ///< Of opline_input_byte(): the input for which the digests hold.
  OutputCheck output_check = OutputCheck::final;
  /// CRC-32 of its outputs, one behind the other in the file's order, where that is
  /// not the last layer's digest: of several outputs.
  std::optional<std::uint32_t> expected_output{};
  /// For each operator of the file the layer that its cycles belong to, ascending. A device that
  /// reports another number of operators (it fuses some) has a total only.
  std::vector<std::uint32_t> layer_of_operator{};
};

/// Nothing when `request` can be given to a runner; else what is wrong with it, for a message. What
/// is inside the plan is the device's to check.
[[nodiscard]] std::optional<std::string> fault(const Request& request);

}  // namespace opline::measure
