#include "src/energy/recording_energy.h"

#include <algorithm>
#include <cmath>

#include "src/base/error.h"

namespace opline::energy {
namespace {

constexpr double kGuardSeconds = 1e-3;
constexpr double kGuardSamples = 5;

/// The window from the first to the last sample, whatever was lost.
WindowEnergy whole(const Trace& trace, const EnergyOfWindows& energies) {
  return energies.of({trace.seconds.front(), trace.seconds.back()}, {.most_dropped = 1}).value();
}

std::optional<EnergySpread> spread_of(const std::vector<Result<WindowEnergy>>& energies) {
  EnergySpread spread;
  double joules = 0;
  double seconds = 0;
  for (const auto& energy : energies) {
    if (!energy) continue;
    ++spread.windows;
    joules += energy->joules;
    seconds += energy->window.seconds();
  }
  if (spread.windows == 0) return std::nullopt;
  const auto count = static_cast<double>(spread.windows);
  spread.mean_joules = joules / count;
  spread.mean_watts = joules / seconds;
  double squares = 0;
  for (const auto& energy : energies) {
    if (energy)
      squares += (energy->joules - spread.mean_joules) * (energy->joules - spread.mean_joules);
  }
  if (spread.windows > 1) spread.deviation_joules = std::sqrt(squares / (count - 1));
  return spread;
}

}  // namespace

RecordingEnergy energy_of_recording(const Trace& trace, const RecordingOptions& options) {
  OPLINE_ASSERT(trace.size() >= 2, "a recording with {} samples", trace.size());
  const EnergyOfWindows energies(trace);
  const WindowEnergy all = whole(trace, energies);
  RecordingEnergy found;
  found.options = options;
  found.seconds = all.window.seconds();
  found.mean_watts = all.mean_watts;
  found.mean_volts = all.mean_volts;
  found.sample_hz = 1 / trace.interval;
  found.samples = trace.size();
  found.dropped = trace.dropped();
  found.windows = windows_of(trace, options.trigger);
  found.idle_watts = energies.idle_watts(found.windows.windows,
                                         std::max(kGuardSeconds, kGuardSamples * trace.interval));
  WindowOptions of_window{.most_dropped = options.most_dropped};
  if (options.subtract_idle) of_window.idle_watts = found.idle_watts.optional();
  for (const Window& window : found.windows.windows) {
    if (options.subtract_idle && !found.idle_watts)
      found.energies.push_back(
          NoValue("the idle power is not known: {}", found.idle_watts.reason()));
    else
      found.energies.push_back(energies.of(window, of_window));
  }
  found.spread = spread_of(found.energies);
  return found;
}

}  // namespace opline::energy
