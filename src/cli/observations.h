// src/cli/observations.h - layers and features of a series' networks, as the models in analysis/
// take them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/layers/layer_model.h"
#include "analysis/layers/residual_features.h"
#include "src/cli/fitting.h"

namespace opline::cli {

/// What the structure of a series' networks says. Row i is row i of FittedSeries::ops and seconds.
struct Observations {
  std::vector<analysis::LayerObservation> layers;  ///< Empty when `why_none` says why.
  std::vector<analysis::NetworkFeature> features;  ///< One value a row each; empty with `layers`.
  std::string why_none;  ///< Some network's structure is not known: the models would speak of part
                         ///< of the series.
  bool kernels_known =
      false;  ///< Variants are those of opline's runtime; else the layer types stand for them.
  /// The layers' seconds and the networks' come from one simulator:
  /// LayerValidationOptions::layers_by_construction.
  bool by_construction = false;
  /// Of all networks' seconds, the share that their layers add up to; none where cycles of layers
  /// are not known.
  std::optional<double> layers_share;
};

/// Reads the layers of the series from its study. Features: shares of ops in depthwise layers, in
/// layers whose input or output channels are no multiple of four, in 1x1 convolutions and in the
/// first layer; peak SRAM where it is known of every network (activations and scratch under
/// opline's planner); depth, the number of layers with macs; bytes touched and outputs written per
/// op.
[[nodiscard]] Observations observe(store::Study& study, const FittedSeries& fitted);

}  // namespace opline::cli
