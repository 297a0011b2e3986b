// src/evaluation/study_series.h - the series of a study: which there are, and their measurements.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/evaluation/series.h"
#include "src/store/study.h"

namespace opline::evaluation {

/// Whether the layers of the networks are read as well: observations.h needs them.
enum class WithLayers { no, yes };

/// Every campaign and setup that `selection` takes, in the order they came into the study; at least
/// one. Throws Error{usage} that lists what there is where nothing matches, Error{input} where the
/// study holds no campaign.
[[nodiscard]] std::vector<Series> read_series(store::Study& study,
                                              const store::Selection& selection,
                                              WithLayers layers = WithLayers::no);

/// One campaign, its first `first_draws` draws, under these setups; a series without rows where
/// nothing was measured.
[[nodiscard]] std::vector<Series> read_campaign(store::Study& study, store::CampaignKey campaign,
                                                const std::vector<std::string>& setups,
                                                std::optional<std::int64_t> first_draws,
                                                WithLayers layers = WithLayers::no);

}  // namespace opline::evaluation
