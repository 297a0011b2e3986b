// runners/energy/record.h - one recording of a given length.
#pragma once
#include <atomic>

#include "runners/energy/energy_meter.h"

namespace opline::energy {

/// Starts `meter`, receives until it has recorded `seconds` (> 0) or `stop` is set, and ends the
/// recording. Throws Error{device} as the meter does, and when it records nothing for `patience`
/// seconds.
[[nodiscard]] Trace record(EnergyMeter& meter, double seconds, const std::atomic<bool>& stop,
                           double patience = 5);

}  // namespace opline::energy
