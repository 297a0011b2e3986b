#include "src/evaluation/model_fit.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>

#include "analysis/layers/ops_by_type.h"
#include "analysis/regression/robust_fit.h"
#include "analysis/regression/theil_sen.h"
#include "src/base/error.h"

#include "src/evaluation/observations.h"

namespace opline::evaluation {
namespace {

std::vector<FittedCoefficient> coefficients_of(const std::vector<analysis::Coefficient>& given) {
  std::vector<FittedCoefficient> result;
  result.reserve(given.size());
  for (const analysis::Coefficient& one : given) result.emplace_back(one);
  return result;
}

analysis::ModelOptions model_options(const FitRequest& request) {
  return {0.95, request.covariance};
}

std::vector<FittedCoefficient> classical_coefficients(const analysis::LinearModel& model,
                                                      double confidence) {
  const std::vector<double> errors = analysis::standard_errors(model.classical_covariance);
  std::vector<FittedCoefficient> result;
  for (std::size_t i = 0; i < errors.size(); ++i) {
    analysis::Coefficient one =
        analysis::student_coefficient(model.coefficients[i].name, model.coefficients[i].estimate,
                                      errors[i], static_cast<double>(model.degrees), confidence);
    if (model.perfect_fit) one.t = one.p = std::nullopt;
    result.emplace_back(one);
  }
  return result;
}

/// Both kinds of errors of `fit.linear`; a fit with classical ones has no HC3 of its own.
void keep_errors(ModelFit& fit, const analysis::Design& design) {
  analysis::LinearModel& model = *fit.linear;
  const double confidence = model_options(fit.request).confidence;
  fit.classical = classical_coefficients(model, confidence);
  if (model.covariance_kind == analysis::CovarianceKind::hc3) {
    fit.hc3 = fit.coefficients;
    return;
  }
  const Result<analysis::LinearModel> robust = analysis::try_fit_linear(
      design, fit.rows.y, {confidence, analysis::CovarianceKind::hc3}, model.weights);
  if (!robust) return;
  model.hc3_covariance = robust->hc3_covariance;
  fit.hc3 = coefficients_of(robust->coefficients);
}

/// Least squares on `design`, and whether it may be trusted.
void keep(ModelFit& fit, analysis::LinearModel model, const analysis::Design& design) {
  fit.linear = std::move(model);
  fit.coefficients = coefficients_of(fit.linear->coefficients);
  keep_errors(fit, design);
  fit.relative = fit.linear->relative;
  fit.diagnostics = analysis::diagnose(*fit.linear, design, fit.rows.y);
}

void hold_out(ModelFit& fit) {
  const std::vector<double>& y = fit.rows.y;
  const bool line =
      fit.request.estimator == Estimator::ols && fit.request.intercept == analysis::Intercept::with;
  if (!line || !std::all_of(y.begin(), y.end(), [](double one) { return one > 0; })) return;
  fit.cross_validation =
      analysis::cross_validate(fit.rows.ops, y, {.repeats = analysis::bounded_repeats(y.size())});
}

void fit_least_squares(ModelFit& fit) {
  analysis::Design design(fit.rows.ops.size(), fit.request.intercept);
  design.add("ops", fit.rows.ops);
  const std::vector<double> weights = fit.request.estimator == Estimator::relative
                                          ? analysis::relative_weights(fit.rows.y)
                                          : std::vector<double>{};
  const analysis::ModelOptions options = model_options(fit.request);
  Result<analysis::LinearModel> line =
      analysis::try_fit_linear(design, fit.rows.y, options, weights);
  fit.why_no_fit = line.reason();
  if (!line) return;
  keep(fit, *std::move(line), design);
  hold_out(fit);
  if (const auto parabola =
          analysis::try_fit_quadratic(design, fit.rows.y, "ops", options, weights))
    fit.quadratic = FittedCoefficient(parabola->coefficient("ops^2"));
}

/// The layers of the rows' networks, numbered as the rows, with joules for seconds where energy is
/// modelled.
std::vector<analysis::LayerObservation> layers_of(const ModelFit& fit, const Series& series,
                                                  const Observations& observed) {
  std::unordered_map<const Row*, std::size_t> position;  // among the rows with a latency
  for (const Row& row : std::span(series.rows).first(series.layers.size())) {
    if (row.seconds) position.emplace(&row, position.size());
  }
  std::vector<std::vector<const analysis::LayerObservation*>> by_network(position.size());
  for (const analysis::LayerObservation& layer : observed.layers)
    by_network[layer.network].push_back(&layer);
  std::vector<analysis::LayerObservation> layers;
  for (std::size_t row = 0; row < fit.rows.rows.size(); ++row) {
    const auto found = position.find(fit.rows.rows[row]);
    OPLINE_ASSERT(found != position.end(), "{} has no latency", name_of(*fit.rows.rows[row]));
    for (const analysis::LayerObservation* layer : by_network[found->second]) {
      layers.push_back(*layer);
      layers.back().network = row;
      if (fit.rows.by_construction && layer->seconds) *layers.back().seconds *= series.power->watts;
    }
  }
  return layers;
}

/// Whether the model is a sum over layers.
bool sums_layers(const FitRequest& request) {
  return request.model == ModelKind::per_layer || request.model == ModelKind::lookup;
}

void fit_by_type(ModelFit& fit, const std::vector<analysis::LayerObservation>& layers) {
  analysis::OpsByTypeOptions options;
  options.intercept = fit.request.intercept;
  options.weighting = fit.request.estimator == Estimator::relative ? analysis::Weighting::relative
                                                                   : analysis::Weighting::equal;
  options.model = model_options(fit.request);
  Result<analysis::OpsByType> result = analysis::try_fit_ops_by_type(layers, fit.rows.y, options);
  fit.why_no_fit = result.reason();
  if (!result) return;
  analysis::OpsByType found = *std::move(result);
  fit.left_out = std::move(found.types.left_out);
  fit.types = std::move(found.types.columns);
  fit.ops_of_types = analysis::ops_of_types(layers, fit.rows.y.size());
  keep(fit, std::move(found.model), found.design);
}

/// Those of a long series have no layers.
void keep_rows_with_layers(ResponseRows& rows, const Series& series) {
  const Row* const end = series.rows.data() + series.layers.size();
  const auto kept = static_cast<std::size_t>(
      std::ranges::find_if(rows.rows, [end](const Row* row) { return row >= end; }) -
      rows.rows.begin());
  rows.rows.resize(kept);
  rows.ops.resize(kept);
  rows.y.resize(kept);
}

void fit_layers(ModelFit& fit, const Series& series) {
  const Observations observed = observe(series);
  fit.why_no_fit = observed.why_none;
  if (observed.layers.empty()) return;
  if (sums_layers(fit.request) && fit.rows.of == Response::energy && !fit.rows.by_construction) {
    fit.why_no_fit = "layers have no energy of their own: only whole networks were measured";
    return;
  }
  keep_rows_with_layers(fit.rows, series);
  fit.kernels_known = observed.kernels_known;
  const std::vector<analysis::LayerObservation> layers = layers_of(fit, series, observed);
  if (fit.request.model == ModelKind::ops_by_type) {
    fit_by_type(fit, layers);
  } else {
    const Result<analysis::PerLayerModel> model = analysis::try_fit_per_layer(layers);
    fit.per_layer = model.optional();
    fit.why_no_fit = model.reason();
    fit.layers_share = observed.layers_share;
    if (fit.request.model == ModelKind::lookup) fit.table = analysis::make_lookup(layers);
  }
  analysis::LayerValidationOptions options;
  options.layers_by_construction = observed.by_construction;
  options.intercept = fit.request.intercept;
  if (fit.why_no_fit.empty())
    fit.unseen = analysis::try_validate_layer_models(layers, fit.rows.y, options).optional();
}

void fit_huber(ModelFit& fit) {
  analysis::Design design(fit.rows.ops.size(), fit.request.intercept);
  const Result<analysis::HuberFit> result =
      analysis::try_fit_huber(design.add("ops", fit.rows.ops), fit.rows.y);
  fit.why_no_fit = result.reason();
  if (!result) return;
  const analysis::HuberFit& robust = *result;
  fit.coefficients = coefficients_of(robust.coefficients);
  fit.relative = robust.relative;
  HuberWeights weights;
  weights.scale = robust.scale;
  weights.n = robust.n;
  weights.reduced = static_cast<std::size_t>(
      std::count_if(robust.weights.begin(), robust.weights.end(), [](double w) { return w < 1; }));
  weights.smallest = *std::min_element(robust.weights.begin(), robust.weights.end());
  if (!robust.converged) weights.stopped_after = robust.iterations;
  fit.huber = weights;
}

void fit_theil_sen(ModelFit& fit) {
  const Result<analysis::TheilSenFit> result =
      analysis::try_fit_theil_sen(fit.rows.ops, fit.rows.y);
  fit.why_no_fit = result.reason();
  if (!result) return;
  const analysis::TheilSenFit& robust = *result;
  fit.coefficients.emplace_back("intercept", robust.intercept);
  fit.coefficients.emplace_back("ops", robust.slope).interval = robust.slope_interval;
  fit.relative = robust.relative;
}

void fit_request(ModelFit& fit, const Series& series) {
  if (needs_layers(fit.request)) return fit_layers(fit, series);
  switch (fit.request.estimator) {
    case Estimator::ols:
    case Estimator::relative:
      return fit_least_squares(fit);
    case Estimator::huber:
      return fit_huber(fit);
    case Estimator::theil_sen:
      return fit_theil_sen(fit);
  }
}

}  // namespace

const char* to_string(Estimator estimator) {
  switch (estimator) {
    case Estimator::ols:
      return "ols";
    case Estimator::relative:
      return "relative";
    case Estimator::huber:
      return "huber";
    case Estimator::theil_sen:
      return "theil-sen";
  }
  OPLINE_ASSERT(false, "estimator {}", static_cast<int>(estimator));
  return "";
}

std::string why_impossible(const FitRequest& request) {
  const char* model = to_string(request.model);
  const char* estimator = to_string(request.estimator);
  const bool robust =
      request.estimator == Estimator::huber || request.estimator == Estimator::theil_sen;
  if (request.model != ModelKind::ops && robust)
    return fmt::format("the estimator {} is for the model ops, not {}", estimator, model);
  if (sums_layers(request) &&
      (request.estimator != Estimator::ols || request.intercept == analysis::Intercept::without))
    return fmt::format(
        "the model {} has a form for each kernel, weighted by 1/y^2: it takes neither an estimator "
        "nor a choice of intercept",
        model);
  if (request.estimator == Estimator::theil_sen &&
      request.intercept == analysis::Intercept::without)
    return "the estimator theil-sen always has an intercept";
  return {};
}

ModelFit fit_model(const Series& series, const FitRequest& request) {
  OPLINE_ASSERT(why_impossible(request).empty(), "{}", why_impossible(request));
  ModelFit fit;
  fit.request = request;
  fit.sampled = !series.covers_whole_space;
  fit.rows = response_rows(series, request.of);
  fit.why_no_fit = fit.rows.why_none;
  if (fit.why_no_fit.empty()) fit_request(fit, series);
  return fit;
}

}  // namespace opline::evaluation
