#include "src/costmodel/architecture_cost.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "src/base/error.h"
#include "src/costmodel/prediction.h"
#include "src/network/layer_work.h"

namespace opline::costmodel {
namespace {

using sampler::BlockLayer;

/// The layer with these channels.
network::Layer layer_of(const BlockLayer& layer, int in, int out) {
  network::Layer result{layer.type, {}, layer.window, layer.activation, {}, {}};
  result.input = {layer.in.h, layer.in.w, in};
  result.output = {layer.out.h, layer.out.w, out};
  if (network::is_binary(layer.type)) result.input2 = result.input;
  return result;
}

/// Whether the output has as many channels as the input, whatever is decided: then there is but one
/// variable.
bool keeps_channels(const BlockLayer& layer) {
  return layer.type != network::LayerType::conv2d &&
         layer.type != network::LayerType::fully_connected;
}

using Figure = std::function<double(const network::LayerWork&)>;

/// The polynomial through a figure, from its values at 1 and 2 channels: macs, outputs and bytes
/// are such polynomials with whole coefficients, so that these are exact.
BilinearCost polynomial(const BlockLayer& layer, const Figure& figure) {
  const auto value = [&](int in, int out) {
    return figure(network::work_of(layer_of(layer, in, out)));
  };
  BilinearCost cost;
  if (keeps_channels(layer)) {
    cost.in = value(2, 2) - value(1, 1);
    cost.constant = value(1, 1) - cost.in;
    OPLINE_ASSERT(cost.at(7, 7) == value(7, 7), "not linear in channels: {}",
                  network::to_string(layer.type));
    return cost;
  }
  cost.in_out = value(2, 2) - value(2, 1) - value(1, 2) + value(1, 1);
  cost.in = value(2, 1) - value(1, 1) - cost.in_out;
  cost.out = value(1, 2) - value(1, 1) - cost.in_out;
  cost.constant = value(1, 1) - cost.in - cost.out - cost.in_out;
  OPLINE_ASSERT(cost.at(5, 7) == value(5, 7), "not bilinear in channels: {}",
                network::to_string(layer.type));
  return cost;
}

void add(BilinearCost& sum, double factor, const BilinearCost& one) {
  sum.constant += factor * one.constant;
  sum.in += factor * one.in;
  sum.out += factor * one.out;
  sum.in_out += factor * one.in_out;
}

double macs_of(const network::LayerWork& work) { return static_cast<double>(work.macs); }
double outputs_of(const network::LayerWork& work) {
  return static_cast<double>(work.output_elements);
}
double bytes_of(const network::LayerWork& work) { return static_cast<double>(work.bytes); }

/// Of kinds ops and ops_by_type: a price per op.
Result<BilinearCost> priced_ops(const Model& model, const BlockLayer& layer) {
  BilinearCost cost;
  const BilinearCost macs = polynomial(layer, macs_of);
  const std::string_view type = network::to_string(layer.type);
  for (const Term& term : model.line->terms) {
    const bool applies = std::find(term.types.begin(), term.types.end(), type) != term.types.end();
    if (applies || term.name == "ops") add(cost, 2 * term.estimate, macs);
  }
  return cost;
}

/// Of kind per_layer: the form of the layer's kernel.
Result<BilinearCost> priced_layer(const Model& model, const BlockLayer& layer) {
  const std::string_view name = form_name(model, layer_of(layer, 1, 1));
  const KernelForm* form = model.form(name);
  if (form == nullptr) return NoValue("no form for {}: too few of its layers were measured", name);
  BilinearCost cost;
  cost.constant = form->form.estimate("intercept");
  add(cost, form->form.estimate("macs"), polynomial(layer, macs_of));
  add(cost, form->form.estimate("output_elements"), polynomial(layer, outputs_of));
  add(cost, form->form.estimate("bytes"), polynomial(layer, bytes_of));
  return cost;
}

/// Empty, with the reason, where a layer has no price.
std::vector<ArchitectureCost::Layer> price(const Model& model,
                                           const std::vector<BlockLayer>& layers,
                                           std::string& why_none) {
  std::vector<ArchitectureCost::Layer> priced;
  for (const BlockLayer& layer : layers) {
    const Result<BilinearCost> cost =
        model.kind == ModelKind::per_layer ? priced_layer(model, layer) : priced_ops(model, layer);
    if (!cost) {
      why_none = cost.reason();
      return {};
    }
    priced.push_back({layer.width, *cost});
  }
  return priced;
}

/// Of a layer of a version 1 space.
template <class Chosen>
double channels_of(const sampler::Width& width, double input, double of_block,
                   const Chosen& chosen) {
  if (width.kind == sampler::Width::Kind::same) return input;
  if (width.kind == sampler::Width::Kind::block_input) return of_block;
  return width.is_decided() ? chosen(width.decision) : width.value;
}

}  // namespace

Result<ArchitectureCost> ArchitectureCost::make(const sampler::Space& space, const Model& model) {
  if (model.kind == ModelKind::lookup)
    return NoValue(
        "a lookup table prices layers one by one, not by their channels; decode the "
        "architecture and use predict()");
  if (!space.is_version_1())
    return NoValue(
        "the space uses version 2 of the space language, whose layers depend on more than widths "
        "and skips; decode the architecture and use predict()");
  if (space.bits != network::Bits{})
    return NoValue(
        "architectures are priced by layers of int8, and the space has narrower codes; decode the "
        "architecture and use predict()");
  ArchitectureCost result;
  if (model.line) result.intercept_ = model.line->estimate("intercept");
  result.input_channels_ = space.input.c;
  for (const sampler::Decision& decision : space.decisions) {
    result.first_.push_back(result.values_.size());
    result.values_.insert(result.values_.end(), decision.options.begin(), decision.options.end());
  }
  std::string why_none;
  for (const sampler::Place& place : space.places) {
    const sampler::Block& block = space.blocks[place.block];
    Block& priced = result.blocks_.emplace_back();
    if (block.skip) priced.skip = static_cast<std::int32_t>(*block.skip);
    priced.kept = price(model, place.branches.front().layers, why_none);
    if (block.skip) priced.skipped = price(model, place.branches.back().layers, why_none);
    if (!why_none.empty()) return NoValue("{}", why_none);
  }
  return result;
}

double ArchitectureCost::operator()(std::span<const std::uint16_t> options) const {
  const auto chosen = [&](std::size_t decision) {
    return values_[first_[decision] + options[decision]];
  };
  double total = intercept_;
  double in = input_channels_;
  for (const Block& block : blocks_) {
    const bool skipped =
        block.skip >= 0 && options[static_cast<std::size_t>(block.skip)] == sampler::kSkip;
    const double block_input = in;
    for (const Layer& layer : skipped ? block.skipped : block.kept) {
      const double out = channels_of(layer.width, in, block_input, chosen);
      total += layer.cost.at(in, out);
      in = out;
    }
  }
  return total;
}

}  // namespace opline::costmodel
