#include "src/costmodel/architecture_cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "firmware/include/opline_plan.h"
#include "src/costmodel/prediction.h"

namespace opline::costmodel {
namespace {

void add(BilinearCost& sum, double factor, const BilinearCost& one) {
  sum.constant += factor * one.constant;
  sum.in += factor * one.in;
  sum.out += factor * one.out;
  sum.in_out += factor * one.in_out;
}

/// Of kinds ops and ops_by_type: a price per op.
double price_of_ops(const LinearForm& line, network::LayerType type) {
  double price = line.estimate("ops");
  for (const Term& term : line.terms) {
    if (std::count(term.types.begin(), term.types.end(), network::to_string(type)) > 0)
      price += term.estimate;
  }
  return price;
}

/// Of kind per_layer: the name of the form that prices the part's layers.
std::string_view form_name(const Model& model, const LayerFigures& part) {
  return model.kernels_known ? part.form : network::to_string(part.type);
}

/// What the model says about a part, by the figures' polynomials of number `i`.
BilinearCost priced(const Model& model, const LayerFigures& part, std::size_t i) {
  BilinearCost cost;
  if (model.line) {
    add(cost, 2 * price_of_ops(*model.line, part.type), part.macs[i]);
    return cost;
  }
  const LinearForm& form = model.form(form_name(model, part))->form;
  cost.constant = form.estimate("intercept");
  add(cost, form.estimate("macs"), part.macs[i]);
  add(cost, form.estimate("output_elements"), part.output_elements[i]);
  add(cost, form.estimate("bytes"), part.bytes[i]);
  return cost;
}

/// Why the model has no value for architectures; empty where it has.
std::string why_none(const Model& model, const CostGraph& graph) {
  if (model.kind == ModelKind::lookup)
    return "a lookup table prices layers one by one, not by their channels; decode the "
           "architecture and use predict()";
  if (model.kind != ModelKind::per_layer) return "";
  if (!graph.why_no_bits.empty()) return graph.why_no_bits;
  for (const CostGraph::Work& work : graph.works) {
    for (const LayerFigures& part : work) {
      const std::string_view name = form_name(model, part);
      if (model.form(name) == nullptr)
        return fmt::format("no form for {}: too few of its layers were measured", name);
    }
  }
  return "";
}

}  // namespace

Result<ArchitectureCost> ArchitectureCost::make(std::shared_ptr<const CostGraph> graph,
                                                const Model& model) {
  const std::string why = why_none(model, *graph);
  if (!why.empty()) return NoValue("{}", why);
  ArchitectureCost result(std::move(graph));
  if (model.line) result.intercept_ = model.line->estimate("intercept");
  for (const CostGraph::Work& work : result.graph_->works) {
    for (std::size_t i = 0; i < result.graph_->polynomials(); ++i) {
      BilinearCost& cost = result.costs_.emplace_back();
      for (const LayerFigures& part : work) add(cost, 1, priced(model, part, i));
    }
  }
  return result;
}

Result<ArchitectureCost> ArchitectureCost::make(const sampler::Space& space, const Model& model) {
  return make(std::make_shared<const CostGraph>(space), model);
}

double ArchitectureCost::operator()(std::span<const std::uint16_t> options) const {
  return graph_->blocks.empty() ? of_graph(options) : of_blocks(options);
}

double ArchitectureCost::of_blocks(std::span<const std::uint16_t> options) const {
  using Kind = sampler::Width::Kind;
  double total = intercept_;
  double in = graph_->input_channels;
  for (const CostGraph::Block& block : graph_->blocks) {
    const bool skipped =
        block.skip >= 0 && options[static_cast<std::size_t>(block.skip)] == sampler::kSkip;
    const double block_input = in;
    const std::size_t end = skipped ? block.skipped_end : block.kept_end;
    for (std::size_t i = skipped ? block.skipped : block.kept; i < end; ++i) {
      const CostGraph::Layer& layer = graph_->layers[i];
      const sampler::Width& width = layer.width;
      const double out = width.kind == Kind::same          ? in
                         : width.kind == Kind::block_input ? block_input
                         : width.kind == Kind::fixed       ? width.value
                                                     : graph_->chosen(options, width.decision);
      total += costs_[layer.work].at(in, out);
      in = out;
    }
  }
  return total;
}

double ArchitectureCost::of_graph(std::span<const std::uint16_t> options) const {
  const CostGraph& graph = *graph_;
  const auto chosen = [&](std::size_t decision) { return graph.chosen(options, decision); };
  std::array<std::int64_t, OPLINE_MAX_LAYERS + 1> channels;  // of the branch's tensors
  const auto of = [&](int tensor) {
    return channels[static_cast<std::size_t>(tensor + std::ptrdiff_t{1})];
  };
  const std::size_t polynomials = graph.polynomials();
  channels[0] = graph.input_channels;
  double total = intercept_;
  for (std::size_t place = 0; place < graph.places;) {
    const CostGraph::Branch& branch = graph.branch_of(place, options, channels[0]);
    std::size_t tensor = 0;
    for (std::size_t i = branch.layers_begin; i < branch.layers_end; ++i) {
      const CostGraph::Layer& layer = graph.layers[i];
      const std::int64_t in = of(layer.from);
      const std::int64_t out = sampler::channels_of(layer, of, chosen);
      std::size_t cost = layer.work * polynomials;
      if (graph.has_four_bits) cost += parity(in, out);
      total += costs_[cost].at(static_cast<double>(in), static_cast<double>(out));
      channels[++tensor] = out;
    }
    channels[0] = channels[tensor];
    place = branch.next;
  }
  return total;
}

}  // namespace opline::costmodel
