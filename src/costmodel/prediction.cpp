#include "src/costmodel/prediction.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/error.h"
#include "src/base/units.h"
#include "src/network/layer_work.h"

namespace opline::costmodel {
namespace {

double at(const LinearForm& form, const network::LayerWork& work) {
  return form.estimate("intercept") + form.estimate("macs") * static_cast<double>(work.macs) +
         form.estimate("output_elements") * static_cast<double>(work.output_elements) +
         form.estimate("bytes") * static_cast<double>(work.bytes);
}

/// Ops of a network in layers of each type.
std::vector<TypeRange> ops_of_types(std::span<const network::Layer> layers) {
  std::vector<TypeRange> types;
  for (const network::Layer& layer : layers) {
    const network::LayerWork work = network::work_of(layer);
    if (work.macs == 0) continue;
    const std::string_view type = network::to_string(work.type);
    auto found = std::find_if(types.begin(), types.end(),
                              [&](const TypeRange& one) { return one.type == type; });
    if (found == types.end()) found = types.insert(types.end(), {std::string(type), {}});
    found->ops.low = found->ops.high += 2 * static_cast<double>(work.macs);
  }
  return types;
}

std::string outside_text(const std::string& what, double ops, const analysis::Interval& seen) {
  return fmt::format(
      "{} {} {}; the model has seen {} to {}", what, ops < seen.low ? "are only" : "are",
      format_ops(static_cast<std::uint64_t>(ops)), format_ops(static_cast<std::uint64_t>(seen.low)),
      format_ops(static_cast<std::uint64_t>(seen.high)));
}

double by_type(const Model& model, const std::vector<TypeRange>& types, Prediction& warnings) {
  double value = model.line->estimate("intercept");
  for (const TypeRange& one : types) {
    for (const Term& term : model.line->terms) {
      if (std::find(term.types.begin(), term.types.end(), one.type) != term.types.end())
        value += term.estimate * one.ops.low;
    }
    const auto seen = std::find_if(model.ops_by_type.begin(), model.ops_by_type.end(),
                                   [&](const TypeRange& range) { return range.type == one.type; });
    if (seen == model.ops_by_type.end()) {
      warnings.outside.push_back(fmt::format("layers of type {} were never measured", one.type));
    } else if (!seen->ops.contains(one.ops.low)) {
      warnings.outside.push_back(outside_text("ops of " + one.type, one.ops.low, seen->ops));
    }
  }
  return value;
}

/// What of the layer no layer of its kernel had.
std::optional<std::string> outside_of(const KernelForm& form, const network::LayerWork& work) {
  if (form.macs.contains(static_cast<double>(work.macs)) &&
      form.output_elements.contains(static_cast<double>(work.output_elements)) &&
      form.bytes.contains(static_cast<double>(work.bytes)))
    return std::nullopt;
  return fmt::format("{}: {} macs, {} outputs, {} bytes are more or less than any layer measured",
                     form.kernel, work.macs, work.output_elements, work.bytes);
}

const KnownLayer* known(const Model& model, const network::Layer& layer) {
  if (model.table.empty()) return nullptr;
  const std::string signature = network::signature_of(layer);
  const auto found =
      std::find_if(model.table.begin(), model.table.end(),
                   [&](const KnownLayer& one) { return one.signature == signature; });
  return found == model.table.end() ? nullptr : &*found;
}

Result<double> by_layer(const Model& model, std::span<const network::Layer> layers,
                        Prediction& warnings) {
  double value = 0;
  for (const network::Layer& layer : layers) {
    if (const KnownLayer* seen = known(model, layer)) {
      value += seen->mean;
      continue;
    }
    const std::string name = form_name(model, layer);
    const KernelForm* form = model.form(name);
    if (form == nullptr)
      return NoValue("no form for {}: too few of its layers were measured", name);
    const network::LayerWork work = network::work_of(layer);
    value += at(form->form, work);
    if (auto why = outside_of(*form, work)) warnings.outside.push_back(*std::move(why));
  }
  return value;
}

}  // namespace

double value_at(const Model& model, double ops) {
  OPLINE_ASSERT(model.kind == ModelKind::ops, "a model of kind {} takes layers",
                to_string(model.kind));
  return model.line->estimate("intercept") + model.line->estimate("ops") * ops;
}

void values_at(const Model& model, std::span<const double> ops, std::span<double> values) {
  OPLINE_ASSERT(ops.size() == values.size(), "{} ops, {} values", ops.size(), values.size());
  const double intercept = value_at(model, 0);
  const double slope = model.line->estimate("ops");
  for (std::size_t i = 0; i < ops.size(); ++i) values[i] = intercept + slope * ops[i];
}

Prediction prediction_of(const Model& model, double value, double ops) {
  Prediction result{value, {}, {}, {}};
  if (model.interval) result.interval = model.interval->at(value);
  if (model.margin) result.bound = model.margin->bound(value);
  if (!model.ops.contains(ops)) result.outside.push_back(outside_text("ops", ops, model.ops));
  return result;
}

Result<Prediction> predict(const Model& model, std::uint64_t ops) {
  if (model.kind != ModelKind::ops)
    return NoValue("it needs the layers of a network, not only its ops");
  return prediction_of(model, value_at(model, static_cast<double>(ops)), static_cast<double>(ops));
}

Result<Prediction> predict(const Model& model, std::span<const network::Layer> layers) {
  const std::vector<TypeRange> types = ops_of_types(layers);
  double ops = 0;
  for (const TypeRange& one : types) ops += one.ops.low;
  if (model.kind == ModelKind::ops) return predict(model, static_cast<std::uint64_t>(ops));
  Prediction warnings;
  double value = 0;
  if (model.kind == ModelKind::ops_by_type) {
    value = by_type(model, types, warnings);
  } else {
    const Result<double> sum = by_layer(model, layers, warnings);
    if (!sum) return NoValue("{}", sum.reason());
    value = *sum;
  }
  Prediction result = prediction_of(model, value, ops);
  result.outside.insert(result.outside.end(), warnings.outside.begin(), warnings.outside.end());
  return result;
}

Result<Prediction> predict(const Model& model, const network::Network& network) {
  return predict(model, network.layers());
}

std::optional<double> largest_within(const Model& model, double budget) {
  if (!model.margin) return std::nullopt;
  return model.margin->largest_prediction(budget);
}

std::string form_name(const Model& model, const network::Layer& layer) {
  return model.kernels_known ? network::form_name_of(layer)
                             : std::string(network::to_string(layer.type));
}

}  // namespace opline::costmodel
