// src/cli/fitting.h - from the measurements in a study to fits: shared by fit, plot, export, study.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/regression/regression.h"
#include "src/cli/options.h"
#include "src/store/study.h"

namespace opline::cli {

/// One campaign under one setup: the measurements, how many there could have been, and the line
/// through them.
struct FittedSeries {
  store::CampaignRow campaign;
  store::Series series;
  store::Summary summary;
  std::vector<double> ops;      ///< One entry a measured network (however often it was drawn), ...
  std::vector<double> seconds;  ///< ... and its latency.
  std::optional<analysis::LinearFit> fit;
  std::string why_no_fit;  ///< Where `fit` is missing.

  std::optional<store::ModelledPower>
      power;  ///< Energy is power x seconds: modelled, no measurement.
  std::optional<analysis::LinearFit> energy;  ///< Joules ~ ops over the rows with measured energy.
  std::size_t with_energy = 0;                ///< Rows with measured energy.

  bool whole_enumeration =
      false;  ///< Every network of the space was drawn: no intervals are shown.

  [[nodiscard]] bool simulated() const {
    return series.setup.setup.runner == measure::Runner::simulated;
  }
  /// "kws on nucleo-f446re (simulated, opline 0.1.0, prior uniform-decisions, seed 1, setup
  /// 1a2b3c4d)".
  [[nodiscard]] std::string title() const;
  /// "kws-nucleo-f446re-seed1", with another prior than uniform-decisions
  /// "kws-nucleo-f446re-uniform-networks-seed1": safe as a file name; what a constraint says
  /// becomes a digest.
  [[nodiscard]] std::string file_stem() const;
  /// The same of a picture of all boards of the campaign: "kws-boards", with another prior or seed
  /// than 1 "kws-boards-uniform-networks-seed2".
  [[nodiscard]] std::string boards_file_stem() const;
};

/// Seconds of one inference as far as they are known: as measured, else cycles by the setup's
/// clock.
[[nodiscard]] std::optional<double> latency_of(const store::MeasurementRow& row,
                                               const measure::Setup& setup);

/// --db, --space, --prior, --seed, --boards, --setup.
void add_selection_options(Options& options);

/// Every campaign and setup of the study that the options select. Throws Error{usage} when nothing
/// was measured.
[[nodiscard]] std::vector<FittedSeries> fit_study(store::Study& study, const Options& options);
/// The same for one campaign (its first `first_draws` draws) and these setups.
[[nodiscard]] std::vector<FittedSeries> fit_campaign(store::Study& study,
                                                     store::CampaignKey campaign,
                                                     const std::vector<std::string>& setups,
                                                     std::optional<std::int64_t> first_draws);

/// The present moment as "2026-01-31T12:00:00Z".
[[nodiscard]] std::string utc_now();

}  // namespace opline::cli
