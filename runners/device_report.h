// runners/device_report.h - what a device reports of a run, read and judged.
//
// Internal to the module: a session gives the lines of `plan report%` or `model report%`
// (docs/formats/protocol.md) and gets an outcome. What a device does wrong is an Outcome, never an
// exception.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/measure/outcome.h"
#include "src/measure/request.h"

namespace opline::runners {

/// The inside of "<prefix>[...]".
[[nodiscard]] std::optional<std::string_view> bracketed(std::string_view line,
                                                        std::string_view prefix);

/// Measured, executed without timing, a wrong output, or a report that can't be trusted.
[[nodiscard]] measure::Outcome judge(const std::vector<std::string>& lines,
                                     const measure::Request& request);

}  // namespace opline::runners
