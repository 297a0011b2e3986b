#include "src/report/model_report.h"

#include <fmt/format.h>

#include "src/base/counted.h"
#include "src/base/error.h"
#include "src/base/printable.h"
#include "src/report/fit_report.h"
#include "src/report/layer_model_report.h"
#include "src/report/parts.h"

namespace opline::report {
namespace {

using evaluation::Estimator;
using evaluation::FitRequest;
using evaluation::FittedCoefficient;
using evaluation::ModelFit;

constexpr std::size_t kInfluential = 5;
constexpr std::size_t kLongestName = 120;

/// A whole enumeration has no errors.
std::string estimator_text(const FitRequest& request, bool sampled) {
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

std::string coefficients_text(const ModelFit& fit) {
  std::string text = fmt::format("    {:<22} {:>11}", "", "estimate");
  if (fit.sampled)
    text += fmt::format(" {:>11} {:>8} {:>8}  {:<26}", "std. error", "t", "p", "95 % interval");
  text += "\n";
  for (const FittedCoefficient& one : fit.coefficients) {
    text += fmt::format("    {:<22} {:>11.4g}", one.name, one.estimate);
    if (fit.sampled) {
      text += fmt::format(
          " {:>11} {:>8} {:>8}  {:<26}", text_or_dash(one.standard_error), text_or_dash(one.t),
          p_text(one.p),
          one.interval ? fmt::format("{:.4g} to {:.4g}", one.interval->low, one.interval->high)
                       : "-");
    }
    text += fmt::format("  {}{}\n", fit.rows.unit(), one.name == "intercept" ? "" : "/op");
  }
  return text;
}

std::string errors_text(const analysis::RelativeErrors& errors) {
  return fmt::format("    errors      {}\n", relative_errors_text(errors));
}

std::string held_out_text(const analysis::CrossValidation& found) {
  return fmt::format("    held out    error {} (10-fold cross-validation)\n",
                     relative_errors_text(found.errors));
}

std::string quality_text(const analysis::LinearModel& model, const char* unit, bool sampled) {
  std::string text = fmt::format(
      "    R^2         {}{}, adjusted {}; {}AIC {}, BIC {}; RMSE {:.4g} {}; condition {:.3g}; n "
      "{}\n",
      text_or_dash(model.r_squared), model.has_intercept ? "" : " (about 0, not about the mean)",
      text_or_dash(model.adjusted_r_squared),
      sampled ? fmt::format("F {} (p {}); ", text_or_dash(model.f), p_text(model.f_p)) : "",
      text_or_dash(model.aic), text_or_dash(model.bic), model.rmse, unit, model.condition, model.n);
  return text;
}

std::string test_text(const char* name, const std::optional<analysis::Test>& test) {
  if (!test) return fmt::format("{} not defined", name);
  return fmt::format("{} {:.4g} (p {})", name, test->statistic, p_text(test->p));
}

std::string diagnostics_text(const ModelFit& fit) {
  const analysis::Diagnostics& found = *fit.diagnostics;
  std::string text = "    curvature   " + test_text("RESET with HC3", found.reset_hc3) + "; " +
                     test_text("classical RESET", found.reset);
  if (fit.quadratic)
    text += fmt::format("; quadratic term {:.4g} {}/op^2, t {} (p {})", fit.quadratic->estimate,
                        fit.rows.unit(), text_or_dash(fit.quadratic->t), p_text(fit.quadratic->p));
  text += "\n";
  text += fmt::format("    spread      {}; {}\n", test_text("Breusch-Pagan", found.breusch_pagan),
                      test_text("White", found.white));
  text += fmt::format("    normality   {}; {}\n", test_text("Jarque-Bera", found.jarque_bera),
                      test_text("Shapiro-Francia", found.shapiro_francia));
  if (fit.rows.lack_of_fit)
    text += "    repeats     " + lack_of_fit_text(*fit.rows.lack_of_fit) + "\n";
  const std::vector<std::size_t> most = analysis::most_influential(found, kInfluential);
  if (most.empty()) return text;
  text += fmt::format(
      "    most influential: Cook's distance, leverage, studentised residual, ops, {} in {}\n",
      to_string(fit.rows.of), fit.rows.unit());
  for (const std::size_t row : most) {
    const analysis::Influence& one = found.influence[row];
    text += fmt::format(
        "      {:>7} {:>8.4f} {:>7}  {:>11.5g}  {:>9.4g}  {}\n", text_or_dash(one.cook),
        one.leverage, one.external ? fmt::format("{:.2f}", *one.external) : "-", fit.rows.ops[row],
        fit.rows.y[row], printable(name_of(*fit.rows.rows[row]), kLongestName));
  }
  return text;
}

Record coefficient_record(const FittedCoefficient& one) {
  Record record;
  return record.add("estimate", one.estimate)
      .add("standard_error", json_or_null(one.standard_error))
      .add("t", json_or_null(one.t))
      .add("p", json_or_null(one.p))
      .interval("interval", one.interval);
}

/// Of a whole enumeration the estimate alone: nothing was sampled.
Record estimate_only(const FittedCoefficient& one) {
  return coefficient_record(FittedCoefficient(one.name, one.estimate));
}

Record errors_of_kind(const std::vector<FittedCoefficient>& of_kind, std::size_t i, bool sampled) {
  const bool known = sampled && i < of_kind.size();
  Record record;
  return record
      .add("standard_error", known ? json_or_null(of_kind[i].standard_error) : Json(nullptr))
      .interval("interval", known ? of_kind[i].interval : std::nullopt);
}

/// With the errors asked for and, of least squares, with both kinds.
Record record_of_coefficient(const ModelFit& fit, std::size_t i) {
  const FittedCoefficient& one = fit.coefficients[i];
  Record record = fit.sampled ? coefficient_record(one) : estimate_only(one);
  if (!fit.linear) return record;
  return record.part("classical", errors_of_kind(fit.classical, i, fit.sampled))
      .part("hc3", errors_of_kind(fit.hc3, i, fit.sampled));
}

/// Row by row, in the order of the coefficients.
Json matrix_json(const std::vector<double>& covariance, std::size_t k) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < k; ++i) {
    Json row = Json::array();
    for (std::size_t j = 0; j < k; ++j) row.push_back(covariance[i * k + j]);
    rows.push_back(std::move(row));
  }
  return rows;
}

Json covariance_json(const ModelFit& fit) {
  const std::size_t k = fit.coefficients.size();
  Json both = {{"classical", nullptr}, {"hc3", nullptr}};
  if (!fit.sampled) return both;
  both["classical"] = matrix_json(fit.linear->classical_covariance, k);
  if (fit.linear->hc3_covariance) both["hc3"] = matrix_json(*fit.linear->hc3_covariance, k);
  return both;
}

Json influential_json(const ModelFit& fit) {
  Json json = Json::array();
  for (const std::size_t row : analysis::most_influential(*fit.diagnostics, kInfluential)) {
    const analysis::Influence& one = fit.diagnostics->influence[row];
    json.push_back({{"network", name_of(*fit.rows.rows[row])},
                    {"ops", fit.rows.ops[row]},
                    {to_string(fit.rows.of), fit.rows.y[row]},
                    {"leverage", one.leverage},
                    {"studentised_residual", json_or_null(one.external)},
                    {"cooks_distance", json_or_null(one.cook)}});
  }
  return json;
}

Record diagnostics_record(const ModelFit& fit) {
  const analysis::Diagnostics none;
  const analysis::Diagnostics& found = fit.diagnostics ? *fit.diagnostics : none;
  Record record;
  record.optional_part("reset_hc3", found.reset_hc3, test_record)
      .optional_part("reset", found.reset, test_record);
  if (fit.quadratic) {
    record.part("quadratic_term", coefficient_record(*fit.quadratic));
  } else {
    record.missing("quadratic_term", coefficient_record(FittedCoefficient("", 0)));
  }
  return record.optional_part("breusch_pagan", found.breusch_pagan, test_record)
      .optional_part("white", found.white, test_record)
      .optional_part("jarque_bera", found.jarque_bera, test_record)
      .optional_part("shapiro_francia", found.shapiro_francia, test_record)
      .list("influential", fit.diagnostics ? influential_json(fit) : Json::array());
}

/// What has to be known about the fit beside its figures, one sentence each.
std::vector<std::string> remarks_of(const ModelFit& fit) {
  std::vector<std::string> remarks;
  for (const analysis::LeftOut& one : fit.left_out)
    remarks.push_back(fmt::format("ops of {} have no coefficient: {}", one.name, one.why));
  if (fit.huber) {
    remarks.push_back(fmt::format(
        "scale {:.4g} {}; {} of {} {} a weight below 1, the smallest {:.2f}{}", fit.huber->scale,
        fit.rows.unit(), fit.huber->reduced, counted(fit.huber->n, "network"),
        fit.huber->reduced == 1 ? "has" : "have", fit.huber->smallest,
        fit.huber->stopped_after
            ? fmt::format("; not converged after {} iterations", *fit.huber->stopped_after)
            : ""));
  }
  if (fit.per_layer && !fit.kernels_known)
    remarks.emplace_back(
        "which kernel executes a layer is unknown for this runtime: layer types stand for kernels");
  if (fit.layers_share)
    remarks.push_back(fmt::format("the layers add up to {:.2f} % of the networks' latency",
                                  100 * *fit.layers_share));
  return remarks;
}

std::string remarks_text(const ModelFit& fit) {
  std::string text;
  for (const std::string& remark : remarks_of(fit)) text += "    " + remark + "\n";
  return text;
}

std::string layers_text(const ModelFit& fit) {
  std::string text = fmt::format(
      "  latency ~ {}: for each kernel, seconds = a + b macs + c output elements + d bytes, "
      "weighted by 1/y^2\n",
      to_string(fit.request.model));
  text += text_of(*fit.per_layer);
  if (!fit.table.empty())
    text += fmt::format("    table of {} different layers\n", fit.table.size());
  return text + remarks_text(fit) + text_of(*fit.unseen);
}

void add_linear_model(Record& record, const ModelFit& fit) {
  const analysis::LinearModel& model = *fit.linear;
  record.add("n", model.n)
      .list("covariance", covariance_json(fit))
      .optional_part(
          "held_out_errors_percent",
          fit.cross_validation ? std::optional(fit.cross_validation->errors) : std::nullopt,
          [](const analysis::RelativeErrors& one) { return errors_record(one); })
      .add("r_squared", json_or_null(model.r_squared))
      .add("adjusted_r_squared", json_or_null(model.adjusted_r_squared))
      .part("f", Record()
                     .add("statistic", fit.sampled ? json_or_null(model.f) : Json(nullptr))
                     .add("p", fit.sampled ? json_or_null(model.f_p) : Json(nullptr)))
      .add("aic", json_or_null(model.aic))
      .add("bic", json_or_null(model.bic))
      .add("rmse", model.rmse)
      .add("condition", model.condition);
  if (fit.sampled && fit.diagnostics) {
    record.part("diagnostics", diagnostics_record(fit));
  } else {
    record.missing("diagnostics", diagnostics_record(ModelFit{}));
  }
}

Json errors_kind(const ModelFit& fit) {
  if (!fit.sampled) return nullptr;
  return fit.request.covariance == analysis::CovarianceKind::hc3 ? "hc3" : "classical";
}

}  // namespace

std::string text_of(const ModelFit& fit) {
  if (!fit.why_no_fit.empty())
    return fmt::format("  no fit of {} ~ {}: {}\n", to_string(fit.request.of),
                       to_string(fit.request.model), fit.why_no_fit);
  if (fit.per_layer) return layers_text(fit);
  const bool line = fit.request.intercept == analysis::Intercept::with;
  std::string text =
      fmt::format("  {} ~ {}{}: {}{}\n", to_string(fit.request.of), to_string(fit.request.model),
                  line ? "" : ", no intercept", estimator_text(fit.request, fit.sampled),
                  fit.rows.by_construction ? "; by construction: power x latency" : "");
  text += coefficients_text(fit);
  if (fit.linear) text += quality_text(*fit.linear, fit.rows.unit(), fit.sampled);
  if (fit.relative) text += errors_text(*fit.relative);
  if (fit.cross_validation) text += held_out_text(*fit.cross_validation);
  text += remarks_text(fit);
  if (fit.diagnostics && fit.sampled) text += diagnostics_text(fit);
  if (fit.unseen) text += text_of(*fit.unseen);
  return text;
}

Record record_of(const ModelFit& fit) {
  Record record;
  record.add("of", to_string(fit.request.of))
      .add("by_construction", fit.rows.by_construction)
      .add("model", to_string(fit.request.model))
      .add("intercept", fit.request.intercept == analysis::Intercept::with)
      .add("estimator", to_string(fit.request.estimator));
  if (!fit.why_no_fit.empty()) return record.add("why_no_fit", fit.why_no_fit);
  if (needs_layers(fit.request))
    record.optional_part("unseen", fit.unseen,
                         [](const analysis::LayerValidation& one) { return record_of(one); });
  if (fit.per_layer) {
    return record.list("per_layer", json_of(*fit.per_layer))
        .add("known_layers", fit.table.empty() ? Json(nullptr) : Json(fit.table.size()))
        .list("remarks", remarks_of(fit));
  }
  if (fit.linear) record.add("errors", errors_kind(fit));
  record.add("unit", fit.rows.unit());
  Record coefficients;
  for (std::size_t i = 0; i < fit.coefficients.size(); ++i)
    coefficients.part(fit.coefficients[i].name, record_of_coefficient(fit, i));
  record.part("coefficients", coefficients)
      .optional_part("relative_errors_percent", fit.relative, errors_record)
      .list("remarks", remarks_of(fit));
  if (fit.linear) add_linear_model(record, fit);
  return record;
}

Record record_of(const evaluation::SeriesFit& line, const ModelFit& regression) {
  return record_of(line).part("regression", record_of(regression));
}

}  // namespace opline::report
