// runners/simulator/profile/profiler.h - makes the profile of a run.
//
//   const LineTable lines(read_file("firmware.elf"));
//   const ProfileWindow window{.from = image.symbol("fir"), .calls = 1};
//   const Profile profile = profile_run(machine, window, lines).profile;
//
// A Profiler is the sink of the machine's trace (Machine::trace), so it changes no cycle, and the
// machine can have no other trace meanwhile. Cost: some 40 ns of the host for each instruction in
// the window, 5 times the interpreter (Cortex-M7) or more; interpretation up to it; nothing after
// it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "runners/simulator/machine/machine.h"
#include "runners/simulator/profile/line_table.h"
#include "runners/simulator/profile/profile.h"

namespace opline::simulator {

/// What of a run is profiled. Addresses are code in flash, SRAM or ITCM; bit 0 is ignored.
struct ProfileWindow {
  /// First instruction; absent: the next one.
  std::optional<std::uint32_t> from = std::nullopt;
  /// Executions of `from` that are passed over first; only where it is in flash.
  std::uint64_t skip = 0;
  /// The window ends before this is executed; absent: see `calls`.
  std::optional<std::uint32_t> to = std::nullopt;
  /// With `from` at the beginning of a function, and without `to`: the window ends when so many of
  /// its calls have returned. 0: the window lasts until finish().
  std::uint64_t calls = 0;
  /// Whether each outermost call of `from` is a layer.
  bool layers = false;
};

class Profiler {
 public:
  /// Begins to trace. `machine` and `lines` must outlive the profiler. Throws as Machine::trace().
  Profiler(Machine& machine, const ProfileWindow& window, const LineTable& lines);
  ~Profiler();
  Profiler(const Profiler&) = delete;
  Profiler& operator=(const Profiler&) = delete;

  /// Whether the window has begun, and has ended.
  [[nodiscard]] bool begun() const;
  [[nodiscard]] bool done() const;

  /// Ends the trace and adds up. Throws Error{usage} if the window has not begun, or if it was to
  /// end somewhere and did not.
  [[nodiscard]] Profile finish() &&;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The profile of a run, and why the run stopped; absent: the window ended first.
struct ProfiledRun {
  Profile profile;
  std::optional<Stop> stop;
};

/// Runs `machine` until the window ends, the core stops or the budget is used up. Throws
/// Error{device} that says where the core stopped if the window had not begun or was to end
/// elsewhere.
[[nodiscard]] ProfiledRun profile_run(Machine& machine, const ProfileWindow& window,
                                      const LineTable& lines, Budget budget = {});

}  // namespace opline::simulator
