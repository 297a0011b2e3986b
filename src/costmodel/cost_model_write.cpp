// The cost model as JSON; docs/formats/cost-model.md.
#include "src/costmodel/cost_model.h"
#include "src/costmodel/cost_model_keys.h"

namespace opline::costmodel {
namespace {

Json interval_json(const std::optional<analysis::Interval>& interval) {
  if (!interval) return nullptr;
  return Json::array({interval->low, interval->high});
}

Json range_json(const analysis::Interval& range) { return Json::array({range.low, range.high}); }

Json term_json(const Term& term) {
  Json json = {{"name", term.name}, {"unit", term.unit}};
  if (!term.types.empty()) json["types"] = term.types;
  json["estimate"] = term.estimate;
  json["standard_error"] = json_or_null(term.standard_error);
  json["interval"] = interval_json(term.interval);
  return json;
}

void add_form(Json& json, const LinearForm& form) {
  Json terms = Json::array();
  for (const Term& term : form.terms) terms.push_back(term_json(term));
  json["terms"] = std::move(terms);
  json["covariance_kind"] = covariance_name(form.covariance_kind);
  json["covariance"] = nullptr;
  if (form.covariance.empty()) return;
  Json rows = Json::array();
  const auto size = static_cast<std::ptrdiff_t>(form.terms.size());
  for (auto row = form.covariance.begin(); row != form.covariance.end(); row += size)
    rows.push_back(Json(std::vector<double>(row, row + size)));
  json["covariance"] = std::move(rows);
}

Json form_json(const KernelForm& form) {
  Json json = {{"kernel", form.kernel}, {"layers", form.layers}, {"signatures", form.signatures}};
  add_form(json, form.form);
  json["range"] = {{"macs", range_json(form.macs)},
                   {"output_elements", range_json(form.output_elements)},
                   {"bytes", range_json(form.bytes)}};
  return json;
}

Json known_layer_json(const KnownLayer& layer) {
  return {{"signature", layer.signature},
          {"layers", layer.layers},
          {"mean", layer.mean},
          {"smallest", layer.smallest},
          {"largest", layer.largest}};
}

void add_line(Json& json, const Model& model) {
  add_form(json, *model.line);
  const FitFigures& fit = *model.fit;
  json["fit"] = {{"n", fit.n},
                 {"r_squared", json_or_null(fit.r_squared)},
                 {"rmse", fit.rmse},
                 {"mape_percent", json_or_null(fit.mape_percent)}};
}

void add_layers(Json& json, const Model& model) {
  json["kernels"] = kernels_name(model.kernels_known);
  Json forms = Json::array();
  for (const KernelForm& form : model.forms) forms.push_back(form_json(form));
  json["forms"] = std::move(forms);
  json["layers_share"] = json_or_null(model.layers_share);
  if (model.kind != ModelKind::lookup) return;
  Json table = Json::array();
  for (const KnownLayer& layer : model.table) table.push_back(known_layer_json(layer));
  json["table"] = std::move(table);
}

Json domain_json(const Model& model) {
  Json types = nullptr;
  if (model.kind == ModelKind::ops_by_type) {
    types = Json::object();
    for (const TypeRange& one : model.ops_by_type) types[one.type] = range_json(one.ops);
  }
  return {{"ops", range_json(model.ops)}, {"ops_by_type", std::move(types)}};
}

Json errors_json(const std::optional<analysis::RelativeErrors>& errors) {
  if (!errors) return nullptr;
  return {{"n", errors->n},
          {"mape_percent", errors->mape_percent},
          {"median_percent", errors->median_percent},
          {"q90_percent", errors->q90_percent},
          {"q95_percent", errors->q95_percent},
          {"worst_percent", errors->worst_percent},
          {"bias_percent", errors->bias_percent}};
}

Json offset_json(const analysis::PredictionOffset& offset) {
  return {{"absolute", offset.absolute}, {"relative", offset.relative}};
}

Json prediction_interval_json(const std::optional<analysis::PredictionInterval>& interval) {
  if (!interval) return nullptr;
  return {{"confidence", interval->confidence},
          {"below", offset_json(interval->below)},
          {"above", offset_json(interval->above)}};
}

Json margin_json(const std::optional<analysis::LatencyMargin>& margin) {
  if (!margin) return nullptr;
  return {{"exceeded", margin->exceeded},
          {"absolute", margin->absolute},
          {"relative", margin->relative},
          {"median_prediction", margin->reference},
          {"at_median", margin->margin.value},
          {"at_median_interval", interval_json(margin->margin.interval)}};
}

Json criterion_json(const analysis::Criterion& one) {
  return {{"name", one.name},
          {"value", json_or_null(one.value)},
          {"interval", interval_json(one.interval)},
          {"threshold", one.threshold},
          {"direction", direction_name(one.direction)},
          {"unit", one.unit},
          {"standing", name_of(one.standing)},
          {"note", one.note}};
}

Json verdict_json(const std::optional<analysis::PredictionVerdict>& verdict) {
  if (!verdict) return nullptr;
  Json criteria = Json::array();
  for (const analysis::Criterion& one : verdict->criteria) criteria.push_back(criterion_json(one));
  return {{"ruling", name_of(verdict->ruling)},
          {"criteria", std::move(criteria)},
          {"reasons", verdict->reasons}};
}

Json model_json(const Model& model) {
  Json json = {{"of", to_string(model.of)},
               {"unit", model.unit()},
               {"by_construction", model.by_construction},
               {"kind", to_string(model.kind)},
               {"confidence", model.confidence}};
  if (model.line) {
    add_line(json, model);
  } else {
    add_layers(json, model);
  }
  json["domain"] = domain_json(model);
  json["held_out"] = errors_json(model.held_out);
  json["interval"] = prediction_interval_json(model.interval);
  json["margin"] = margin_json(model.margin);
  json["verdict"] = verdict_json(model.verdict);
  json["not_valid_allowed"] = model.not_valid_allowed;
  return json;
}

Json space_json(const std::optional<SpaceText>& space) {
  if (!space) return nullptr;
  return {{"name", space->name},
          {"id", space->id},
          {"text", space->text},
          {"structure", space->structure}};
}

}  // namespace

Json to_json(const CostModel& file) {
  const Provenance& provenance = file.provenance;
  Json models = Json::array();
  for (const Model& model : file.models) models.push_back(model_json(model));
  return {{"format", kFormatName},
          {"version", kFormatVersion},
          {"provenance",
           {{"opline_version", provenance.opline_version},
            {"study", provenance.study},
            {"created_utc", provenance.created_utc},
            {"command", provenance.command},
            {"data_digest", json_or_null(provenance.data_digest)}}},
          {"ops", kOpsDefinition},
          {"setup", file.setup},
          {"campaign",
           {{"space", json_or_null(file.space_name)},
            {"prior", json_or_null(file.prior)},
            {"seed", json_or_null(file.seed)}}},
          {"counts",
           {{"drawn", json_or_null(file.counts.drawn)},
            {"different", json_or_null(file.counts.different)},
            {"pending", file.counts.pending},
            {"fitting", json_or_null(file.counts.fitting)},
            {"measured", file.counts.measured}}},
          {"space", space_json(file.space)},
          {"models", std::move(models)}};
}

}  // namespace opline::costmodel
