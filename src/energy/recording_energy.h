// src/energy/recording_energy.h - everything that a recording says: itself, its windows, and the
// spread of their energy.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "src/base/result.h"
#include "src/energy/trace.h"
#include "src/energy/window.h"

namespace opline::energy {

struct RecordingOptions {
  Trigger trigger = Trigger::high;
  bool subtract_idle = false;  ///< RecordingEnergy::idle_watts, from every window.
  double most_dropped = WindowOptions{}.most_dropped;
};

/// What energy below 0 means.
inline constexpr const char* kReversedCurrent =
    "the energy is below 0: the current flows backwards; exchange the two ends of the meter's "
    "current path, or change the sign of the trace's current";

/// Over windows: their number, mean energy, and its standard deviation for at least two.
struct EnergySpread {
  std::size_t windows = 0;
  double mean_joules = 0;
  double mean_watts = 0;  ///< Energy of all over time of all.
  std::optional<double> deviation_joules = {};
};

struct RecordingEnergy {
  RecordingOptions options;
  double seconds = 0;  ///< That the samples cover.
  double mean_watts = 0;
  double mean_volts = 0;
  double sample_hz = 0;
  std::uint64_t samples = 0;
  std::uint64_t dropped = 0;
  /// Mean power more than 1 ms, and more than five samples, away from every window: regulators
  /// and decoupling capacitors take that long to settle.
  Result<double> idle_watts = NoValue("not measured");
  Windows windows;
  std::vector<Result<WindowEnergy>> energies;  ///< One per window.
  std::optional<EnergySpread> spread;          ///< Nothing where no window has an energy.
};

/// `trace`: without fault(), with at least two samples.
[[nodiscard]] RecordingEnergy energy_of_recording(const Trace& trace,
                                                  const RecordingOptions& options);

}  // namespace opline::energy
