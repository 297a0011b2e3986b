#include "src/costmodel/model_reader.h"

#include <algorithm>
#include <set>

#include "src/costmodel/cost_model_keys.h"

namespace opline::costmodel {
namespace {

double not_negative(StrictObject& object, const std::string& key) {
  const double value = object.number(key);
  if (!(value >= 0)) object.fail(key, "is negative; it must be 0 or more");
  return value;
}

double share(StrictObject& object, const std::string& key) {
  const double value = object.number(key);
  if (!(value > 0 && value < 1)) object.fail(key, "must be a share between 0 and 1");
  return value;
}

Term read_term(StrictObject& object) {
  Term term;
  term.name = object.text("name");
  term.unit = object.text("unit");
  if (object.has("types")) term.types = object.texts("types");
  term.estimate = object.number("estimate");
  read_error_and_interval(object, term);
  object.reject_unknown_keys();
  return term;
}

std::vector<double> read_covariance(StrictObject& object, std::size_t terms) {
  const Json& rows = object.value("covariance");
  if (rows.is_null()) return {};
  std::vector<double> covariance;
  bool square = rows.is_array() && rows.size() == terms;
  for (std::size_t i = 0; square && i < terms; ++i) {
    square = rows[i].is_array() && rows[i].size() == terms;
    for (std::size_t j = 0; square && j < terms; ++j) {
      square = rows[i][j].is_number();
      if (square) covariance.push_back(rows[i][j].get<double>());
    }
  }
  if (!square)
    object.fail("covariance", fmt::format("must be null or {0} lists of {0} numbers", terms));
  return covariance;
}

/// `names`: the terms there may be; empty for any. `unit`: of the model.
LinearForm read_form(StrictObject& object, const std::string& unit,
                     const std::vector<std::pair<std::string, std::string>>& names) {
  LinearForm form;
  for (StrictObject& term : object.objects("terms")) {
    form.terms.push_back(read_term(term));
    const Term& last = form.terms.back();
    const auto known = std::find_if(names.begin(), names.end(),
                                    [&](const auto& one) { return one.first == last.name; });
    if (known == names.end() && !names.empty() && names.back().first != "*")
      term.fail("name", fmt::format("is `{}`, which this kind of model does not have", last.name));
    const std::string per = known != names.end() ? known->second : "/op";
    if (last.unit != unit + per)
      term.fail("unit", fmt::format("is `{}` where `{}{}` belongs; convert the figures or export "
                                    "the model again",
                                    last.unit, unit, per));
    if (form.term(last.name) != &last) term.fail("name", "is there twice; keep one of them");
  }
  if (form.terms.empty()) object.fail("terms", "is empty; a model has at least one term");
  form.covariance_kind = object.choice(
      "covariance_kind", {analysis::CovarianceKind::hc3, analysis::CovarianceKind::classical},
      covariance_name);
  form.covariance = read_covariance(object, form.terms.size());
  return form;
}

const std::vector<std::pair<std::string, std::string>> kLineTerms = {{"intercept", ""},
                                                                     {"ops", "/op"}};
const std::vector<std::pair<std::string, std::string>> kTypeTerms = {{"intercept", ""},
                                                                     {"*", "/op"}};
const std::vector<std::pair<std::string, std::string>> kLayerTerms = {
    {"intercept", ""}, {"macs", "/mac"}, {"output_elements", "/element"}, {"bytes", "/byte"}};

FitFigures read_fit(StrictObject object) {
  FitFigures fit;
  fit.n = object.integer("n");
  if (fit.n < 3) object.fail("n", fmt::format("is {}; a model needs at least 3 networks", fit.n));
  fit.r_squared = object.optional_number("r_squared");
  if (fit.r_squared && !(*fit.r_squared <= 1)) object.fail("r_squared", "is above 1");
  fit.rmse = not_negative(object, "rmse");
  fit.mape_percent = object.optional_number("mape_percent");
  if (fit.mape_percent && *fit.mape_percent < 0)
    object.fail("mape_percent", "is negative; it must be 0 or more");
  object.reject_unknown_keys();
  return fit;
}

KernelForm read_kernel_form(StrictObject& object, const std::string& unit) {
  KernelForm form;
  form.kernel = object.text("kernel");
  form.layers = object.integer("layers");
  form.signatures = object.integer("signatures");
  form.form = read_form(object, unit, kLayerTerms);
  StrictObject range = object.object("range");
  form.macs = read_range(range, "macs");
  form.output_elements = read_range(range, "output_elements");
  form.bytes = read_range(range, "bytes");
  range.reject_unknown_keys();
  object.reject_unknown_keys();
  return form;
}

KnownLayer read_known_layer(StrictObject& object) {
  KnownLayer layer;
  layer.signature = object.text("signature");
  layer.layers = object.integer("layers");
  layer.mean = object.number("mean");
  layer.smallest = object.number("smallest");
  layer.largest = object.number("largest");
  const double slack = 1e-12 * std::abs(layer.mean);
  if (!(layer.smallest <= layer.mean + slack && layer.mean <= layer.largest + slack))
    object.fail("mean", "is not between smallest and largest; correct one of them");
  object.reject_unknown_keys();
  return layer;
}

void read_line(StrictObject& object, Model& model) {
  const bool by_type = model.kind == ModelKind::ops_by_type;
  model.line = read_form(object, model.unit(), by_type ? kTypeTerms : kLineTerms);
  for (const Term& term : model.line->terms) {
    const bool needs_types = by_type && term.name != "intercept";
    if (needs_types == term.types.empty())
      object.fail("terms", fmt::format("`{}` {} types", term.name,
                                       needs_types ? "needs a list of" : "takes no"));
  }
  model.fit = read_fit(object.object("fit"));
}

void read_layers(StrictObject& object, Model& model) {
  model.kernels_known = object.choice("kernels", {true, false}, kernels_name);
  std::set<std::string> kernels;
  for (StrictObject& form : object.objects("forms")) {
    model.forms.push_back(read_kernel_form(form, model.unit()));
    if (!kernels.insert(model.forms.back().kernel).second)
      form.fail("kernel", "is there twice; keep one of them");
  }
  model.layers_share = object.optional_number("layers_share");
  if (model.kind != ModelKind::lookup) return;
  std::set<std::string> signatures;
  for (StrictObject& layer : object.objects("table")) {
    model.table.push_back(read_known_layer(layer));
    if (!signatures.insert(model.table.back().signature).second)
      layer.fail("signature", "is there twice; keep one of them");
  }
}

void read_domain(StrictObject object, Model& model) {
  model.ops = read_range(object, "ops");
  const Json& types = object.value("ops_by_type");
  if (types.is_null() != (model.kind != ModelKind::ops_by_type))
    object.fail("ops_by_type", "is for models of kind ops-by-type, which have it, and null else");
  if (!types.is_null()) {
    StrictObject ranges = object.object("ops_by_type");
    for (const auto& [type, range] : types.items())
      model.ops_by_type.push_back({type, read_range(ranges, type)});
  }
  object.reject_unknown_keys();
}

std::optional<analysis::RelativeErrors> read_errors(std::optional<StrictObject> object) {
  if (!object) return std::nullopt;
  analysis::RelativeErrors errors;
  errors.n = object->integer("n");
  errors.mape_percent = not_negative(*object, "mape_percent");
  errors.median_percent = not_negative(*object, "median_percent");
  errors.q90_percent = not_negative(*object, "q90_percent");
  errors.q95_percent = not_negative(*object, "q95_percent");
  errors.worst_percent = not_negative(*object, "worst_percent");
  errors.bias_percent = object->number("bias_percent");
  object->reject_unknown_keys();
  return errors;
}

analysis::PredictionOffset read_offset(StrictObject object) {
  const analysis::PredictionOffset offset{object.number("absolute"), object.number("relative")};
  object.reject_unknown_keys();
  return offset;
}

std::optional<analysis::PredictionInterval> read_prediction_interval(
    std::optional<StrictObject> object) {
  if (!object) return std::nullopt;
  const analysis::PredictionInterval interval{share(*object, "confidence"),
                                              read_offset(object->object("below")),
                                              read_offset(object->object("above"))};
  object->reject_unknown_keys();
  return interval;
}

std::optional<analysis::LatencyMargin> read_margin(std::optional<StrictObject> object) {
  if (!object) return std::nullopt;
  analysis::LatencyMargin margin;
  margin.exceeded = share(*object, "exceeded");
  margin.absolute = not_negative(*object, "absolute");
  margin.relative = not_negative(*object, "relative");
  margin.reference = not_negative(*object, "median_prediction");
  margin.margin = {not_negative(*object, "at_median"),
                   read_interval(*object, "at_median_interval")};
  object->reject_unknown_keys();
  return margin;
}

analysis::Criterion read_criterion(StrictObject& object) {
  using analysis::Standing;
  analysis::Criterion one;
  one.name = object.text("name");
  one.value = object.optional_number("value");
  one.interval = read_interval(object, "interval");
  one.threshold = object.number("threshold");
  one.direction = object.choice(
      "direction", {analysis::Direction::at_least, analysis::Direction::at_most}, direction_name);
  one.unit = object.text("unit");
  one.standing = object.choice(
      "standing", {Standing::met, Standing::missed, Standing::undecided, Standing::not_applicable},
      [](Standing standing) { return name_of(standing); });
  one.note = object.text("note");
  object.reject_unknown_keys();
  return one;
}

std::optional<analysis::PredictionVerdict> read_verdict(std::optional<StrictObject> object) {
  using analysis::Ruling;
  if (!object) return std::nullopt;
  analysis::PredictionVerdict verdict;
  verdict.ruling = object->choice(
      "ruling", {Ruling::valid, Ruling::valid_with_margin, Ruling::not_valid, Ruling::undecided},
      [](Ruling ruling) { return name_of(ruling); });
  for (StrictObject& one : object->objects("criteria"))
    verdict.criteria.push_back(read_criterion(one));
  verdict.reasons = object->texts("reasons");
  object->reject_unknown_keys();
  return verdict;
}

}  // namespace

std::optional<analysis::Interval> read_interval(StrictObject& object, const std::string& key) {
  if (object.value(key).is_null()) return std::nullopt;
  const std::vector<double> ends = object.numbers(key, 2);
  if (!(ends[0] <= ends[1])) object.fail(key, "is the wrong way round; write [low, high]");
  return analysis::Interval{ends[0], ends[1]};
}

void read_error_and_interval(StrictObject& object, Term& term) {
  term.standard_error = object.optional_number("standard_error");
  if (term.standard_error && *term.standard_error < 0)
    object.fail("standard_error", "is negative; it must be 0 or more");
  term.interval = read_interval(object, "interval");
  if (term.interval && !term.interval->contains(term.estimate))
    object.fail("interval", "does not contain the estimate; write [low, high]");
  if (term.interval.has_value() != term.standard_error.has_value()) {
    object.fail("standard_error",
                "and the interval are known or unknown together; write both or null for both");
  }
}

analysis::Interval read_range(StrictObject& object, const std::string& key) {
  const auto range = read_interval(object, key);
  if (!range) object.fail(key, "is null; write [low, high]");
  return {range->low, range->high};
}

Model read_model(StrictObject& object) {
  Model model;
  model.of = object.choice("of", {Response::latency, Response::energy},
                           [](Response of) { return to_string(of); });
  object.expect_text("unit", model.unit(), "convert the figures or export the model again");
  model.by_construction = object.boolean("by_construction");
  model.kind = object.choice(
      "kind", {ModelKind::ops, ModelKind::ops_by_type, ModelKind::per_layer, ModelKind::lookup},
      [](ModelKind kind) { return to_string(kind); });
  model.confidence = share(object, "confidence");
  if (model.kind == ModelKind::ops || model.kind == ModelKind::ops_by_type) {
    read_line(object, model);
  } else {
    read_layers(object, model);
  }
  read_domain(object.object("domain"), model);
  model.held_out = read_errors(object.optional_object("held_out"));
  model.interval = read_prediction_interval(object.optional_object("interval"));
  model.margin = read_margin(object.optional_object("margin"));
  model.verdict = read_verdict(object.optional_object("verdict"));
  model.not_valid_allowed = object.boolean("not_valid_allowed");
  object.reject_unknown_keys();
  return model;
}

}  // namespace opline::costmodel
