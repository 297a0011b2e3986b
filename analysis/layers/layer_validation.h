// analysis/layers/layer_validation.h - which of the models predicts latencies it has not seen?
//
// Four models of a network's latency, judged on the same dealings to folds:
//   ops        latency on ops
//   by_type    latency on ops by layer type (ops_by_type.h)
//   per_layer  sum over layers, each by its kernel's form
//   lookup     sum over layers, each from the table; unknown layers by their kernel's form
// Two ways to hide data from them:
//   over networks    a fold's networks are predicted by what the others' totals and layers say
//                    (Stone 1974). Networks of one space share layers, so that a lookup table knows
//                    most of what it is asked for.
//   over signatures  layer signatures are dealt to folds; a fold's layers are predicted by forms
//                    that saw no layer of its signatures, and a network takes the sum of such
//                    predictions. No table knows a hidden layer, so that lookup has nothing but its
//                    fallback: there is one result for both.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/layers/layer_model.h"
#include "analysis/numerics/relative_errors.h"
#include "src/base/result.h"

namespace opline::analysis {

struct LayerValidationOptions {
  std::size_t folds = 10;  ///< >= 2.
  std::size_t repeats =
      5;  ///< >= 1: dealings. Dealing r of networks is that of cross_validate() with this seed.
  std::uint64_t seed = 1;
  Weighting networks = Weighting::equal;   ///< Of the fits of networks: ops, by_type.
  Weighting layers = Weighting::relative;  ///< Of the layers' forms.
  Intercept intercept = Intercept::with;   ///< Of ops and by_type.
  /// The caller's knowledge where the layers' seconds come from. Set it when one simulator gave
  /// both the layers' seconds and the networks': what it charges for a layer is a rule of its own
  /// making and hardly depends on the layers around, so that sums of layers fit its totals by
  /// construction. Then per_layer and lookup tell how regular the simulator is, not how well such a
  /// model would do on a board. Not for ops and by_type, which only see totals.
  bool layers_by_construction = false;
};

/// One model's errors on what it has not seen, over all repeats.
struct HeldOutErrors {
  std::optional<RelativeErrors>
      networks;  ///< Of networks, against their measured totals; n = predicted x repeats.
  std::size_t networks_unpredicted = 0;  ///< Predictions that could not be made, over all repeats.
  std::optional<RelativeErrors>
      layers;  ///< Of single layers with known seconds; none for ops and by_type.
  std::size_t layers_unpredicted = 0;
  std::optional<double> looked_up;  ///< Lookup: share of the layers that the table knew.
  bool by_construction = false;
  /// One per network: the mean over the dealings, each from a model that was fitted without the
  /// network. None where some dealing had none. Empty for `by_signature`.
  std::vector<std::optional<double>> predictions = {};
};

struct LayerValidation {
  std::optional<HeldOutErrors>
      ops;  ///< Each is nothing where there are fewer rows than folds, or no layer has seconds.
  std::optional<HeldOutErrors> by_type;
  std::optional<HeldOutErrors> per_layer;
  std::optional<HeldOutErrors> lookup;
  /// Over signatures; judged on layers that have another signature of their variant to learn from.
  /// A network is compared with the sum of these layers' measured seconds: `signature_share` of all
  /// measured seconds is in them.
  std::optional<HeldOutErrors> by_signature;
  std::optional<double> signature_share;
  std::size_t signatures = 0;  ///< Different ones among the layers with known seconds.
};

/// `seconds`: one per network, above 0. O(repeats x (layers + networks)). Throws Error{input} for
/// bad options, networks without layers, and as require_layers() and fit_linear().
[[nodiscard]] LayerValidation validate_layer_models(std::span<const LayerObservation> layers,
                                                    std::span<const double> seconds,
                                                    const LayerValidationOptions& options = {});
/// As validate_layer_models(); networks without layers, seconds that are not above 0 and models
/// that cannot be fitted are a reason.
[[nodiscard]] Result<LayerValidation> try_validate_layer_models(
    std::span<const LayerObservation> layers, std::span<const double> seconds,
    const LayerValidationOptions& options = {});

}  // namespace opline::analysis
