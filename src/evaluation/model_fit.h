// src/evaluation/model_fit.h - a series under a chosen model, estimator and kind of standard
// errors.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/layers/layer_model.h"
#include "analysis/layers/layer_validation.h"
#include "analysis/layers/model_kind.h"
#include "analysis/layers/ops_by_type.h"
#include "analysis/regression/diagnostics.h"
#include "analysis/regression/linear_model.h"
#include "analysis/validation/validation.h"
#include "src/evaluation/series.h"

namespace opline::evaluation {

using analysis::ModelKind;
enum class Estimator { ols, relative, huber, theil_sen };
[[nodiscard]] const char* to_string(Estimator estimator);  ///< "ols", "relative", ...

struct FitRequest {
  Response of = Response::latency;
  ModelKind model = ModelKind::ops;
  Estimator estimator = Estimator::ols;
  analysis::Intercept intercept = analysis::Intercept::with;
  /// HC3 allows a spread that varies with ops, as latencies have it; classical does not.
  analysis::CovarianceKind covariance = analysis::CovarianceKind::hc3;
};
/// Why these do not go together; empty when they do. per-layer and lookup are weighted by 1/y^2;
/// robust estimators are for the model `ops`; Theil-Sen always has an intercept.
[[nodiscard]] std::string why_impossible(const FitRequest& request);
/// Whether fit_model() needs the layers of the networks (WithLayers::yes).
[[nodiscard]] inline bool needs_layers(const FitRequest& request) {
  return request.model != ModelKind::ops;
}

/// An estimate with what its estimator says about it.
struct FittedCoefficient {
  FittedCoefficient(std::string given_name, double value)
      : name(std::move(given_name)), estimate(value) {}
  explicit FittedCoefficient(const analysis::Coefficient& one)
      : name(one.name),
        estimate(one.estimate),
        standard_error(one.standard_error),
        t(one.t),
        p(one.p),
        interval(one.interval) {}
  std::string name;
  double estimate = 0;
  std::optional<double> standard_error, t, p;
  std::optional<analysis::Interval> interval;
};

/// What a Huber fit says about its weights.
struct HuberWeights {
  double scale = 0;         ///< Of the errors; unit of y.
  std::size_t n = 0;        ///< Networks.
  std::size_t reduced = 0;  ///< Of these, with a weight below 1.
  double smallest = 1;
  std::optional<std::size_t> stopped_after;  ///< Iterations, where it did not converge.
};

/// The fit. A model of layers has no coefficients here but its forms; a robust one has neither
/// `linear` nor diagnostics.
struct ModelFit {
  FitRequest request;
  bool sampled = true;  ///< False for a whole enumeration: then no errors and no intervals.
  ResponseRows rows;
  std::vector<FittedCoefficient> coefficients;
  std::optional<analysis::RelativeErrors> relative;
  std::optional<analysis::LinearModel> linear;
  /// Of `linear`, the coefficients with errors of each kind, whichever was asked for. hc3 is empty
  /// where a row of leverage 1 leaves it undefined.
  std::vector<FittedCoefficient> classical, hc3;
  std::optional<analysis::Diagnostics> diagnostics;
  std::optional<FittedCoefficient> quadratic;  ///< Of (ops - mean)^2, added to the model.
  /// Of latency ~ ops by ordinary least squares with intercept: errors on networks that the line
  /// was not fitted to, the figure that a validation with the default seed has.
  std::optional<analysis::CrossValidation> cross_validation;
  std::optional<HuberWeights> huber;
  std::optional<analysis::PerLayerModel> per_layer;  ///< Of per-layer and lookup.
  analysis::LookupTable table;                       ///< Of lookup: known layers, by signature.
  std::vector<analysis::TypeColumn> types;           ///< Of ops-by-type: the columns of `linear`.
  std::vector<analysis::TypeOps> ops_of_types;       ///< Of ops-by-type: each type, priced or not.
  bool kernels_known = true;                         ///< Else layer types stand for the kernels.
  std::optional<double> layers_share;       ///< Of the networks' latency, that of their layers.
  std::vector<analysis::LeftOut> left_out;  ///< Layer types whose ops have no coefficient.
  std::optional<analysis::LayerValidation>
      unseen;              ///< Of every model but ops: errors of all models on held-out networks.
  std::string why_no_fit;  ///< Where there is no fit.
};

/// `series` must outlive the result, and have its layers where needs_layers(). Layers have no
/// energy of their own: models of layers fit the modelled one, power x latency, and no measured
/// one.
[[nodiscard]] ModelFit fit_model(const Series& series, const FitRequest& request);

}  // namespace opline::evaluation
