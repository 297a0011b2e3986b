#include "src/report/cost_model_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/layers/ops_by_type.h"
#include "sampler/space/space_json.h"
#include "src/base/error.h"
#include "src/report/parts.h"

namespace opline::report {
namespace {

using costmodel::LinearForm;
using costmodel::Model;
using costmodel::Term;
using evaluation::JudgedModel;
using evaluation::ModelFit;
using evaluation::Series;

analysis::Interval range_of(const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return {*low, *high};
}

/// "s/op" of "ops", "s" of the intercept.
std::string unit_of_term(const std::string& name, const std::string& unit) {
  if (name == "intercept") return unit;
  if (name == "macs") return unit + "/mac";
  if (name == "output_elements") return unit + "/element";
  if (name == "bytes") return unit + "/byte";
  return unit + "/op";
}

/// `sampled`: of a whole enumeration there are no errors.
LinearForm form_of(const analysis::LinearModel& model, const std::string& unit, bool sampled) {
  LinearForm form;
  form.covariance_kind = model.covariance_kind;
  for (const analysis::Coefficient& one : model.coefficients) {
    Term term{one.name, unit_of_term(one.name, unit), {}, one.estimate, {}, {}};
    if (sampled) {
      term.standard_error = one.standard_error;
      term.interval = one.interval;
    }
    form.terms.push_back(std::move(term));
  }
  if (sampled) form.covariance = model.covariance;
  return form;
}

void set_line(Model& model, const ModelFit& fit) {
  model.line = form_of(*fit.linear, model.unit(), fit.sampled);
  for (const analysis::TypeColumn& column : fit.types) {
    for (Term& term : model.line->terms) {
      if (term.name == column.name) term.types = column.types;
    }
  }
  for (const analysis::TypeOps& one : fit.ops_of_types)
    model.ops_by_type.push_back({one.type, range_of(one.ops)});
  std::optional<double> mape;
  if (fit.linear->relative) mape = fit.linear->relative->mape_percent;
  model.fit = {fit.linear->n, fit.linear->r_squared, fit.linear->rmse, mape};
}

void set_layers(Model& model, const ModelFit& fit) {
  model.kernels_known = fit.kernels_known;
  model.layers_share = fit.layers_share;
  for (const analysis::LayerForm& form : fit.per_layer->forms) {
    model.forms.push_back({form.variant, form.model.n, form.signatures,
                           form_of(form.model, model.unit(), fit.sampled), form.macs,
                           form.output_elements, form.bytes});
  }
  for (const auto& [signature, known] : fit.table)
    model.table.push_back({signature, known.layers, known.seconds, known.smallest, known.largest});
  std::sort(model.table.begin(), model.table.end(),
            [](const auto& a, const auto& b) { return a.signature < b.signature; });
}

/// Of a model of layers whose times, like the networks', are the simulator's own.
bool layers_by_construction(const ModelFit& fit) {
  return fit.per_layer && fit.unseen && fit.unseen->per_layer &&
         fit.unseen->per_layer->by_construction;
}

Model model_of(const JudgedModel& judged) {
  const ModelFit& fit = judged.fit;
  Model model;
  model.of = fit.request.of;
  model.by_construction = fit.rows.by_construction || layers_by_construction(fit);
  model.kind = fit.request.model;
  if (fit.linear) {
    set_line(model, fit);
  } else {
    set_layers(model, fit);
  }
  model.ops = range_of(fit.rows.ops);
  if (judged.held_out) {
    model.held_out = judged.held_out->errors;
    model.interval = judged.held_out->interval;
    model.margin = judged.held_out->margin;
  }
  model.verdict = judged.verdict;
  return model;
}

bool not_valid(const JudgedModel& judged) {
  return !judged.verdict || judged.verdict->ruling == analysis::Ruling::not_valid;
}

std::string why_left_out(const JudgedModel& judged) {
  if (!judged.fit.why_no_fit.empty()) return judged.fit.why_no_fit;
  return judged.verdict ? "judged not valid" : "not judged: " + judged.why_not_judged;
}

void leave_out(CostModelView& view, const JudgedModel& judged) {
  const std::string why = why_left_out(judged);
  auto found = std::find_if(view.left_out.begin(), view.left_out.end(),
                            [&](const LeftOutModels& one) { return one.why == why; });
  if (found == view.left_out.end()) found = view.left_out.insert(found, {why, {}});
  found->titles.push_back(
      fmt::format("{}, {}", to_string(judged.fit.request.of), to_string(judged.fit.request.model)));
}

void set_campaign(costmodel::CostModel& file, const Series& series) {
  if (series.seed) {
    const store::Summary& counts = series.counts;
    file.counts.drawn = static_cast<std::uint64_t>(counts.drawn.draws);
    file.counts.different = static_cast<std::uint64_t>(counts.drawn.networks);
    file.counts.fitting = static_cast<std::uint64_t>(counts.fitting.networks);
    file.counts.pending = static_cast<std::uint64_t>(counts.pending.networks);
    file.space_name = series.space;
    file.prior = series.prior;
    file.seed = series.seed;
  }
  file.counts.measured = static_cast<std::uint64_t>(series.counts.measured.networks);
}

}  // namespace

CostModelView cost_model_view(const Series& series, const std::vector<JudgedModel>& models,
                              const std::optional<sampler::Space>& space, bool allow_not_valid,
                              const costmodel::Provenance& provenance) {
  CostModelView view;
  view.file.provenance = provenance;
  view.file.provenance.data_digest = evaluation::digest_of(series);
  view.file.setup = series.setup.to_json();
  if (series.simulated()) view.file.setup["calibration"] = calibration_json(series);
  set_campaign(view.file, series);
  if (space)
    view.file.space = {space->name, space->id, space->text, sampler::structure_json(*space)};
  for (const JudgedModel& judged : models) {
    const bool fitted = judged.fit.why_no_fit.empty();
    if (!fitted || (not_valid(judged) && !allow_not_valid)) {
      leave_out(view, judged);
      view.not_valid_left_out = view.not_valid_left_out || (fitted && judged.verdict);
      continue;
    }
    view.file.models.push_back(model_of(judged));
    view.file.models.back().not_valid_allowed = not_valid(judged);
  }
  return view;
}

std::string text_of(const costmodel::CostModel& file) {
  std::string text;
  for (const Model& model : file.models) {
    text += fmt::format(
        "  {:<22} {:<24} {:<16} {}\n", model.title(),
        model.held_out ? fmt::format("held-out error {:.2f} %", model.held_out->mape_percent)
                       : "held-out error unknown",
        model.margin ? fmt::format("margin {:.1f} %", 100 * model.margin->margin.value)
                     : "no margin",
        model.verdict ? name_of(model.verdict->ruling) : "not judged");
  }
  return text;
}

}  // namespace opline::report
