// src/report/campaign_report.h - what a campaign did, or would do, as text and JSON.
//
//   1000 outcomes (985 measured) in 11 min 02 s
//   thread time: drawing and entering 0.4 %, host kernels 12.1 %, simulation 87.2 %, storing 0.3 %
//
//   kws on nucleo-f446re: 1000 drawn (1000 different), 985 fit (98.5 %), 985 to measure
//   about 11 min 20 s (10 min 12 s to 12 min 28 s) on 4 threads, estimated from 8 networks
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "src/base/json.h"
#include "src/campaign/campaign.h"
#include "src/campaign/forecast.h"

namespace opline::report {

/// What one call of `run` or `study` did.
struct CampaignRun {
  std::int64_t draws = 0;
  std::uint64_t tries = 0;  ///< Draws that a constraint judged; `draws` without one.
  campaign::Report report;
  double draw_seconds = 0;
};

/// Outcomes, what failed and why, wall time and the share of each step. Ends with a newline.
[[nodiscard]] std::string in_words(const CampaignRun& run);
/// Keys: outcomes, measured, reused, skipped, largest_spread (null without repeats), unmeasured (by
/// kind: count, network, reason), interrupted, sampling (acceptance_json()), wall_seconds,
/// thread_seconds (draw, host_kernels, simulation, store).
[[nodiscard]] Json to_json(const CampaignRun& run);

/// A forecast, and what it is of.
struct ForecastView {
  std::string space;
  std::vector<std::string> boards;  ///< One per target of the forecast.
  std::uint64_t drawn = 0;          ///< Draws.
  std::uint64_t tries = 0;
  bool constrained = false;  ///< Whether the prior has a constraint.
  unsigned threads = 1;
  campaign::Forecast forecast;
};

[[nodiscard]] std::string in_words(const ForecastView& view);
/// {"format": "opline-forecast", "version": 1, "space", "threads", "sampling", "targets":
/// [{"board", "drawn", "different", "fitting", "pending"}], "time": {"seconds", "interval",
/// "timed"} or null}.
[[nodiscard]] Json to_json(const ForecastView& view);

/// "81 of 1000 draws met the constraint (8.1 %); 919 were infeasible".
[[nodiscard]] std::string acceptance_text(std::uint64_t draws, std::uint64_t tries);
/// Keys: draws, tries, infeasible, acceptance (draws / tries).
[[nodiscard]] Json acceptance_json(std::uint64_t draws, std::uint64_t tries);

}  // namespace opline::report
