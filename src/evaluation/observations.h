// src/evaluation/observations.h - layers and features of a series' networks, as the models in
// analysis/ take them.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/layers/layer_model.h"
#include "analysis/layers/residual_features.h"
#include "src/evaluation/series.h"

namespace opline::evaluation {

/// What the structure of a series' networks says. Row i is row i of
/// response_rows(series, Response::latency).
struct Observations {
  /// Rows that it is about: the first, at most kMostNetworksWithLayers.
  std::size_t networks = 0;
  std::vector<analysis::LayerObservation> layers;  ///< Empty when `why_none` says why.
  std::vector<analysis::NetworkFeature> features;  ///< A value for each of `networks`; empty with
                                                   ///< `layers`.
  std::string why_none;  ///< The structure of some network is not known, so that models of layers
                         ///< would describe only a part of the series.
  bool kernels_known =
      false;  ///< Variants are those of opline's runtime; else the layer types stand for them.
  /// The layers' seconds and the networks' come from one simulator:
  /// LayerValidationOptions::layers_by_construction.
  bool by_construction = false;
  /// Of the networks' seconds, the share that their layers add up to; none where cycles of layers
  /// are not known.
  std::optional<double> layers_share;
};

/// Of a series that was read with its layers (study_series.h). Features: shares of ops in depthwise
/// layers, in layers whose input or output channels are no multiple of four, in 1x1 convolutions
/// and in the first layer; peak SRAM where it is known of every network (activations and scratch
/// under opline's planner); depth, the number of layers with macs; bytes touched and outputs
/// written per op.
[[nodiscard]] Observations observe(const Series& series);

}  // namespace opline::evaluation
