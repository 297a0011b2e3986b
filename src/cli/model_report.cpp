#include "src/cli/model_report.h"

#include <fmt/format.h>

#include "src/base/error.h"
#include "src/cli/figure_json.h"
#include "src/cli/layer_report.h"

namespace opline::cli {
namespace {

constexpr std::size_t kInfluential = 5;

/// Of a whole enumeration there are no errors to speak of.
std::string estimator_in_words(const FitRequest& request, bool sampled) {
  const char* errors = !sampled                                              ? ""
                       : request.covariance == analysis::CovarianceKind::hc3 ? ", HC3 errors"
                                                                             : ", classical errors";
  switch (request.estimator) {
    case Estimator::ols:
      return fmt::format("ordinary least squares{}", errors);
    case Estimator::relative:
      return fmt::format("least squares weighted by 1/y^2{}", errors);
    case Estimator::huber:
      return "Huber's M-estimator";
    case Estimator::theil_sen:
      return "Theil and Sen's estimator";
  }
  OPLINE_ASSERT(false, "estimator {}", static_cast<int>(request.estimator));
  return {};
}

std::string number(const std::optional<double>& value, const char* missing = "-") {
  return value ? fmt::format("{:.4g}", *value) : missing;
}

std::string probability(const std::optional<double>& p) {
  if (!p) return "-";
  return *p < 2e-16 ? "<2e-16" : fmt::format("{:.2g}", *p);
}

std::string coefficients_in_words(const ModelFit& fit, bool sampled) {
  std::string text = fmt::format("    {:<22} {:>11}", "", "estimate");
  if (sampled)
    text += fmt::format(" {:>11} {:>8} {:>8}  {:<26}", "std. error", "t", "p", "95 % interval");
  text += "\n";
  for (const FittedCoefficient& one : fit.coefficients) {
    text += fmt::format("    {:<22} {:>11.4g}", one.name, one.estimate);
    if (sampled) {
      text += fmt::format(
          " {:>11} {:>8} {:>8}  {:<26}", number(one.standard_error), number(one.t),
          probability(one.p),
          one.interval ? fmt::format("{:.4g} to {:.4g}", one.interval->low, one.interval->high)
                       : "-");
    }
    text += fmt::format("  {}{}\n", fit.rows.unit(), one.name == "intercept" ? "" : "/op");
  }
  return text;
}

std::string errors_in_words(const analysis::RelativeErrors& errors) {
  return fmt::format(
      "    errors      mean {:.2f} %; 50 % below {:.2f}, 90 % below {:.2f}, 95 % below {:.2f}, all "
      "below "
      "{:.2f} %; bias {:+.2f} %\n",
      errors.mape_percent, errors.median_percent, errors.q90_percent, errors.q95_percent,
      errors.worst_percent, errors.bias_percent);
}

std::string quality_in_words(const analysis::LinearModel& model, const char* unit, bool sampled) {
  std::string text = fmt::format(
      "    R^2         {}{}, adjusted {}; {}AIC {}, BIC {}; RMSE {:.4g} {}; condition {:.3g}; n "
      "{}\n",
      number(model.r_squared), model.has_intercept ? "" : " (about 0, not about the mean)",
      number(model.adjusted_r_squared),
      sampled ? fmt::format("F {} (p {}); ", number(model.f), probability(model.f_p)) : "",
      number(model.aic), number(model.bic), model.rmse, unit, model.condition, model.n);
  return text;
}

std::string test_in_words(const char* name, const std::optional<analysis::Test>& test) {
  if (!test) return fmt::format("{} not defined", name);
  return fmt::format("{} {:.4g} (p {})", name, test->statistic, probability(test->p));
}

std::string diagnostics_in_words(const ModelFit& fit) {
  const analysis::Diagnostics& found = *fit.diagnostics;
  std::string text = "    curvature   " + test_in_words("RESET", found.reset);
  if (fit.quadratic)
    text += fmt::format("; quadratic term {:.4g} {}/op^2, t {} (p {})", fit.quadratic->estimate,
                        fit.rows.unit(), number(fit.quadratic->t), probability(fit.quadratic->p));
  text += "\n";
  text +=
      fmt::format("    spread      {}; {}\n", test_in_words("Breusch-Pagan", found.breusch_pagan),
                  test_in_words("White", found.white));
  text += fmt::format("    normality   {}; {}\n", test_in_words("Jarque-Bera", found.jarque_bera),
                      test_in_words("Shapiro-Francia", found.shapiro_francia));
  const std::vector<std::size_t> most = analysis::most_influential(found, kInfluential);
  if (most.empty()) return text;
  text += fmt::format(
      "    most influential: Cook's distance, leverage, studentised residual, ops, {} in {}\n",
      to_string(fit.rows.of), fit.rows.unit());
  for (const std::size_t row : most) {
    const analysis::Influence& one = found.influence[row];
    text += fmt::format("      {:>7} {:>8.4f} {:>7}  {:>11.5g}  {:>9.4g}  {}\n", number(one.cook),
                        one.leverage, one.external ? fmt::format("{:.2f}", *one.external) : "-",
                        fit.rows.ops[row], fit.rows.y[row], fit.rows.networks[row]);
  }
  return text;
}

Json coefficient_json(const FittedCoefficient& one, bool sampled) {
  if (!sampled) return {{"estimate", one.estimate}};
  return {{"estimate", one.estimate},
          {"standard_error", json_or_null(one.standard_error)},
          {"t", json_or_null(one.t)},
          {"p", json_or_null(one.p)},
          {"interval", interval_json(one.interval)}};
}

Json diagnostics_json(const ModelFit& fit) {
  const analysis::Diagnostics& found = *fit.diagnostics;
  Json json = {
      {"reset", test_json(found.reset)},
      {"quadratic_term", fit.quadratic ? coefficient_json(*fit.quadratic, true) : Json(nullptr)},
      {"breusch_pagan", test_json(found.breusch_pagan)},
      {"white", test_json(found.white)},
      {"jarque_bera", test_json(found.jarque_bera)},
      {"shapiro_francia", test_json(found.shapiro_francia)},
      {"influential", Json::array()}};
  for (const std::size_t row : analysis::most_influential(found, kInfluential)) {
    const analysis::Influence& one = found.influence[row];
    json["influential"].push_back({{"network", fit.rows.networks[row]},
                                   {"ops", fit.rows.ops[row]},
                                   {to_string(fit.rows.of), fit.rows.y[row]},
                                   {"leverage", one.leverage},
                                   {"studentised_residual", json_or_null(one.external)},
                                   {"cooks_distance", json_or_null(one.cook)}});
  }
  return json;
}

std::string layers_in_words(const ModelFit& fit) {
  std::string text = fmt::format(
      "  latency ~ {}: seconds = a + b macs + c output elements + d bytes for each kernel, "
      "weighted by "
      "1/y^2\n",
      to_string(fit.request.model));
  text += in_words(*fit.per_layer);
  if (fit.signatures) text += fmt::format("    table of {} different layers\n", *fit.signatures);
  for (const std::string& remark : fit.remarks) text += "    " + remark + "\n";
  return text + in_words(*fit.unseen);
}

}  // namespace

std::string in_words(const ModelFit& fit, bool sampled) {
  if (!fit.why_no_fit.empty())
    return fmt::format("  no fit of {} ~ {}: {}\n", to_string(fit.request.of),
                       to_string(fit.request.model), fit.why_no_fit);
  if (fit.per_layer) return layers_in_words(fit);
  const bool line = fit.request.intercept == analysis::Intercept::with;
  std::string text =
      fmt::format("  {} ~ {}{}: {}{}\n", to_string(fit.request.of), to_string(fit.request.model),
                  line ? "" : ", no intercept", estimator_in_words(fit.request, sampled),
                  fit.rows.by_construction ? "; by construction: power x latency" : "");
  text += coefficients_in_words(fit, sampled);
  if (fit.linear) text += quality_in_words(*fit.linear, fit.rows.unit(), sampled);
  if (fit.relative) text += errors_in_words(*fit.relative);
  for (const std::string& remark : fit.remarks) text += "    " + remark + "\n";
  if (fit.diagnostics && sampled) text += diagnostics_in_words(fit);
  if (fit.unseen) text += in_words(*fit.unseen);
  return text;
}

Json to_json(const ModelFit& fit, bool sampled) {
  Json json = {{"of", to_string(fit.request.of)},
               {"by_construction", fit.rows.by_construction},
               {"model", to_string(fit.request.model)},
               {"intercept", fit.request.intercept == analysis::Intercept::with},
               {"estimator", to_string(fit.request.estimator)}};
  if (!fit.why_no_fit.empty()) {
    json["why_no_fit"] = fit.why_no_fit;
    return json;
  }
  if (fit.unseen) json["unseen"] = to_json(*fit.unseen);
  if (fit.per_layer) {
    json["per_layer"] = to_json(*fit.per_layer);
    json["known_layers"] = json_or_null(fit.signatures);
    json["remarks"] = fit.remarks;
    return json;
  }
  if (fit.linear) {
    const bool hc3 = fit.request.covariance == analysis::CovarianceKind::hc3;
    json["errors"] = sampled ? Json(hc3 ? "hc3" : "classical") : Json(nullptr);
  }
  json["unit"] = fit.rows.unit();
  json["coefficients"] = Json::object();
  for (const FittedCoefficient& one : fit.coefficients)
    json["coefficients"][one.name] = coefficient_json(one, sampled);
  json["relative_errors_percent"] = errors_json(fit.relative);
  json["remarks"] = fit.remarks;
  if (!fit.linear) return json;
  const analysis::LinearModel& model = *fit.linear;
  json["n"] = model.n;
  json["r_squared"] = json_or_null(model.r_squared);
  json["adjusted_r_squared"] = json_or_null(model.adjusted_r_squared);
  json["f"] = {{"statistic", sampled ? json_or_null(model.f) : Json(nullptr)},
               {"p", sampled ? json_or_null(model.f_p) : Json(nullptr)}};
  json["aic"] = json_or_null(model.aic);
  json["bic"] = json_or_null(model.bic);
  json["rmse"] = model.rmse;
  json["condition"] = model.condition;
  json["diagnostics"] = sampled && fit.diagnostics ? diagnostics_json(fit) : Json(nullptr);
  return json;
}

}  // namespace opline::cli
