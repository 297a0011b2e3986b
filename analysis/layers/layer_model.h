// analysis/layers/layer_model.h - what a layer costs, beyond its ops: a form for each kernel, and a
// table of known layers.
//
//   per-layer  for each kernel variant  seconds = a + b macs + c output_elements + d bytes,  fitted
//              to measured layers; a network takes the sum of its layers. The kernel is the unit,
//              not the layer type: kernels are different programs. (Per-kernel regression:
//              nn-Meter, MobiSys 2021; linear forms: Paleo, ICLR 2017.)
//   lookup     seconds of each layer seen, by signature (ProxylessNAS, ICLR 2019, appendix B); a
//   layer that was not
//              seen takes the per-layer form, and is counted.
// The third kind, a network's latency on its ops by layer type, is in ops_by_type.h; the validation
// of all in layer_validation.h. Both models assume that layers add up: what a network takes beyond
// its layers is in neither. Estimates are not forced to be above 0: where columns almost depend on
// each other, single ones mean little. Seconds stands for any one unit.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/regression/linear_model.h"
#include "src/base/result.h"

namespace opline::analysis {

/// One executed layer of one measured network.
struct LayerObservation {
  std::size_t network = 0;  ///< Row of the network in the series, 0-based.
  std::string type;         ///< "conv2d", ...
  /// What has a form of its own: kernel that the runtime's own predicate chooses ("conv_1x1",
  /// "depthwise_3x3"; with the bits of codes where they are mixed, "conv_1x1_s4_4_8"); the type
  /// where the runtime's predicate is not known.
  std::string variant;
  std::string
      signature;    ///< Everything that identifies the layer's work: type, shapes, window, stride,
                    ///< padding, activation. Two layers of one signature are the same work.
  double macs = 0;  ///< Multiply-accumulates, >= 0; 0 where the operation multiplies nothing.
  double output_elements = 0;  ///< h w c of the output, >= 0.
  double bytes = 0;  ///< Each tensor once: weights, table of channels, every input, the output;
                     ///< int8 elements are a byte each, a channel's bias, multiplier and shift 12.
                     ///< Reuse and caches are not modelled.
  std::optional<double> seconds;  ///< Above 0. None where only the network's total is known.
};

enum class Weighting {
  equal,    ///< Ordinary least squares: absolute errors count, so large layers and networks decide.
  relative  ///< Weights 1 / y^2: relative errors count.
};

/// A column or feature that no coefficient was estimated for.
struct LeftOut {
  std::string name;
  std::string why;  ///< "is zero in every row", "is a combination of ...".
};

struct LayerModelOptions {
  /// Layers differ by orders of magnitude, and relative errors are what is asked for. Equal weights
  /// favour sums of layers over single ones: a network's total is its large layers.
  Weighting weighting = Weighting::relative;
  ModelOptions model;
};

/// One kernel's form.
struct LayerForm {
  std::string variant;
  std::size_t signatures = 0;  ///< Different ones among the layers fitted (model.n of them).
  LinearModel
      model;  ///< Coefficients: intercept (seconds), macs, output_elements, bytes, but for ...
  std::vector<LeftOut>
      left_out;  ///< ... those that are zero, constant, dependent or too many for the layers.
  Interval macs, output_elements, bytes;  ///< Ranges of the layers fitted.
};

struct PerLayerModel {
  std::vector<LayerForm> forms;   ///< By variant, in alphabetical order.
  std::vector<LeftOut> left_out;  ///< Variants without a form: a single measured layer, or none.

  /// Null for a variant without a form.
  [[nodiscard]] const LayerForm* form(const std::string& variant) const;
  /// Seconds of one layer; nothing for a variant without a form. May be <= 0.
  [[nodiscard]] std::optional<double> predict(const LayerObservation& layer) const;
};

/// Fits the form of each variant to its layers with known seconds. O(layers).
/// Throws Error{input} for no layer at all, a figure that is negative, NaN or infinite, seconds
/// that are not above 0, an empty variant or signature, and as fit_linear().
[[nodiscard]] PerLayerModel fit_per_layer(std::span<const LayerObservation> layers,
                                          const LayerModelOptions& options = {});
/// As fit_per_layer(); no layers, and forms that cannot be fitted, are a reason.
[[nodiscard]] Result<PerLayerModel> try_fit_per_layer(std::span<const LayerObservation> layers,
                                                      const LayerModelOptions& options = {});

/// The layers of one signature.
struct KnownLayer {
  std::size_t layers = 0;
  double seconds = 0;   ///< Mean.
  double smallest = 0;  ///< What else plays a part (placement, caches) shows in the range.
  double largest = 0;
};

/// By signature; layers without seconds are not in it. Throws as fit_per_layer().
using LookupTable = std::unordered_map<std::string, KnownLayer>;
[[nodiscard]] LookupTable make_lookup(std::span<const LayerObservation> layers);

/// A network's layers added up.
struct NetworkPrediction {
  std::optional<double> seconds;  ///< None where some layer has no prediction.
  std::size_t layers = 0;
  std::size_t looked_up = 0;    ///< In the table.
  std::size_t unpredicted = 0;  ///< Neither in the table nor of a variant with a form.
};

/// One a network; `layers` in any order, their networks below `networks`. A network without layers
/// takes nothing known. `table` may be null (per-layer), `forms` too (lookup without falling back),
/// not both (asserted). O(layers).
[[nodiscard]] std::vector<NetworkPrediction> predict_networks(
    std::span<const LayerObservation> layers, std::size_t networks, const LookupTable* table,
    const PerLayerModel* forms);

/// Throws Error{input} unless layers are as LayerObservation says and their networks are below
/// `networks`. `what` opens the message.
void require_layers(const char* what, std::span<const LayerObservation> layers,
                    std::size_t networks);
/// As require_layers(), and that each network has a layer.
void require_every_network(const char* what, std::span<const LayerObservation> layers,
                           std::size_t networks);

}  // namespace opline::analysis
