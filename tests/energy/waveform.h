// tests/energy/waveform.h - traces of known currents.
#pragma once
#include <cmath>
#include <cstddef>

#include "src/energy/trace.h"

namespace opline::energy {

/// `current(seconds)` sampled at `hz` from `first` seconds on. `mean(begin, end)` of it, if it is a
/// trace of means, is the caller's: see sampled_means().
inline Trace sampled(auto&& current, std::size_t samples, double hz, double volts,
                     double first = 0) {
  Trace trace;
  trace.interval = 1 / hz;
  for (std::size_t i = 0; i < samples; ++i) {
    const double time = first + static_cast<double>(i) / hz;
    trace.add(time, current(time), volts);
  }
  return trace;
}

/// `mean(begin, end)` over consecutive intervals.
inline Trace sampled_means(auto&& mean, std::size_t samples, double hz, double volts) {
  Trace trace;
  trace.interval = 1 / hz;
  trace.sampling = Sampling::mean;
  for (std::size_t i = 1; i <= samples; ++i) {
    const double end = static_cast<double>(i) / hz;
    trace.add(end, mean(end - 1 / hz, end), volts);
  }
  return trace;
}

}  // namespace opline::energy
