// src/measure/request.h - what a runner is asked to measure.
//
// Plain data: a runner needs no network to measure one. The plan is what the wire carries (opline_plan.h in
// firmware/include: header and layer descriptors); its header says how much of the pools and of the arena it
// uses, so a runner answers `does not fit` from these bytes alone. What a runner answers is an Outcome; the
// conditions are its Setup.   Room: measure -> base.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace opline::measure {

/// One network, to be measured once.
struct Request {
  std::string network;  ///< The network's id: the digest of its canonical text, 32 hexadecimal digits.
  std::vector<std::uint8_t> plan;  ///< Header and layer descriptors, little-endian.
  /// CRC-32 of every layer's output, as the host computed them; one a layer. A run that gives others is
  /// `wrong_output`.
  std::vector<std::uint32_t> expected_digests;
  /// true: a device that can't time is refused with Error{device} before it executes anything. false: the
  /// outputs are what is asked for, and such a device answers `executed_without_timing`.
  bool timing_required = true;
  /// Core cycles that one execution may take before the outcome is `timed_out`; above 0. A runner without a
  /// cycle counter turns them into seconds by the clock of its setup.
  std::uint64_t budget_cycles = 0;
};

/// Nothing when `request` can be given to a runner; else what is wrong with it, for a message. What is inside
/// the plan is the device's to check.
[[nodiscard]] std::optional<std::string> fault(const Request& request);

}  // namespace opline::measure
