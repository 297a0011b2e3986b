// src/campaign/forecast.h - how long a campaign will take: `--dry-run`.
//
// A few of the pending networks are executed as the campaign would execute them, on as many
// threads, and the rest is extrapolated by multiply-accumulates: a ratio estimate over a systematic
// sample (Cochran, Sampling Techniques, 3rd edition, sections 6.2 and 8.1), with its standard
// error. The networks are taken along the sorted macs, so that small and large ones are
// represented. What is added up is the threads' CPU time, so that the forecast does not depend on
// what else the machine does meanwhile; a campaign on a busy machine takes longer.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "src/campaign/campaign.h"

namespace opline::campaign {

/// Networks (of the shard) under one target.
struct ForecastCounts {
  std::uint64_t networks = 0;  ///< Different ones that were drawn.
  std::uint64_t fitting = 0;   ///< Of these, within flash, SRAM and the limits of the runtime.
  std::uint64_t pending = 0;   ///< Fitting, without an outcome under the target's setup.
};

struct ForecastTime {
  double seconds = 0;        ///< On `options.threads` threads that have the machine to themselves.
  double low = 0, high = 0;  ///< 95 % interval from the spread of the timed networks; low >= 0.
  std::uint64_t timed = 0;   ///< Networks that were executed for it, >= 1.
};

struct Forecast {
  std::uint64_t tries = 0;              ///< See Drawn::tries, of all draws of the source.
  std::vector<ForecastCounts> targets;  ///< In the order of the targets.
  /// Of the whole campaign, all targets together; missing where nothing is pending.
  std::optional<ForecastTime> time;
};

/// Stores nothing. `study` may be null (nothing measured so far). Executes at least 4 networks
/// (fewer where fewer are pending) and at most 16, and stops in between once 5 seconds have passed.
/// Throws as a worker of execute() does.
[[nodiscard]] Forecast forecast(store::Study* study, const NetworkSource& source,
                                const std::vector<Target>& targets, const ExecuteOptions& options);

}  // namespace opline::campaign
