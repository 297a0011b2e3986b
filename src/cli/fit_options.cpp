#include "src/cli/fit_options.h"

#include <fmt/format.h>

namespace opline::cli {

using evaluation::Estimator;
using evaluation::FitRequest;
using evaluation::ModelKind;
using evaluation::Response;

void add_response_option(Options& options) {
  options.value("of", "NAME", "what is fitted: latency, or energy (in joules)", "latency");
  options.completes("of", {"latency", "energy"});
}

Response read_response(const Options& options) {
  return options.choice("of") == 0 ? Response::latency : Response::energy;
}

void add_fit_options(Options& options) {
  add_response_option(options);
  options.value("model", "NAME",
                "ops; ops-by-type: one coefficient per layer type; per-layer: a form for each "
                "kernel; lookup: a table of layers",
                "ops");
  options.completes("model", {"ops", "ops-by-type", "per-layer", "lookup"});
  options.value(
      "estimator", "NAME",
      "ols; relative: least squares weighted by 1/y^2, for relative errors; huber, theil-sen: "
      "robust",
      "ols");
  options.completes("estimator", {"ols", "relative", "huber", "theil-sen"});
  options.value("errors", "NAME",
                "standard errors: hc3, which allows a spread that varies, or classical", "hc3");
  options.completes("errors", {"hc3", "classical"});
  options.flag("no-intercept", "a line through the origin");
}

FitRequest read_fit_options(const Options& options) {
  constexpr ModelKind kModels[] = {ModelKind::ops, ModelKind::ops_by_type, ModelKind::per_layer,
                                   ModelKind::lookup};
  constexpr Estimator kEstimators[] = {Estimator::ols, Estimator::relative, Estimator::huber,
                                       Estimator::theil_sen};
  FitRequest request;
  request.of = read_response(options);
  request.model = kModels[options.choice("model")];
  request.estimator = kEstimators[options.choice("estimator")];
  if (options.choice("errors") == 1) request.covariance = analysis::CovarianceKind::classical;
  if (options.has("no-intercept")) request.intercept = analysis::Intercept::without;
  if (const std::string why = evaluation::why_impossible(request); !why.empty()) options.fail(why);
  const bool least_squares =
      (request.estimator == Estimator::ols || request.estimator == Estimator::relative) &&
      (request.model == ModelKind::ops || request.model == ModelKind::ops_by_type);
  if (options.given("errors") && !least_squares)
    options.fail(
        "--errors is for least squares on ops or ops-by-type; leave it out: other fits have errors "
        "of their own");
  return request;
}

}  // namespace opline::cli
