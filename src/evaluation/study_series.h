// src/evaluation/study_series.h - the series of a study: which there are, and their measurements.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/evaluation/series.h"
#include "src/store/study.h"

namespace opline::evaluation {

/// Which series of a study are meant. Everything that is set must hold.
struct Selector {
  std::optional<std::string> space;  ///< Name.
  std::optional<std::string> prior;  ///< Whole name, as titles show it.
  std::optional<std::uint64_t> seed;
  std::vector<std::string> boards;  ///< Any of them; empty: all.
  std::string setup;                ///< The setup's id starts with this.
};

/// Whether the layers of the networks are read as well: observations.h needs them.
enum class WithLayers { no, yes };

/// Every campaign and setup that `selector` names, in the order they came into the study; at least
/// one. Throws Error{usage} that lists what there is where nothing matches.
[[nodiscard]] std::vector<Series> read_series(store::Study& study, const Selector& selector,
                                              WithLayers layers = WithLayers::no);

/// One campaign, its first `first_draws` draws, under these setups; a series without rows where
/// nothing was measured.
[[nodiscard]] std::vector<Series> read_campaign(store::Study& study, store::CampaignKey campaign,
                                                const std::vector<std::string>& setups,
                                                std::optional<std::int64_t> first_draws,
                                                WithLayers layers = WithLayers::no);

}  // namespace opline::evaluation
