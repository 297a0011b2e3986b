// src/energy/integral.h - the integral over time of a quantity that was sampled.
//
// Instants: the integral of the polygon through the samples (trapezoidal rule), cut exactly where
// an interval begins or ends between samples. For a quantity with second derivative f'' the error
// per second is at most interval^2 / 12 * max|f''|. Means: the integral of the steps, which is
// exact up to the two samples that are cut. Beyond the first and the last sample the quantity is
// taken to be constant.
#pragma once
#include <vector>

#include "src/energy/trace.h"

namespace opline::energy {

/// Sums from the start, so that every interval costs O(log samples). Keeps copies of both columns.
class Integral {
 public:
  /// `seconds`: strictly ascending, at least one; `values`: as many, finite. `interval`: seconds
  /// that the first mean covers.
  Integral(std::vector<double> seconds, std::vector<double> values, Sampling sampling,
           double interval);

  /// From `begin` to `end`, `begin` <= `end`; value-seconds.
  [[nodiscard]] double between(double begin, double end) const { return until(end) - until(begin); }

 private:
  [[nodiscard]] double until(double time) const;
  [[nodiscard]] double instants_until(double time) const;
  [[nodiscard]] double means_until(double time) const;

  std::vector<double> seconds_;
  std::vector<double> values_;
  std::vector<double> sums_;  ///< Integral from the first sample to each.
  Sampling sampling_;
};

}  // namespace opline::energy
