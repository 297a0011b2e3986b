#include "src/energy/window.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "src/base/counted.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/base/suggest.h"
#include "src/base/units.h"

namespace opline::energy {
namespace {

constexpr std::array kTriggers = {Trigger::high, Trigger::low, Trigger::pulse};

std::vector<double> watts_of(const Trace& trace) {
  std::vector<double> watts(trace.size());
  for (std::size_t i = 0; i < trace.size(); ++i) watts[i] = trace.amperes[i] * trace.volts[i];
  return watts;
}

const Trace& checked(const Trace& trace) {
  const std::optional<std::string> wrong = fault(trace);
  OPLINE_ASSERT(!wrong && !trace.empty(), "a trace with {}", wrong.value_or("no sample"));
  return trace;
}

void add_window(Windows& found, double begin, double end) {
  if (begin < end)
    found.windows.push_back({begin, end});
  else
    found.unpaired += 2;
}

Windows pairs_of_pulses(const Trace& trace) {
  std::vector<double> falls;
  for (const TriggerEdge& edge : trace.edges) {
    if (!edge.rising) falls.push_back(edge.seconds);
  }
  Windows found;
  for (std::size_t i = 1; i < falls.size(); i += 2) add_window(found, falls[i - 1], falls[i]);
  found.unpaired += falls.size() % 2;
  return found;
}

/// The edge before tells why an edge has no partner: without one, the window was open when the
/// recording began; one in the same direction means that the edge between them was lost.
Windows levels(const Trace& trace, bool high) {
  Windows found;
  const TriggerEdge* last = nullptr;
  for (const TriggerEdge& edge : trace.edges) {
    const bool begins = edge.rising == high;
    if (last == nullptr)
      found.cut += begins ? 0 : 1;
    else if (last->rising == edge.rising)
      ++found.unpaired;
    else if (!begins)
      add_window(found, last->seconds, edge.seconds);
    last = &edge;
  }
  found.cut += last != nullptr && last->rising == high ? 1 : 0;
  return found;
}

}  // namespace

const char* to_string(Trigger trigger) {
  switch (trigger) {
    case Trigger::high:
      return "high";
    case Trigger::low:
      return "low";
    case Trigger::pulse:
      return "pulse";
  }
  OPLINE_ASSERT(false, "trigger {}", static_cast<int>(trigger));
  return "";
}

Trigger trigger_from_string(std::string_view text) {
  std::vector<std::string> known;
  for (const Trigger trigger : kTriggers) {
    if (text == to_string(trigger)) return trigger;
    known.emplace_back(to_string(trigger));
  }
  throw Error(ErrorCode::usage, "`{}` is not a trigger; known: high, low, pulse{}",
              printable(text, 40), did_you_mean(text, known));
}

Windows windows_of(const Trace& trace, Trigger trigger) {
  if (trigger == Trigger::pulse) return pairs_of_pulses(trace);
  return levels(trace, trigger == Trigger::high);
}

EnergyOfWindows::EnergyOfWindows(const Trace& trace)
    : trace_(checked(trace)),
      power_(trace.seconds, watts_of(trace), trace.sampling, trace.interval),
      volts_(trace.seconds, trace.volts, trace.sampling, trace.interval) {}

/// A sample stands for the interval around it, a mean for the interval in front of it.
Window EnergyOfWindows::covered() const {
  const bool mean = trace_.sampling == Sampling::mean;
  const double before = mean ? trace_.interval : trace_.interval / 2;
  const double after = mean ? 0 : trace_.interval / 2;
  return {trace_.seconds.front() - before, trace_.seconds.back() + after};
}

std::uint64_t EnergyOfWindows::samples_in(const Window& window) const {
  const auto first = std::lower_bound(trace_.seconds.begin(), trace_.seconds.end(), window.begin);
  return static_cast<std::uint64_t>(std::upper_bound(first, trace_.seconds.end(), window.end) -
                                    first);
}

/// The lost samples are evenly spaced between their neighbours.
std::uint64_t EnergyOfWindows::dropped_in(const Window& window) const {
  std::uint64_t sum = 0;
  for (const Gap& gap : trace_.gaps) {
    const double begin = trace_.seconds[gap.before - 1];
    const double end = trace_.seconds[gap.before];
    if (end <= window.begin || begin >= window.end) continue;
    const auto count = static_cast<double>(gap.samples);
    const double step = (end - begin) / (count + 1);
    const double first = std::max(1.0, std::ceil((window.begin - begin) / step));
    const double last = std::min(count, std::floor((window.end - begin) / step));
    if (last >= first) sum += static_cast<std::uint64_t>(last - first) + 1;
  }
  return sum;
}

Result<WindowEnergy> EnergyOfWindows::of(const Window& window, const WindowOptions& options) const {
  OPLINE_ASSERT(window.begin < window.end, "a window of {} s", window.seconds());
  const Window recorded = covered();
  if (window.begin < recorded.begin || window.end > recorded.end)
    return NoValue("lasts from {:.6f} to {:.6f} s, the recording from {:.6f} to {:.6f} s",
                   window.begin, window.end, recorded.begin, recorded.end);
  WindowEnergy energy{window};
  energy.samples = samples_in(window);
  energy.dropped = dropped_in(window);
  const auto samples = static_cast<double>(energy.samples);
  const auto dropped = static_cast<double>(energy.dropped);
  if (dropped > options.most_dropped * (samples + dropped))
    return NoValue("lost {} of {}, {:.3g} %; at most {:.3g} % may be lost", energy.dropped,
                   counted(energy.samples + energy.dropped, "sample"),
                   100 * dropped / (samples + dropped), 100 * options.most_dropped);
  if (energy.samples < 2)
    return NoValue("lasts {} and has {}; sample faster, or let it span more inferences",
                   format_seconds(window.seconds()), counted(energy.samples, "sample"));
  energy.joules = power_.between(window.begin, window.end);
  energy.mean_volts = volts_.between(window.begin, window.end) / window.seconds();
  if (options.idle_watts) {
    energy.idle_joules = *options.idle_watts * window.seconds();
    energy.joules -= *energy.idle_joules;
  }
  energy.mean_watts = energy.joules / window.seconds();
  return energy;
}

Result<double> EnergyOfWindows::idle_watts(std::span<const Window> windows, double guard) const {
  constexpr double kLeastSeconds = 0.1;
  const Window recorded = covered();
  double joules = 0;
  double seconds = 0;
  double begin = recorded.begin;
  const auto add_until = [&](double end) {
    end = std::min(end, recorded.end);
    if (end <= begin) return;
    joules += power_.between(begin, end);
    seconds += end - begin;
  };
  for (const Window& window : windows) {
    add_until(window.begin - guard);
    begin = std::max(begin, window.end + guard);
  }
  add_until(recorded.end);
  if (seconds < kLeastSeconds)
    return NoValue("{} outside the windows; {} are needed",
                   seconds > 0 ? "only " + format_seconds(seconds) + " lie" : "nothing lies",
                   format_seconds(kLeastSeconds));
  return joules / seconds;
}

}  // namespace opline::energy
