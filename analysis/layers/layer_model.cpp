#include "analysis/layers/layer_model.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string_view>

#include "analysis/layers/layer_form.h"
#include "analysis/numerics/insufficient_data.h"
#include "analysis/regression/orthonormal.h"
#include "src/base/error.h"

namespace opline::analysis {
namespace {

double estimate_of(const LinearModel& model, const std::string& name) {
  for (const Coefficient& one : model.coefficients) {
    if (one.name == name) return one.estimate;
  }
  return 0;
}

bool varies(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(),
                     [&](double value) { return value != values[0]; });
}

/// Why `candidate` can't join the columns of `design`; empty when it can.
std::string why_not(const Design& design, const CandidateColumn& candidate,
                    const std::string& rows) {
  const auto zero = [](double value) { return value == 0; };
  if (std::all_of(candidate.values.begin(), candidate.values.end(), zero))
    return "is zero in every " + rows;
  if (design.has_intercept() && !varies(candidate.values)) {
    return fmt::format("is {} in every {}: its cost is in the intercept", candidate.values[0],
                       rows);
  }
  if (design.rows() <= design.columns() + 1) {
    return fmt::format("is one column too many for {} {}s", design.rows(), rows);
  }
  Design joined = design;
  joined.add(candidate.name, candidate.values);
  const OrthonormalBasis basis = orthonormal_basis(joined, {}, Dependent::drop);
  if (basis.kept.back() == joined.columns() - 1) return {};
  std::vector<std::string> others;
  for (std::size_t i = 0; i < design.columns(); ++i) others.push_back(design.name(i));
  return fmt::format("is a combination of {}", fmt::join(others, ", "));
}

std::size_t count_signatures(std::span<const LayerObservation> layers,
                             std::span<const std::size_t> rows) {
  std::set<std::string_view> different;
  for (const std::size_t row : rows) different.insert(layers[row].signature);
  return different.size();
}

Interval range_of(std::span<const LayerObservation> layers, std::span<const std::size_t> rows,
                  double LayerObservation::*figure) {
  Interval range{layers[rows[0]].*figure, layers[rows[0]].*figure};
  for (const std::size_t row : rows) {
    range.low = std::min(range.low, layers[row].*figure);
    range.high = std::max(range.high, layers[row].*figure);
  }
  return range;
}

void require_seconds(const char* what, const LayerObservation& layer, std::size_t position) {
  if (!layer.seconds || (*layer.seconds > 0 && std::isfinite(*layer.seconds))) return;
  throw Error(ErrorCode::input,
              "{}: layer {} takes {} s; leave out what is not known, all else is above 0", what,
              position + 1, *layer.seconds);
}

}  // namespace

void require_layers(const char* what, std::span<const LayerObservation> layers,
                    std::size_t networks) {
  if (layers.empty())
    throw InsufficientData("{}: no layers; give those of the measured networks", what);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerObservation& layer = layers[i];
    if (layer.network >= networks) {
      throw Error(ErrorCode::input,
                  "{}: layer {} belongs to network {}, there are {}; count from 0", what, i + 1,
                  layer.network, networks);
    }
    if (layer.type.empty() || layer.variant.empty() || layer.signature.empty()) {
      throw Error(ErrorCode::input,
                  "{}: layer {} has no type, variant or signature; give all three", what, i + 1);
    }
    for (const double figure : {layer.macs, layer.output_elements, layer.bytes}) {
      if (figure >= 0 && std::isfinite(figure)) continue;
      throw Error(ErrorCode::input,
                  "{}: layer {} has a figure of {}; macs, elements and bytes are at least 0", what,
                  i + 1, figure);
    }
    require_seconds(what, layer, i);
  }
}

void require_every_network(const char* what, std::span<const LayerObservation> layers,
                           std::size_t networks) {
  require_layers(what, layers, networks);
  std::vector<bool> seen(networks, false);
  for (const LayerObservation& layer : layers) seen[layer.network] = true;
  const auto missing = std::find(seen.begin(), seen.end(), false);
  if (missing == seen.end()) return;
  throw InsufficientData(
      "{}: network {} of {} has no layers; leave out networks of unknown structure", what,
      missing - seen.begin() + 1, networks);
}

Design independent_columns(const Design& empty, std::span<const CandidateColumn> candidates,
                           const std::string& rows, std::vector<LeftOut>& left_out) {
  Design design = empty;
  for (const CandidateColumn& candidate : candidates) {
    const std::string why = why_not(design, candidate, rows);
    if (why.empty()) {
      design.add(candidate.name, candidate.values);
    } else {
      left_out.push_back({candidate.name, why});
    }
  }
  return design;
}

FormDesign form_design(std::span<const LayerObservation> layers, std::span<const std::size_t> rows,
                       Weighting weighting) {
  std::vector<CandidateColumn> candidates{{"macs", {}}, {"output_elements", {}}, {"bytes", {}}};
  FormDesign form;
  for (const std::size_t row : rows) {
    candidates[0].values.push_back(layers[row].macs);
    candidates[1].values.push_back(layers[row].output_elements);
    candidates[2].values.push_back(layers[row].bytes);
    form.seconds.push_back(*layers[row].seconds);
  }
  if (weighting == Weighting::relative) form.weights = relative_weights(form.seconds);
  form.design = independent_columns(Design(rows.size()), candidates, "layer", form.left_out);
  return form;
}

std::vector<VariantRows> rows_by_variant(std::span<const LayerObservation> layers) {
  std::map<std::string_view, std::vector<std::size_t>> found;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    std::vector<std::size_t>& rows = found[layers[i].variant];
    if (layers[i].seconds) rows.push_back(i);
  }
  std::vector<VariantRows> result;
  result.reserve(found.size());
  for (auto& [variant, rows] : found) result.push_back({std::string(variant), std::move(rows)});
  return result;
}

PerLayerModel fit_per_layer(std::span<const LayerObservation> layers,
                            const LayerModelOptions& options) {
  require_layers("per-layer model", layers, static_cast<std::size_t>(-1));
  PerLayerModel result;
  for (const VariantRows& one : rows_by_variant(layers)) {
    if (one.rows.size() < 2) {
      result.left_out.push_back(
          {one.variant, fmt::format("has {} measured layer{}; a form needs two", one.rows.size(),
                                    one.rows.size() == 1 ? "" : "s")});
      continue;
    }
    FormDesign form = form_design(layers, one.rows, options.weighting);
    result.forms.push_back({one.variant, count_signatures(layers, one.rows),
                            fit_linear(form.design, form.seconds, options.model, form.weights),
                            std::move(form.left_out),
                            range_of(layers, one.rows, &LayerObservation::macs),
                            range_of(layers, one.rows, &LayerObservation::output_elements),
                            range_of(layers, one.rows, &LayerObservation::bytes)});
  }
  return result;
}

const LayerForm* PerLayerModel::form(const std::string& variant) const {
  const auto found = std::lower_bound(
      forms.begin(), forms.end(), variant,
      [](const LayerForm& one, const std::string& name) { return one.variant < name; });
  return found != forms.end() && found->variant == variant ? &*found : nullptr;
}

std::optional<double> PerLayerModel::predict(const LayerObservation& layer) const {
  const LayerForm* found = form(layer.variant);
  if (found == nullptr) return std::nullopt;
  const LinearModel& model = found->model;
  return estimate_of(model, "intercept") + estimate_of(model, "macs") * layer.macs +
         estimate_of(model, "output_elements") * layer.output_elements +
         estimate_of(model, "bytes") * layer.bytes;
}

LookupTable make_lookup(std::span<const LayerObservation> layers) {
  require_layers("lookup table", layers, static_cast<std::size_t>(-1));
  LookupTable table;
  for (const LayerObservation& layer : layers) {
    if (!layer.seconds) continue;
    KnownLayer& known = table[layer.signature];
    known.smallest = known.layers == 0 ? *layer.seconds : std::min(known.smallest, *layer.seconds);
    known.largest = std::max(known.largest, *layer.seconds);
    known.seconds += *layer.seconds;
    ++known.layers;
  }
  for (auto& [signature, known] : table) known.seconds /= static_cast<double>(known.layers);
  return table;
}

std::vector<NetworkPrediction> predict_networks(std::span<const LayerObservation> layers,
                                                std::size_t networks, const LookupTable* table,
                                                const PerLayerModel* forms) {
  OPLINE_ASSERT(table != nullptr || forms != nullptr, "a prediction from nothing");
  require_layers("prediction", layers, networks);
  std::vector<NetworkPrediction> result(networks);
  std::vector<double> sums(networks, 0);
  for (const LayerObservation& layer : layers) {
    NetworkPrediction& network = result[layer.network];
    ++network.layers;
    std::optional<double> seconds;
    if (table != nullptr) {
      if (const auto known = table->find(layer.signature); known != table->end())
        seconds = known->second.seconds;
    }
    if (seconds) ++network.looked_up;
    if (!seconds && forms != nullptr) seconds = forms->predict(layer);
    if (!seconds) ++network.unpredicted;
    sums[layer.network] += seconds.value_or(0);
  }
  for (std::size_t i = 0; i < networks; ++i) {
    if (result[i].layers != 0 && result[i].unpredicted == 0) result[i].seconds = sums[i];
  }
  return result;
}

Result<PerLayerModel> try_fit_per_layer(std::span<const LayerObservation> layers,
                                        const LayerModelOptions& options) {
  return result_of([&] { return fit_per_layer(layers, options); });
}

}  // namespace opline::analysis
