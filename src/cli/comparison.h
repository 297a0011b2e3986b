// src/cli/comparison.h - the fits of a study against each other: boards on their common networks,
// spaces on a board.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/numerics/interval.h"
#include "analysis/regression/regression.h"
#include "analysis/validation/paired_ratio.h"
#include "src/base/json.h"
#include "src/cli/fitting.h"

namespace opline::cli {

/// Setups of one campaign on the networks that all of them measured.
struct CommonSet {
  std::string campaign;  ///< "kws, prior uniform-decisions, seed 1".
  std::size_t networks = 0;
  struct Member {
    const FittedSeries* series = nullptr;
    analysis::LinearFit fit;  ///< On the common networks.
    analysis::PairedRatio
        latency_ratio;  ///< The first member's latency over this one's: how many times as fast.
  };
  std::vector<Member> members;  ///< At least two.
};

/// Two spaces on one setup, drawn from by one prior.
struct SpacePair {
  const FittedSeries* faster = nullptr;  ///< With the smaller slope.
  const FittedSeries* slower = nullptr;
  double slope_ratio = 1;  ///< slope(slower) / slope(faster) >= 1.
  std::optional<analysis::Interval>
      interval;  ///< By HC3 (analysis/validation/common_slope.h); none for whole enumerations.
};

struct Comparison {
  std::vector<CommonSet> boards;
  std::vector<SpacePair> spaces;
  [[nodiscard]] bool empty() const { return boards.empty() && spaces.empty(); }
};

/// Whatever of `all` can be compared; refers to its elements. Common sets of fewer than 3 networks
/// are left out.
[[nodiscard]] Comparison compare(const std::vector<FittedSeries>& all);

[[nodiscard]] std::string in_words(const Comparison& comparison);
[[nodiscard]] Json to_json(const Comparison& comparison);

}  // namespace opline::cli
