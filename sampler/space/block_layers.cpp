#include "sampler/space/block_layers.h"

#include "src/base/error.h"

namespace opline::sampler {
namespace {

using network::Activation;
using network::LayerType;
using network::Window;

Channels channels_of(const Width& width) {
  switch (width.kind) {
    case Width::Kind::same:
      return {Channels::Kind::entering, 0, 0};
    case Width::Kind::fixed:
      return {Channels::Kind::fixed, width.value, 0};
    case Width::Kind::decided:
      return {Channels::Kind::decided, 0, width.decision};
  }
  OPLINE_ASSERT(false, "kind of width");
  return {};
}

/// Puts layers one behind the other.
class Chain {
 public:
  explicit Chain(const Block& block) : block_(block), map_(block.in) {}

  void windowed(LayerType type, Activation activation, Channels channels) {
    push(type, block_.window, activation, channels, block_.out);
  }
  void pointwise(Activation activation, Channels channels) {
    push(LayerType::conv2d, Window{}, activation, channels, map_);
  }
  void push(LayerType type, Window window, Activation activation, Channels channels, Map out) {
    layers.push_back({type, window, activation, channels, map_, out});
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
  const Channels width = channels_of(block.width);
  const Channels same{};
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
      if (block.expansion) chain.pointwise(block.activation, channels_of(*block.expansion));
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
