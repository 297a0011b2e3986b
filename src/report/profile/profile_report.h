// src/report/profile/profile_report.h - a profile as text and as JSON (docs/formats/profile.md).
//
//   kws-s on NUCLEO-F446RE, 180 MHz (simulated, cortex-m4/2, uncalibrated): the measured run
//   26123456 cycles = 145 ms, 20012345 instructions, 1.305 cycles per instruction
//
//   cause              cycles    share
//   issue            20000000   76.6 %
//   ...
#pragma once
#include <string>

#include "src/base/json.h"
#include "src/report/profile/profile_view.h"

namespace opline::report {

enum class ProfileDetail { one_screen, everything };

[[nodiscard]] std::string in_words(const ProfileView& view, ProfileDetail detail);
/// The executed instructions of one function, with the cycles of an average execution by cause:
///
///      address  executed  cycles  paired  instruction             waits for          source
///     080034e4     93492    2.06    19 %  ldr.w r8, [r9]          data-cache 1.25    dot_2x2.h:37
[[nodiscard]] std::string annotated(const ProfileView& view, simulator::FunctionIndex function);
/// With `everything` also each executed instruction.
[[nodiscard]] Json to_json(const ProfileView& view, ProfileDetail detail);

}  // namespace opline::report
