#include "src/report/layer_model_report.h"

#include <fmt/format.h>

#include "src/report/parts.h"

namespace opline::report {
namespace {

/// The coefficient of a column as text in `unit` units of a second; "-" where the column was left
/// out.
std::string figure(const analysis::LinearModel& model, const std::string& column, double unit) {
  for (const analysis::Coefficient& one : model.coefficients) {
    if (one.name == column) return fmt::format("{:.4g}", one.estimate * unit);
  }
  return "-";
}

std::string percent(const std::optional<double>& value) {
  return value ? fmt::format("{:.2f}", *value) : "-";
}

Json left_out_json(const std::vector<analysis::LeftOut>& left_out) {
  Json json = Json::array();
  for (const analysis::LeftOut& one : left_out)
    json.push_back({{"name", one.name}, {"why", one.why}});
  return json;
}

struct NamedErrors {
  const char* key;
  const char* name;
  const std::optional<analysis::HeldOutErrors>& errors;
};

std::vector<NamedErrors> models_of(const analysis::LayerValidation& validation) {
  return {{"ops", "ops", validation.ops},
          {"ops_by_type", "ops by layer type", validation.by_type},
          {"per_layer", "per-layer", validation.per_layer},
          {"lookup", "lookup", validation.lookup},
          {"unseen_signatures", "both, signatures held out", validation.by_signature}};
}

Record held_out_record(const analysis::HeldOutErrors& errors) {
  Record record;
  return record.add("by_construction", errors.by_construction)
      .optional_part("networks_percent", errors.networks, errors_record)
      .add("networks_unpredicted", errors.networks_unpredicted)
      .optional_part("layers_percent", errors.layers, errors_record)
      .add("layers_unpredicted", errors.layers_unpredicted)
      .add("looked_up", json_or_null(errors.looked_up));
}

}  // namespace

std::string text_of(const analysis::PerLayerModel& model) {
  std::string text = fmt::format("    {:<20} {:>7} {:>10} {:>9} {:>9} {:>11} {:>9} {:>8} {:>8}\n",
                                 "kernel", "layers", "signatures", "us", "ns/mac", "ns/element",
                                 "ns/byte", "R^2", "error %");
  for (const analysis::LayerForm& form : model.forms) {
    const analysis::LinearModel& fit = form.model;
    text += fmt::format(
        "    {:<20} {:>7} {:>10} {:>9} {:>9} {:>11} {:>9} {:>8} {:>8}\n", form.variant, fit.n,
        form.signatures, figure(fit, "intercept", 1e6), figure(fit, "macs", 1e9),
        figure(fit, "output_elements", 1e9), figure(fit, "bytes", 1e9),
        fit.r_squared ? fmt::format("{:.4f}", *fit.r_squared) : "-",
        percent(fit.relative ? std::optional(fit.relative->mape_percent) : std::nullopt));
  }
  for (const analysis::LayerForm& form : model.forms) {
    for (const analysis::LeftOut& one : form.left_out)
      text += fmt::format("    {}: {} is left out: it {}\n", form.variant, one.name, one.why);
  }
  for (const analysis::LeftOut& one : model.left_out)
    text += fmt::format("    {} has no form: it {}\n", one.name, one.why);
  return text;
}

Json json_of(const analysis::PerLayerModel& model) {
  Json json = {{"kernels", Json::object()}, {"left_out", left_out_json(model.left_out)}};
  for (const analysis::LayerForm& form : model.forms) {
    Json coefficients = Json::object();
    for (const analysis::Coefficient& one : form.model.coefficients)
      coefficients[one.name] = one.estimate;
    json["kernels"][form.variant] = {
        {"layers", form.model.n},
        {"signatures", form.signatures},
        {"coefficients", coefficients},
        {"r_squared", json_or_null(form.model.r_squared)},
        {"relative_errors_percent",
         form.model.relative ? errors_record(*form.model.relative).json() : Json(nullptr)},
        {"left_out", left_out_json(form.left_out)}};
  }
  return json;
}

std::string text_of(const analysis::LayerValidation& validation) {
  std::string text =
      fmt::format("    {:<27} {:>8} {:>8} {:>8} {:>8} {:>8} {:>13} {:>7}\n", "held-out errors in %",
                  "mean", "50 %", "90 %", "worst", "bias", "single layers", "known");
  for (const NamedErrors& one : models_of(validation)) {
    if (!one.errors || !one.errors->networks) continue;
    const analysis::RelativeErrors& networks = *one.errors->networks;
    text += fmt::format(
        "    {:<27} {:>8.2f} {:>8.2f} {:>8.2f} {:>8.2f} {:>+8.2f} {:>13} {:>7}{}\n", one.name,
        networks.mape_percent, networks.median_percent, networks.q90_percent,
        networks.worst_percent, networks.bias_percent,
        percent(one.errors->layers ? std::optional(one.errors->layers->mape_percent)
                                   : std::nullopt),
        one.errors->looked_up ? fmt::format("{:.0f} %", 100 * *one.errors->looked_up) : "",
        one.errors->by_construction ? "  by construction" : "");
  }
  return text;
}

Record record_of(const analysis::LayerValidation& validation) {
  Record record;
  record.add("signatures", validation.signatures)
      .add("signature_share", json_or_null(validation.signature_share));
  for (const NamedErrors& one : models_of(validation))
    record.optional_part(one.key, one.errors, held_out_record);
  return record;
}

}  // namespace opline::report
