#include "src/energy/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace opline::energy {

const char* to_string(Sampling sampling) {
  return sampling == Sampling::instant ? "instant" : "mean";
}

void Trace::add(double time, double current, double voltage) {
  seconds.push_back(time);
  amperes.push_back(current);
  volts.push_back(voltage);
}

std::uint64_t Trace::dropped() const {
  std::uint64_t sum = 0;
  for (const Gap& gap : gaps) sum += gap.samples;
  return sum;
}

namespace {

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

std::optional<std::string> fault_of_edges(const Trace& trace) {
  for (std::size_t i = 0; i < trace.edges.size(); ++i) {
    if (!std::isfinite(trace.edges[i].seconds)) return fmt::format("edge {} has no time", i);
    if (i > 0 && trace.edges[i].seconds < trace.edges[i - 1].seconds)
      return fmt::format("edge {} is before the one in front of it", i);
  }
  return std::nullopt;
}

std::optional<std::string> fault_of_gaps(const Trace& trace) {
  std::size_t last = 0;
  for (const Gap& gap : trace.gaps) {
    if (gap.before <= last || gap.before >= trace.size() || gap.samples == 0)
      return fmt::format("gap of {} samples before sample {}", gap.samples, gap.before);
    last = gap.before;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> fault(const Trace& trace) {
  const std::size_t n = trace.size();
  if (trace.amperes.size() != n || trace.volts.size() != n)
    return fmt::format("{} times, {} currents, {} voltages", n, trace.amperes.size(),
                       trace.volts.size());
  if (!(trace.interval > 0) || !std::isfinite(trace.interval))
    return fmt::format("an interval of {} s", trace.interval);
  if (!all_finite(trace.seconds) || !all_finite(trace.amperes) || !all_finite(trace.volts))
    return "a sample that is not finite";
  for (std::size_t i = 1; i < n; ++i) {
    if (trace.seconds[i] <= trace.seconds[i - 1])
      return fmt::format("sample {} at {} s is not after the one in front of it", i,
                         trace.seconds[i]);
  }
  if (auto edges = fault_of_edges(trace)) return edges;
  return fault_of_gaps(trace);
}

}  // namespace opline::energy
