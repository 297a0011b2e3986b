#include "runners/energy/otii_recording.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "runners/energy/otii_connection.h"
#include "src/base/error.h"
#include "src/base/printable.h"

namespace opline::energy {
namespace {

const Json& values_of(const Json& data, const std::string& meter) {
  const Json& values = otii_member(data, "values", meter);
  if (!values.is_array())
    throw Error(ErrorCode::device, "{}: `values` of an answer is no list; is this Otii's server?",
                meter);
  return values;
}

}  // namespace

void OtiiChannel::add(const Json& data, const std::string& meter) {
  constexpr double kMostSteps = 1e15;  // a double tells the times of these apart
  const Json& values = values_of(data, meter);
  const double begin = otii_number(data, "timestamp", meter);
  const double interval = otii_number(data, "interval", meter);
  if (!(interval > 0) || (interval_ > 0 && interval != interval_))
    throw Error(ErrorCode::device, "{}: a channel's interval is {} s after {} s; record again",
                meter, interval, interval_);
  interval_ = interval;
  const double lost = seconds_.empty() ? 0 : std::round((begin - seconds_.back()) / interval) - 1;
  const double end = begin + static_cast<double>(values.size()) * interval;
  if (lost < 0 || !(begin > -kMostSteps * interval) || !(end < kMostSteps * interval))
    throw Error(ErrorCode::device, "{}: samples from {} s follow those up to {} s; record again",
                meter, begin, seconds_.empty() ? 0 : seconds_.back());
  if (lost > 0 && !values.empty())
    gaps_.push_back({seconds_.size(), static_cast<std::uint64_t>(lost)});
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].is_number() || !std::isfinite(values[i].get<double>()))
      throw Error(ErrorCode::device, "{}: a sample is no number; is this Otii's server?", meter);
    seconds_.push_back(begin + static_cast<double>(i) * interval);
    values_.push_back(values[i].get<double>());
  }
}

double OtiiChannel::at(double time) const {
  const auto after = std::upper_bound(seconds_.begin(), seconds_.end(), time) - seconds_.begin();
  const auto i = static_cast<std::size_t>(after);
  if (i == 0) return values_.front();
  if (i == seconds_.size()) return values_.back();
  const double share = (time - seconds_[i - 1]) / (seconds_[i] - seconds_[i - 1]);
  return values_[i - 1] + share * (values_[i] - values_[i - 1]);
}

Trace otii_trace(const OtiiChannel& current, const OtiiChannel& voltage) {
  Trace trace;
  if (voltage.values().empty()) return trace;
  trace.interval = current.interval();
  trace.gaps = current.gaps();
  for (std::size_t i = 0; i < current.values().size(); ++i) {
    const double time = current.seconds()[i];
    trace.add(time, current.values()[i], voltage.at(time));
  }
  return trace;
}

void OtiiLevels::add(const Json& data, const std::string& meter) {
  for (const Json& entry : values_of(data, meter)) {
    const double time = otii_number(entry, "timestamp", meter);
    const Json& value = otii_member(entry, "value", meter);
    if (!value.is_boolean() || (!entries_.empty() && time < entries_.back().seconds))
      throw Error(ErrorCode::device,
                  "{}: the level `{}` at {} s is not true or false, or goes back in time; record "
                  "again",
                  meter, printable(value.dump(), 20), time);
    entries_.push_back({time, value.get<bool>()});
  }
}

void OtiiLevels::add_edges(Trace& trace) const {
  if (trace.empty()) return;
  std::optional<bool> level;
  for (const TriggerEdge& entry : entries_) {
    if (entry.seconds > trace.seconds.front() && level != entry.rising)
      trace.edges.push_back(entry);
    level = entry.rising;
  }
}

}  // namespace opline::energy
