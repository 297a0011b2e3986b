// src/report/sample_summary.h - what many samples of a prior cost, in quantiles: `opline sample
// --summary`.
//
//   kws, prior uniform-decisions, seed 1: 1000000 draws
//
//                     min       1 %      25 %    median      75 %      99 %       max
//   ops         4.01 Mops ...
//   parameters      12034 ...
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "src/base/json.h"
#include "src/campaign/draw.h"

namespace opline::report {

struct SampleSummary {
  std::string space, prior;
  std::uint64_t seed = 0;
  std::uint64_t draws = 0;
  std::uint64_t tries = 0;
  std::string
      networks;  ///< Digits; the size of the set that uniform-networks draws from, else empty.
  bool constrained = false;
  /// Exact order statistics, number floor(share * (draws - 1)), by kQuantiles.
  std::vector<std::uint64_t> ops, parameters;
};

/// Draws and counts; nothing is decoded unless the constraint needs it. 24 bytes per draw.
/// `progress` as Sampler::count_many() calls it.
[[nodiscard]] SampleSummary summarise(
    const campaign::Query& query, const sampler::Shard& shard, unsigned threads,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {});

[[nodiscard]] std::string in_words(const SampleSummary& summary);
[[nodiscard]] Json to_json(const SampleSummary& summary);

}  // namespace opline::report
