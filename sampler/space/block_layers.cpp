#include "sampler/space/block_layers.h"

namespace opline::sampler {
namespace {

using network::Activation;
using network::LayerType;
using network::Window;

/// Of the layer that makes the block's output.
Width last_width(const Width& of_block) {
  return of_block.kind == Width::Kind::same ? Width{Width::Kind::block_input, 0, 0} : of_block;
}

/// Appends layers one behind the other.
class Chain {
 public:
  explicit Chain(const Block& block) : block_(block), map_(block.in) {}

  void windowed(LayerType type, Activation activation, Width width) {
    push(type, block_.window, activation, width, block_.out);
  }
  void pointwise(Activation activation, Width width) {
    push(LayerType::conv2d, Window{}, activation, width, map_);
  }
  void push(LayerType type, Window window, Activation activation, Width width, Map out) {
    layers.push_back({type, window, activation, width, map_, out});
    map_ = out;
  }

  std::vector<BlockLayer> layers;

 private:
  const Block& block_;
  Map map_;
};

}  // namespace

std::vector<BlockLayer> kept_layers(const Block& block) {
  const Activation last = block.residual ? Activation::none : block.activation;
  const Width width = last_width(block.width);
  const Width same{};
  Chain chain(block);
  switch (block.type) {
    case BlockType::conv2d:
      chain.windowed(LayerType::conv2d, last, width);
      break;
    case BlockType::depthwise_conv2d:
      chain.windowed(LayerType::depthwise_conv2d, last, same);
      break;
    case BlockType::depthwise_separable:
      chain.windowed(LayerType::depthwise_conv2d, block.activation, same);
      chain.pointwise(last, width);
      break;
    case BlockType::inverted_bottleneck:
      if (block.expansion) chain.pointwise(block.activation, *block.expansion);
      chain.windowed(LayerType::depthwise_conv2d, block.activation, same);
      chain.pointwise(Activation::none, width);
      break;
    case BlockType::average_pool_2d:
      chain.windowed(LayerType::average_pool_2d, Activation::none, same);
      break;
    case BlockType::max_pool_2d:
      chain.windowed(LayerType::max_pool_2d, Activation::none, same);
      break;
    case BlockType::fully_connected:
      chain.push(LayerType::fully_connected, Window{}, block.activation, width, block.out);
      break;
    case BlockType::softmax:
      chain.push(LayerType::softmax, Window{}, Activation::none, same, block.out);
      break;
  }
  if (block.residual) {
    const bool linear = block.type == BlockType::inverted_bottleneck;
    chain.push(LayerType::add, Window{}, linear ? Activation::none : block.activation, same,
               block.out);
  }
  return chain.layers;
}

std::vector<BlockLayer> skipped_layers(const Block& block) {
  if (!block.skip_pools()) return {};
  const int h = block.window.stride_h;
  const int w = block.window.stride_w;
  return {{LayerType::average_pool_2d,
           Window{h, w, h, w, network::Padding::same},
           Activation::none,
           {},
           block.in,
           block.out}};
}

}  // namespace opline::sampler
