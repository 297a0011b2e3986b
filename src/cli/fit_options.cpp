#include "src/cli/fit_options.h"

#include <fmt/format.h>

namespace opline::cli {

using evaluation::Estimator;
using evaluation::FitRequest;
using evaluation::ModelKind;
using evaluation::Response;

std::size_t choice(const Options& options, const std::string& name,
                   const std::vector<std::string>& choices) {
  const std::string given = options.text(name);
  std::string known;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] == given) return i;
    known += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i];
  }
  options.fail(fmt::format("--{} is '{}'; it must be {}", name, given, known));
}

void add_response_option(Options& options) {
  options.value("of", "NAME", "what is fitted: latency, or energy (in joules)", "latency");
}

Response read_response(const Options& options) {
  return choice(options, "of", {"latency", "energy"}) == 0 ? Response::latency : Response::energy;
}

void add_fit_options(Options& options) {
  add_response_option(options);
  options.value("model", "NAME",
                "ops; ops-by-type: one coefficient per layer type; per-layer: a form for each "
                "kernel; lookup: a table of layers",
                "ops");
  options.value(
      "estimator", "NAME",
      "ols; relative: least squares weighted by 1/y^2, for relative errors; huber, theil-sen: "
      "robust",
      "ols");
  options.value("errors", "NAME",
                "standard errors: hc3, which allows a spread that varies, or classical", "hc3");
  options.flag("no-intercept", "a line through the origin");
}

FitRequest read_fit_options(const Options& options) {
  constexpr ModelKind kModels[] = {ModelKind::ops, ModelKind::ops_by_type, ModelKind::per_layer,
                                   ModelKind::lookup};
  constexpr Estimator kEstimators[] = {Estimator::ols, Estimator::relative, Estimator::huber,
                                       Estimator::theil_sen};
  FitRequest request;
  request.of = read_response(options);
  request.model = kModels[choice(options, "model", {"ops", "ops-by-type", "per-layer", "lookup"})];
  request.estimator =
      kEstimators[choice(options, "estimator", {"ols", "relative", "huber", "theil-sen"})];
  if (choice(options, "errors", {"hc3", "classical"}) == 1)
    request.covariance = analysis::CovarianceKind::classical;
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
