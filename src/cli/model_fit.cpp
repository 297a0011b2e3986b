#include "src/cli/model_fit.h"

#include <fmt/format.h>

#include <cmath>

#include "src/base/error.h"

namespace opline::cli {
namespace {

/// The value of option `name`, as its position in `words`.
std::size_t choice(const Options& options, const std::string& name, const std::vector<std::string>& words) {
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

void fit_least_squares(ModelFit& fit) {
  analysis::Design design(fit.rows.ops.size(), fit.request.intercept);
  design.add("ops", fit.rows.ops);
  const std::vector<double> weights = fit.request.estimator == Estimator::relative
                                          ? analysis::relative_weights(fit.rows.y)
                                          : std::vector<double>{};
  const analysis::ModelOptions options{0.95, fit.request.covariance};
  fit.linear = analysis::fit_linear(design, fit.rows.y, options, weights);
  fit.coefficients = fit.linear->coefficients;
  fit.relative = fit.linear->relative;
  fit.diagnostics = analysis::diagnose(*fit.linear, design, fit.rows.y);
  try {
    fit.quadratic = analysis::fit_quadratic(design, fit.rows.y, "ops", options, weights).coefficient("ops^2");
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;  // too few different ops for a parabola: then there is none
  }
}

}  // namespace

const char* to_string(Response response) { return response == Response::latency ? "latency" : "energy"; }

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

void add_response_option(Options& options) {
  options.value("of", "NAME", "what is fitted: latency, or energy (in joules)", "latency");
}

Response read_response(const Options& options) {
  return static_cast<Response>(choice(options, "of", {"latency", "energy"}));
}

void add_fit_options(Options& options) {
  add_response_option(options);
  options.value(
      "estimator", "NAME",
      "ols; relative: least squares weighted by 1/y^2, for relative errors; huber, theil-sen: robust", "ols");
  options.value("errors", "NAME", "standard errors: classical, or hc3, which allows a spread that varies",
                "classical");
  options.flag("no-intercept", "a line through the origin");
}

FitRequest read_fit_options(const Options& options) {
  FitRequest request;
  request.of = read_response(options);
  request.estimator =
      static_cast<Estimator>(choice(options, "estimator", {"ols", "relative", "huber", "theil-sen"}));
  if (choice(options, "errors", {"classical", "hc3"}) == 1)
    request.covariance = analysis::CovarianceKind::hc3;
  if (options.has("no-intercept")) request.intercept = analysis::Intercept::without;
  const bool robust = request.estimator == Estimator::huber || request.estimator == Estimator::theil_sen;
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
    result.why_none = "no energy was measured, and no active power of this board is known to model it with";
    return result;
  }
  for (const store::MeasurementRow& row : fitted.series.rows) {
    std::optional<double> y = row.joules;
    if (of == Response::latency || modelled) y = latency_of(row, fitted.series.setup.setup);
    if (!y) continue;
    result.networks.push_back(name_of(row));
    result.ops.push_back(static_cast<double>(row.ops));
    result.y.push_back(modelled ? *y * fitted.power->watts : *y);
  }
  if (result.y.empty()) result.why_none = fmt::format("nothing was measured that has a {}", to_string(of));
  return result;
}

ModelFit fit_model(const FittedSeries& fitted, const FitRequest& request) {
  ModelFit fit;
  fit.request = request;
  fit.rows = response_rows(fitted, request.of);
  fit.why_no_fit = fit.rows.why_none;
  if (!fit.why_no_fit.empty()) return fit;
  try {
    fit_least_squares(fit);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::input) throw;
    fit.why_no_fit = error.what();
  }
  return fit;
}

}  // namespace opline::cli
