// src/evaluation/study_comparison.h - the fits of one study compared with each other: boards on the
// networks that all of them measured, spaces on one board.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/numerics/interval.h"
#include "analysis/validation/paired_ratio.h"
#include "src/evaluation/series_fit.h"

namespace opline::evaluation {

/// Setups of one campaign, compared on the networks that all of them measured.
struct CommonSet {
  std::string campaign;  ///< campaign_title().
  std::size_t networks = 0;
  struct Member {
    const Series* series = nullptr;
    analysis::LinearFit fit;  ///< On the common networks.
    analysis::PairedRatio
        latency_ratio;  ///< The first member's latency over this one's: how many times as fast.
  };
  std::vector<Member> members;  ///< At least two.
};

/// Two spaces on one setup, drawn from by one prior.
struct SpacePair {
  const SeriesFit* faster = nullptr;  ///< With the smaller slope.
  const SeriesFit* slower = nullptr;
  double slope_ratio = 1;  ///< slope(slower) / slope(faster) >= 1.
  /// By HC3 (analysis/validation/common_slope.h); none for whole enumerations.
  std::optional<analysis::Interval> interval;
};

struct StudyComparison {
  std::vector<CommonSet> boards;
  std::vector<SpacePair> spaces;
  [[nodiscard]] bool empty() const { return boards.empty() && spaces.empty(); }
};

/// Whatever of `all` can be compared; refers to its elements and their series. Common sets of fewer
/// than 3 networks are left out.
[[nodiscard]] StudyComparison compare_study(const std::vector<SeriesFit>& all);

}  // namespace opline::evaluation
