#include "src/cli/model_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/layers/ops_by_type.h"
#include "analysis/regression/robust_fit.h"
#include "analysis/regression/theil_sen.h"
#include "src/base/error.h"
#include "src/cli/observations.h"

namespace opline::cli {
namespace {

// In the order of the enumerations.
const std::vector<std::string> kModels = {"ops", "ops-by-type", "per-layer", "lookup"};
const std::vector<std::string> kEstimators = {"ols", "relative", "huber", "theil-sen"};

/// The value of option `name`, as its position in `words`.
std::size_t choice(const Options& options, const std::string& name,
                   const std::vector<std::string>& words) {
  const std::string given = options.text(name);
  std::string known;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == given) return i;
    known += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  }
  options.fail(fmt::format("--{} is '{}'; it must be {}", name, given, known));
}

std::string name_of(const store::MeasurementRow& row) {
  return row.architecture.empty() ? row.network.substr(0, 12) : row.architecture;
}

std::vector<FittedCoefficient> coefficients_of(const std::vector<analysis::Coefficient>& given) {
  std::vector<FittedCoefficient> result;
  result.reserve(given.size());
  for (const analysis::Coefficient& one : given) result.emplace_back(one);
  return result;
}

analysis::ModelOptions model_options(const FitRequest& request) {
  return {0.95, request.covariance};
}

/// Least squares on `design`, and whether it may be trusted.
void keep(ModelFit& fit, analysis::LinearModel model, const analysis::Design& design) {
  fit.linear = std::move(model);
  fit.coefficients = coefficients_of(fit.linear->coefficients);
  fit.relative = fit.linear->relative;
  fit.diagnostics = analysis::diagnose(*fit.linear, design, fit.rows.y);
}

void fit_least_squares(ModelFit& fit) {
  analysis::Design design(fit.rows.ops.size(), fit.request.intercept);
  design.add("ops", fit.rows.ops);
  const std::vector<double> weights = fit.request.estimator == Estimator::relative
                                          ? analysis::relative_weights(fit.rows.y)
                                          : std::vector<double>{};
  keep(fit, analysis::fit_linear(design, fit.rows.y, model_options(fit.request), weights), design);
  try {
    fit.quadratic = FittedCoefficient(
        analysis::fit_quadratic(design, fit.rows.y, "ops", model_options(fit.request), weights)
            .coefficient("ops^2"));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input)
      throw;  // too few different ops for a parabola: then there is none
  }
}

/// The layers of the rows' networks, numbered as the rows.
std::vector<analysis::LayerObservation> layers_of(const ResponseRows& rows,
                                                  const Observations& observed) {
  std::vector<std::vector<analysis::LayerObservation>> by_network;
  for (const analysis::LayerObservation& layer : observed.layers) {
    by_network.resize(std::max(by_network.size(), layer.network + 1));
    by_network[layer.network].push_back(layer);
  }
  std::vector<analysis::LayerObservation> layers;
  for (std::size_t row = 0; row < rows.positions.size(); ++row) {
    if (rows.positions[row] >= by_network.size())
      throw Error(ErrorCode::input, "{}: its layers are not known", rows.networks[row]);
    for (analysis::LayerObservation& layer : by_network[rows.positions[row]]) {
      layer.network = row;
      layers.push_back(std::move(layer));
    }
  }
  return layers;
}

void fit_by_type(ModelFit& fit, const std::vector<analysis::LayerObservation>& layers) {
  analysis::OpsByTypeOptions options;
  options.intercept = fit.request.intercept;
  options.weighting = fit.request.estimator == Estimator::relative ? analysis::Weighting::relative
                                                                   : analysis::Weighting::equal;
  options.model = model_options(fit.request);
  analysis::OpsByType found = analysis::fit_ops_by_type(layers, fit.rows.y, options);
  for (const analysis::LeftOut& one : found.types.left_out)
    fit.remarks.push_back(fmt::format("ops of {} are left out: {}", one.name, one.why));
  keep(fit, std::move(found.model), found.design);
}

void fit_layers(ModelFit& fit, store::Study& study, const FittedSeries& fitted) {
  const Observations observed = observe(study, fitted);
  fit.why_no_fit = observed.why_none;
  if (observed.layers.empty()) return;
  const std::vector<analysis::LayerObservation> layers = layers_of(fit.rows, observed);
  if (fit.request.model == ModelKind::ops_by_type) {
    fit_by_type(fit, layers);
  } else {
    fit.per_layer = analysis::fit_per_layer(layers);
    if (fit.request.model == ModelKind::lookup)
      fit.signatures = analysis::make_lookup(layers).size();
    if (!observed.kernels_known)
      fit.remarks.emplace_back(
          "which kernel runs a layer is not known of this runtime: layer types stand for it");
    if (observed.layers_share)
      fit.remarks.push_back(fmt::format("layers add up to {:.2f} % of the networks' latency",
                                        100 * *observed.layers_share));
  }
  analysis::LayerValidationOptions options;
  options.layers_by_construction = observed.by_construction;
  options.intercept = fit.request.intercept;
  fit.unseen = analysis::validate_layer_models(layers, fit.rows.y, options);
}

void fit_huber(ModelFit& fit) {
  analysis::Design design(fit.rows.ops.size(), fit.request.intercept);
  const analysis::HuberFit robust =
      analysis::fit_huber(design.add("ops", fit.rows.ops), fit.rows.y);
  fit.coefficients = coefficients_of(robust.coefficients);
  fit.relative = robust.relative;
  fit.remarks.push_back(fmt::format(
      "scale {:.4g} {}; {} of {} networks weigh less than 1, the least {:.2f}{}", robust.scale,
      fit.rows.unit(),
      std::count_if(robust.weights.begin(), robust.weights.end(), [](double w) { return w < 1; }),
      robust.n, *std::min_element(robust.weights.begin(), robust.weights.end()),
      robust.converged ? "" : fmt::format("; not converged after {} steps", robust.iterations)));
}

void fit_theil_sen(ModelFit& fit) {
  const analysis::TheilSenFit robust = analysis::fit_theil_sen(fit.rows.ops, fit.rows.y);
  fit.coefficients.emplace_back("intercept", robust.intercept);
  fit.coefficients.emplace_back("ops", robust.slope).interval = robust.slope_interval;
  fit.relative = robust.relative;
}

}  // namespace

const char* to_string(Response response) {
  return response == Response::latency ? "latency" : "energy";
}

const char* to_string(ModelKind model) {
  return kModels.at(static_cast<std::size_t>(model)).c_str();
}

const char* to_string(Estimator estimator) {
  return kEstimators.at(static_cast<std::size_t>(estimator)).c_str();
}

void add_response_option(Options& options) {
  options.value("of", "NAME", "what is fitted: latency, or energy (in joules)", "latency");
}

Response read_response(const Options& options) {
  return static_cast<Response>(choice(options, "of", {"latency", "energy"}));
}

void add_fit_options(Options& options) {
  add_response_option(options);
  options.value(
      "model", "NAME",
      "ops; ops-by-type: a price for each layer type; per-layer: a form for each kernel; lookup: a "
      "table of layers",
      "ops");
  options.value("estimator", "NAME",
                "ols; relative: least squares weighted by 1/y^2, for relative errors; huber, "
                "theil-sen: robust",
                "ols");
  options.value("errors", "NAME",
                "standard errors: classical, or hc3, which allows a spread that varies",
                "classical");
  options.flag("no-intercept", "a line through the origin");
}

FitRequest read_fit_options(const Options& options) {
  FitRequest request;
  request.of = read_response(options);
  request.model = static_cast<ModelKind>(choice(options, "model", kModels));
  request.estimator = static_cast<Estimator>(choice(options, "estimator", kEstimators));
  if (choice(options, "errors", {"classical", "hc3"}) == 1)
    request.covariance = analysis::CovarianceKind::hc3;
  if (options.has("no-intercept")) request.intercept = analysis::Intercept::without;
  const bool robust =
      request.estimator == Estimator::huber || request.estimator == Estimator::theil_sen;
  if (request.model != ModelKind::ops && robust)
    options.fail(fmt::format("--estimator {} is for --model ops", to_string(request.estimator)));
  const bool of_layers =
      request.model == ModelKind::per_layer || request.model == ModelKind::lookup;
  if (of_layers && request.of == Response::energy)
    options.fail(fmt::format("--model {} is for latency: no layer has an energy of its own",
                             to_string(request.model)));
  if (of_layers && (request.estimator != Estimator::ols || options.has("no-intercept") ||
                    request.covariance == analysis::CovarianceKind::hc3))
    options.fail(fmt::format(
        "--model {} has forms of its own, weighted by 1/y^2: leave --estimator, --errors and "
        "--no-intercept out",
        to_string(request.model)));
  if (robust && request.covariance == analysis::CovarianceKind::hc3)
    options.fail("--errors hc3 is for least squares; a robust estimator has errors of its own");
  if (request.estimator == Estimator::theil_sen && options.has("no-intercept"))
    options.fail("--estimator theil-sen always has an intercept; leave --no-intercept out");
  return request;
}

ResponseRows response_rows(const FittedSeries& fitted, Response of) {
  ResponseRows result;
  result.of = of;
  const bool modelled = of == Response::energy && fitted.with_energy == 0;
  result.by_construction = modelled;
  if (modelled && !fitted.power) {
    result.why_none =
        "no energy was measured, and no active power of this board is known to model it with";
    return result;
  }
  std::size_t with_latency = 0;
  for (const store::MeasurementRow& row : fitted.series.rows) {
    const std::optional<double> latency = latency_of(row, fitted.series.setup.setup);
    const std::size_t position = latency ? with_latency++ : std::numeric_limits<std::size_t>::max();
    const std::optional<double> y = of == Response::latency || modelled ? latency : row.joules;
    if (!y) continue;
    result.positions.push_back(position);
    result.networks.push_back(name_of(row));
    result.ids.push_back(row.network);
    result.ops.push_back(static_cast<double>(row.ops));
    result.y.push_back(modelled ? *y * fitted.power->watts : *y);
  }
  if (result.y.empty())
    result.why_none = fmt::format("nothing was measured that has a {}", to_string(of));
  return result;
}

ModelFit fit_model(store::Study& study, const FittedSeries& fitted, const FitRequest& request) {
  ModelFit fit;
  fit.request = request;
  fit.rows = response_rows(fitted, request.of);
  fit.why_no_fit = fit.rows.why_none;
  if (!fit.why_no_fit.empty()) return fit;
  try {
    if (request.model != ModelKind::ops) {
      fit_layers(fit, study, fitted);
      return fit;
    }
    switch (request.estimator) {
      case Estimator::ols:
      case Estimator::relative:
        fit_least_squares(fit);
        break;
      case Estimator::huber:
        fit_huber(fit);
        break;
      case Estimator::theil_sen:
        fit_theil_sen(fit);
        break;
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    fit.why_no_fit = error.what();
  }
  return fit;
}

}  // namespace opline::cli
