#include "src/costmodel/branch_bits.h"

#include <algorithm>

#include "src/costmodel/layer_figures.h"

namespace opline::costmodel {
namespace {

using network::Layer;
using network::LayerType;
using network::TensorId;

/// A layer of this type that reads the tensor; a pointwise convolution has kernels of four bits.
Layer reader_of(LayerType type, TensorId tensor) {
  return {type, {tensor}, {}, network::Activation::none, {8, 8, 8}, {8, 8, 8}};
}

}  // namespace

BranchBits::BranchBits(const sampler::Branch& branch, network::Bits bits) : bits_(bits) {
  for (const sampler::BlockLayer& layer : branch.layers) {
    if (layer.type == sampler::kInputLayer) continue;
    Layer& one = layers_.emplace_back(layer_of(layer, layer.groups, 2 * layer.groups));
    one.inputs = {layer.from};
    if (layer.joins()) one.inputs.push_back(layer.other);
    const bool reads_input = std::count(one.inputs.begin(), one.inputs.end(), sampler::kBlockInput);
    passes_ = passes_ || (reads_input && network::passes_quantisation(one.type));
  }
}

/// A convolution that makes the block's input, where `eight` is not set; the branch; what stands
/// for the followers, which begins with a layer that reads the tensor at the end.
std::vector<Layer> BranchBits::run(bool eight, Followers followers) const {
  std::vector<Layer> layers;
  if (!eight) layers.push_back(reader_of(LayerType::conv2d, 0));
  const auto block_input = static_cast<TensorId>(layers.size());
  for (const Layer& layer : layers_) {
    Layer& one = layers.emplace_back(layer);
    for (TensorId& input : one.inputs) input += block_input + 1;
  }
  const auto end = static_cast<TensorId>(layers.size());
  std::vector<TensorId> made_eight;
  if (followers.eight) made_eight.push_back(end);
  if (followers.passes) layers.push_back(reader_of(LayerType::max_pool_2d, end));
  layers.push_back(reader_of(LayerType::conv2d, static_cast<TensorId>(layers.size())));
  network::assign_bits(layers, 1, made_eight, bits_);
  return layers;
}

std::vector<Layer> BranchBits::layers(bool eight, Followers followers) const {
  const std::vector<Layer> all = run(eight, followers);
  const auto first = all.begin() + (eight ? 0 : 1);
  return {first, first + static_cast<std::ptrdiff_t>(layers_.size())};
}

bool BranchBits::makes_eight(bool eight) const { return run(eight, {}).back().input_bits == 8; }

Followers BranchBits::followers(Followers at_end) const {
  return {run(false, at_end).front().output_bits == 8,
          passes_ || (layers_.empty() && at_end.passes)};
}

}  // namespace opline::costmodel
