// runners/energy/otii_recording.h - a trace from the channels that Otii recorded.
//
// Analog: {"timestamp": s of the first sample, "interval": s, "values": [...]}; digital:
// {"values": [{"timestamp": s, "value": true}, ...]}. Source: qoitech/otii-tcp-client-python,
// otii_tcp_client/recording.py, get_channel_data().
#pragma once
#include <string>
#include <vector>

#include "src/base/json.h"
#include "src/energy/trace.h"

namespace opline::energy {

/// The samples of one analog channel, put together from several answers.
class OtiiChannel {
 public:
  /// Appends `data`, of which `values` may be fewer than were asked for. A later time than
  /// expected means lost samples. Throws Error{device} that names `meter`.
  void add(const Json& data, const std::string& meter);

  [[nodiscard]] const std::vector<double>& seconds() const { return seconds_; }
  [[nodiscard]] const std::vector<double>& values() const { return values_; }
  [[nodiscard]] const std::vector<Gap>& gaps() const { return gaps_; }
  [[nodiscard]] double interval() const { return interval_; }
  /// Linear between samples, constant beyond them; there is at least one.
  [[nodiscard]] double at(double time) const;

 private:
  std::vector<double> seconds_, values_;
  std::vector<Gap> gaps_;
  double interval_ = 0;
};

/// Voltages at the times of the currents; no sample where one of the channels has none.
[[nodiscard]] Trace otii_trace(const OtiiChannel& current, const OtiiChannel& voltage);

/// The entries of a digital channel, put together from several answers.
class OtiiLevels {
 public:
  /// Throws Error{device} that names `meter`.
  void add(const Json& data, const std::string& meter);
  /// Adds the edges to `trace`, which has none. Entries up to the first sample are the level at
  /// which the recording began, and an entry that repeats the level in front of it is no edge.
  void add_edges(Trace& trace) const;

 private:
  std::vector<TriggerEdge> entries_;
};

}  // namespace opline::energy
