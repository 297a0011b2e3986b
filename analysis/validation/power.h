// analysis/validation/power.h - is energy latency times one power?
//
// power = joules / seconds of an inference, network by network. Where its spread is small beside
// its mean, energy is proportional to latency, and what holds of latency ~ ops holds of energy ~
// ops (MicroNets, MLSys 2021, section 3.2: sigma / mu = 0.00731 over 400 networks). The figure says
// nothing where energy was modelled as power times seconds: then it is 0 by construction, which the
// caller knows and has to say.
#pragma once
#include <cstddef>
#include <optional>
#include <span>

#include "analysis/numerics/interval.h"
#include "analysis/resampling/bootstrap.h"

namespace opline::analysis {

struct PowerConstancy {
  std::size_t n = 0;
  double mean_watts = 0;   ///< Mean of the networks' powers, each counted alike.
  double sigma_watts = 0;  ///< Standard deviation, divisor n - 1.
  double variation = 0;    ///< sigma / mu, the coefficient of variation.
  std::optional<BootstrapInterval> variation_interval;  ///< BCa over networks; none as bootstrap().
  Interval range;                                       ///< Smallest and largest power, watts.
};

/// Nothing for fewer than 2 networks. O(n + replicates x min(n, options.max_rows)). Throws
/// Error{input} when lengths differ or a value is not finite and above 0, and for options out of
/// range.
[[nodiscard]] std::optional<PowerConstancy> power_constancy(std::span<const double> seconds,
                                                            std::span<const double> joules,
                                                            const BootstrapOptions& options = {
                                                                .max_rows = 4000});

}  // namespace opline::analysis
