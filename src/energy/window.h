// src/energy/window.h - the energy of the windows that a trigger line marks.
//
//   const Windows found = windows_of(trace, Trigger::high);
//   const EnergyOfWindows energies(trace);
//   for (const Window& window : found.windows) {
//     const Result<WindowEnergy> energy = energies.of(window);
//     if (energy) use(energy->joules);
//   }
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "src/base/result.h"
#include "src/energy/integral.h"
#include "src/energy/trace.h"

namespace opline::energy {

/// How the trigger line marks a window.
enum class Trigger : std::uint8_t {
  high,   ///< The line is high during it.
  low,    ///< The line is low during it.
  pulse,  ///< A falling edge begins it and the next one ends it, as in MLPerf Tiny's energy mode.
};
/// "high", "low", "pulse".
[[nodiscard]] const char* to_string(Trigger trigger);
/// Throws Error{usage} that lists the triggers there are.
[[nodiscard]] Trigger trigger_from_string(std::string_view text);

struct Window {
  double begin = 0;  ///< Seconds; before `end`.
  double end = 0;
  [[nodiscard]] double seconds() const { return end - begin; }
  bool operator==(const Window&) const = default;
};

struct Windows {
  std::vector<Window> windows;  ///< In order of time, without overlap.
  /// Windows that were open when the recording began or ended. Always 0 for pulses, whose edges
  /// do not tell.
  std::size_t cut = 0;
  /// Edges without a partner: one between it and its neighbour was lost, or both are at one time;
  /// of pulses, the last of an odd number, which may mean that every window is off by one.
  std::size_t unpaired = 0;
};

[[nodiscard]] Windows windows_of(const Trace& trace, Trigger trigger);

struct WindowOptions {
  /// Power of the idle board, which is subtracted; above or equal to 0.
  std::optional<double> idle_watts = {};
  /// A window that lost more than this share of its samples is refused. 1 %: a straight line over
  /// the gap is wrong by less than the gap's own share of the energy.
  double most_dropped = 0.01;
};

struct WindowEnergy {
  Window window;
  double joules = 0;                       ///< Without `idle_joules`.
  double mean_watts = 0;                   ///< joules / window.seconds().
  double mean_volts = 0;                   ///< Over time.
  std::uint64_t samples = 0;               ///< In the window; at least 2.
  std::uint64_t dropped = 0;               ///< Lost in the window.
  std::optional<double> idle_joules = {};  ///< What was subtracted.
};

/// Integrates windows of one trace. Sums are made once: O(samples), then O(log samples) per window.
class EnergyOfWindows {
 public:
  /// Asserts that the trace has no fault() and at least one sample; it must outlive this object.
  explicit EnergyOfWindows(const Trace& trace);

  /// No value where the recording does not cover the window, where the window has fewer than two
  /// samples, and where more than options.most_dropped of its samples are lost.
  [[nodiscard]] Result<WindowEnergy> of(const Window& window,
                                        const WindowOptions& options = {}) const;

  /// Mean power of everything that is further than `guard` seconds from every window, where that
  /// is at least a tenth of a second. `windows`: in order of time.
  [[nodiscard]] Result<double> idle_watts(std::span<const Window> windows, double guard) const;

 private:
  [[nodiscard]] Window covered() const;
  [[nodiscard]] std::uint64_t samples_in(const Window& window) const;
  [[nodiscard]] std::uint64_t dropped_in(const Window& window) const;

  const Trace& trace_;
  Integral power_;
  Integral volts_;
};

}  // namespace opline::energy
