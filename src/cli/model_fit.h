// src/cli/model_fit.h - a series under the model, estimator and errors that the options of `opline
// fit` ask for.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "analysis/layers/layer_model.h"
#include "analysis/layers/layer_validation.h"
#include "analysis/regression/diagnostics.h"
#include "analysis/regression/linear_model.h"
#include "src/cli/fitting.h"
#include "src/cli/options.h"

namespace opline::cli {

enum class Response { latency, energy };
enum class ModelKind { ops, ops_by_type, per_layer, lookup };
enum class Estimator { ols, relative, huber, theil_sen };

struct FitRequest {
  Response of = Response::latency;
  ModelKind model = ModelKind::ops;
  Estimator estimator = Estimator::ols;
  analysis::Intercept intercept = analysis::Intercept::with;
  analysis::CovarianceKind covariance = analysis::CovarianceKind::classical;
};

/// --of.
void add_response_option(Options& options);
[[nodiscard]] Response read_response(const Options& options);
/// --of, --model, --estimator, --errors, --no-intercept. Throws Error{usage} for what does not go
/// together.
void add_fit_options(Options& options);
[[nodiscard]] FitRequest read_fit_options(const Options& options);

/// What is fitted: one entry a network, in the order of the series. Energy is the measured one
/// where there is any; else it is modelled, power x latency, and says by construction what the
/// latency says.
struct ResponseRows {
  Response of = Response::latency;
  std::vector<std::string>
      networks;  ///< Architecture, or the user's name; the network's id where there is neither.
  std::vector<std::string> ids;  ///< Of the networks.
  std::vector<std::size_t>
      positions;  ///< In FittedSeries::ops; none (size_t max) where no latency is known.
  std::vector<double> ops;
  std::vector<double> y;  ///< Seconds or joules.
  bool by_construction = false;
  std::string why_none;  ///< Where there are no rows.
  [[nodiscard]] const char* unit() const { return of == Response::latency ? "s" : "J"; }
};
/// What is said first of modelled energy.
inline constexpr const char* kModelledEnergy =
    "energy, modelled as power x latency: by construction what the latency says";
[[nodiscard]] ResponseRows response_rows(const FittedSeries& fitted, Response of);

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

/// The fit. A model of layers has no coefficients here but its forms; a robust one neither `linear`
/// nor diagnostics.
struct ModelFit {
  FitRequest request;
  ResponseRows rows;
  std::vector<FittedCoefficient> coefficients;
  std::optional<analysis::RelativeErrors> relative;
  std::optional<analysis::LinearModel> linear;
  std::optional<analysis::Diagnostics> diagnostics;
  std::optional<FittedCoefficient> quadratic;        ///< Of (ops - mean)^2, added to the model.
  std::optional<analysis::PerLayerModel> per_layer;  ///< Of per-layer and lookup.
  std::optional<std::size_t> signatures;             ///< Of lookup: known layers.
  std::optional<analysis::LayerValidation>
      unseen;  ///< Of every model but ops: all models on what they have not seen.
  std::vector<std::string> remarks;  ///< What else is to be said, a line each.
  std::string why_no_fit;            ///< Where there is no fit.
};
/// Reads the layers of the networks from `study`, where the model needs them.
[[nodiscard]] ModelFit fit_model(store::Study& study, const FittedSeries& fitted,
                                 const FitRequest& request);

[[nodiscard]] const char* to_string(Response response);
[[nodiscard]] const char* to_string(ModelKind model);
[[nodiscard]] const char* to_string(Estimator estimator);

}  // namespace opline::cli
