// src/energy/trace.h - what a power meter recorded: current and voltage over time, and the edges of
// the trigger line that marks inferences.
//
//   Trace trace;
//   trace.interval = 1e-5;
//   trace.add(0.0, 0.012, 1.8);
//   trace.edges.push_back({0.00104, true});
//   const auto windows = windows_of(trace, Trigger::high);   // src/energy/window.h
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace opline::energy {

/// What a sample is.
enum class Sampling : std::uint8_t {
  instant,  ///< The value at its time; between samples it is taken to be linear.
  mean,     ///< The mean over the interval that ends at its time.
};
/// "instant", "mean".
[[nodiscard]] const char* to_string(Sampling sampling);

/// A change of the trigger line.
struct TriggerEdge {
  double seconds = 0;
  bool rising = false;
  bool operator==(const TriggerEdge&) const = default;
};

/// Samples that were lost in front of the sample `before`, which is at least 1.
struct Gap {
  std::size_t before = 0;
  std::uint64_t samples = 0;
  bool operator==(const Gap&) const = default;
};

struct Trace {
  std::vector<double> seconds;  ///< Strictly ascending. From the start of the recording.
  std::vector<double> amperes;  ///< As many.
  std::vector<double> volts;    ///< As many; at the terminals of the load.
  Sampling sampling = Sampling::instant;
  double interval = 0;             ///< Seconds between samples where none is lost; above 0.
  std::vector<TriggerEdge> edges;  ///< In order of time.
  std::vector<Gap> gaps;           ///< In order of `before`.

  /// Appends a sample.
  void add(double time, double current, double voltage);
  [[nodiscard]] std::size_t size() const { return seconds.size(); }
  [[nodiscard]] bool empty() const { return seconds.empty(); }
  /// Samples that were lost.
  [[nodiscard]] std::uint64_t dropped() const;
};

/// Nothing when `trace` is as described above, with finite values; else what is wrong with it.
[[nodiscard]] std::optional<std::string> fault(const Trace& trace);

}  // namespace opline::energy
