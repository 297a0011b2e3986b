#include "sampler/space/block_layers.h"

#include <algorithm>

#include "src/base/error.h"

namespace opline::sampler {
namespace {

using network::LayerType;
using network::Window;

int extent(int in, int reach, int stride, network::Padding padding) {
  return padding == network::Padding::same ? (in + stride - 1) / stride : (in - reach) / stride + 1;
}

/// What the layer itself applies; hard_swish is a layer of its own.
network::Activation fused(BlockActivation activation) {
  return activation == BlockActivation::hard_swish ? network::Activation::none
                                                   : static_cast<network::Activation>(activation);
}

/// Appends layers, each to the tensor that was made last.
class Chain {
 public:
  explicit Chain(const Block& block) : map_(block.in) {}

  void windowed(LayerType type, const Window& window, BlockActivation activation, Width width,
                int groups = 1) {
    push(type, window, fused(activation), width, output_map(map_, window));
    layers.back().groups = groups;
    activate(activation);
  }
  void pointwise(BlockActivation activation, Width width) {
    windowed(LayerType::conv2d, Window{}, activation, width);
  }
  void connect(BlockActivation activation, Width width) {
    push(LayerType::fully_connected, Window{}, fused(activation), width, {1, 1});
    activate(activation);
  }
  /// A layer that keeps map and channels.
  void keep(LayerType type, network::Activation activation = network::Activation::none) {
    push(type, Window{}, activation, {}, map_);
  }
  /// Of `first` and the tensor made last.
  void join(LayerType type, int first, BlockActivation activation) {
    const bool sums = type == LayerType::concatenation;
    push(type, Window{}, fused(activation), {sums ? Width::Kind::sum : Width::Kind::same}, map_);
    layers.back().other = first;
    activate(activation);
  }
  /// Scales the channels of the tensor made last.
  void squeeze_and_excite(const SqueezeExcite& how) {
    if (how.percent == 0) return;
    const int scaled = tensor_;
    const Map map = map_;
    push(LayerType::mean, Window{}, network::Activation::none, {}, {1, 1});
    pointwise(how.activation, {.percent = how.percent, .multiple_of = how.multiple_of});
    pointwise(BlockActivation::none, {Width::Kind::like, scaled});
    gate(how.gate);
    push(LayerType::mul, Window{}, network::Activation::none, {}, map);
    layers.back().other = scaled;
  }
  /// As many channels as the tensor made last.
  [[nodiscard]] Width like_last() const {
    if (tensor_ == kBlockInput) return {Width::Kind::block_input};
    return {Width::Kind::like, tensor_};
  }
  [[nodiscard]] int tensor() const { return tensor_; }
  [[nodiscard]] Map map() const { return map_; }
  /// What follows reads this tensor.
  void go_back(int tensor, Map map) {
    tensor_ = tensor;
    map_ = map;
  }

  std::vector<BlockLayer> layers;

 private:
  void push(LayerType type, const Window& window, network::Activation activation, Width width,
            Map out) {
    layers.push_back({type, window, activation, width, map_, out, tensor_, kBlockInput});
    tensor_ = static_cast<int>(layers.size()) - 1;
    map_ = out;
  }
  void activate(BlockActivation activation) {
    if (activation == BlockActivation::hard_swish) keep(LayerType::hard_swish);
  }
  /// A hard sigmoid is relu6(x + 3) / 6 (Howard et al. 2019, section 5.2), as TensorFlow Lite's
  /// converter writes it.
  void gate(Gate gate) {
    if (gate == Gate::logistic) return keep(LayerType::logistic);
    keep(LayerType::add, network::Activation::relu6);
    layers.back().constant = true;
    keep(LayerType::mul);
    layers.back().constant = true;
  }

  int tensor_ = kBlockInput;
  Map map_;
};

void append_branches(Chain& chain, const Block& block);

/// The layers of a block without its shortcut; the activation of the last one is `last`.
void append(Chain& chain, const Block& block, BlockActivation last) {
  const Width same{};
  const Width width = block.width.kind == Width::Kind::same ? chain.like_last() : block.width;
  const Window& window = block.window;
  const BlockActivation activation = block.activation;
  switch (block.type) {
    case BlockType::conv2d:
      chain.windowed(LayerType::conv2d, window, last, width, block.groups);
      return chain.squeeze_and_excite(block.squeeze_excite);
    case BlockType::depthwise_conv2d:
      chain.windowed(LayerType::depthwise_conv2d, window, last,
                     {.percent = 100 * block.depth_multiplier});
      return chain.squeeze_and_excite(block.squeeze_excite);
    case BlockType::depthwise_separable:
      chain.windowed(LayerType::depthwise_conv2d, window, activation, same);
      chain.squeeze_and_excite(block.squeeze_excite);
      return chain.pointwise(last, width);
    case BlockType::inverted_bottleneck:
      if (block.expansion) chain.pointwise(activation, *block.expansion);
      chain.windowed(LayerType::depthwise_conv2d, window, activation, same);
      chain.squeeze_and_excite(block.squeeze_excite);
      return chain.pointwise(BlockActivation::none, width);
    case BlockType::average_pool_2d:
      return chain.windowed(LayerType::average_pool_2d, window, BlockActivation::none, same);
    case BlockType::max_pool_2d:
      return chain.windowed(LayerType::max_pool_2d, window, BlockActivation::none, same);
    case BlockType::fully_connected:
      return chain.connect(activation, width);
    case BlockType::softmax:
      return chain.keep(LayerType::softmax);
    case BlockType::resnet_basic:
      chain.windowed(LayerType::conv2d, window, activation, width);
      chain.windowed(LayerType::conv2d,
                     Window{window.kernel_h, window.kernel_w, 1, 1, window.padding}, last, width);
      return chain.squeeze_and_excite(block.squeeze_excite);
    case BlockType::resnet_bottleneck:
      chain.pointwise(activation, *block.expansion);
      chain.windowed(LayerType::conv2d, window, activation, same);
      chain.pointwise(last, width);
      return chain.squeeze_and_excite(block.squeeze_excite);
    case BlockType::branches:
      return append_branches(chain, block);
  }
}

/// Joins each branch to the ones before it as soon as it is computed.
void append_branches(Chain& chain, const Block& block) {
  const bool add = block.join == Join::add;
  const int input = chain.tensor();
  const Map map = chain.map();
  for (std::size_t i = 0; i < block.branches.size(); ++i) {
    const int before = chain.tensor();
    chain.go_back(input, map);
    for (const Block& inner : block.branches[i]) append(chain, inner, inner.activation);
    if (i == 0) continue;
    const bool last = i + 1 == block.branches.size();
    chain.join(add ? LayerType::add : LayerType::concatenation, before,
               last ? block.activation : BlockActivation::none);
  }
}

Block with_option(Block block, const Decision& decision, std::size_t option) {
  const int value = decision.options[option];
  switch (decision.kind) {
    case DecisionKind::type:
      block.type = static_cast<BlockType>(value);
      break;
    case DecisionKind::kernel:
      block.window.kernel_h = value / kExtentBase;
      block.window.kernel_w = value % kExtentBase;
      break;
    case DecisionKind::stride:
      block.window.stride_h = value / kExtentBase;
      block.window.stride_w = value % kExtentBase;
      break;
    case DecisionKind::activation:
      block.activation = static_cast<BlockActivation>(value);
      break;
    case DecisionKind::dilation:
      block.window.dilation_h = value / kExtentBase;
      block.window.dilation_w = value % kExtentBase;
      break;
    case DecisionKind::groups:
      block.groups = value;
      break;
    case DecisionKind::depth_multiplier:
      block.depth_multiplier = value;
      break;
    case DecisionKind::squeeze_excite:
      block.squeeze_excite.percent = value;
      break;
    default:
      OPLINE_ASSERT(false, "{} is not a choice of a block", decision.name);
  }
  return block;
}

/// Each of `variants` with each option of the decision, set in what `of` finds in it.
template <class Of>
void multiply(const Space& space, std::size_t decision, const Of& of,
              std::vector<BlockVariant>& variants) {
  std::vector<BlockVariant> more;
  const Decision& chosen = space.decisions[decision];
  for (const BlockVariant& variant : variants) {
    for (std::size_t i = 0; i < chosen.options.size(); ++i) {
      BlockVariant& one = more.emplace_back(variant);
      const auto option = static_cast<std::uint16_t>(i);
      one.when.push_back({decision, option, static_cast<std::uint16_t>(option + 1)});
      of(one.block) = with_option(of(one.block), chosen, i);
    }
  }
  variants = std::move(more);
}

}  // namespace

Map output_map(const Map& in, const Window& window) {
  return {extent(in.h, window.reach_h(), window.stride_h, window.padding),
          extent(in.w, window.reach_w(), window.stride_w, window.padding)};
}

std::vector<BlockVariant> variants_of(const Space& space, const Block& block) {
  std::vector<BlockVariant> variants{{{}, block}};
  for (const BlockChoice& choice : block.choices) {
    multiply(
        space, choice.decision, [](Block& one) -> Block& { return one; }, variants);
  }
  for (std::size_t i = 0; i < block.branches.size(); ++i) {
    for (std::size_t j = 0; j < block.branches[i].size(); ++j) {
      for (const BlockChoice& choice : block.branches[i][j].choices) {
        multiply(
            space, choice.decision, [=](Block& one) -> Block& { return one.branches[i][j]; },
            variants);
      }
    }
  }
  return variants;
}

std::vector<BlockLayer> kept_layers(const Block& block, Shortcut shortcut, Guard guard) {
  Chain chain(block);
  append(chain, block, shortcut == Shortcut::none ? block.activation : BlockActivation::none);
  if (guard != Guard::none) {
    const auto decides = [](const BlockLayer& layer) { return layer.width.has_number(); };
    std::find_if(chain.layers.rbegin(), chain.layers.rend(), decides)->guard = guard;
  }
  if (shortcut == Shortcut::none) return chain.layers;
  int first = kBlockInput;
  if (shortcut == Shortcut::projection) {
    first = chain.tensor();
    const Width width = chain.like_last();
    chain.go_back(kBlockInput, block.in);
    const network::Window& window = block.window;
    chain.windowed(LayerType::conv2d,
                   Window{1, 1, window.stride_h, window.stride_w, network::Padding::same},
                   BlockActivation::none, width);
  }
  const bool linear = block.type == BlockType::inverted_bottleneck;
  chain.join(LayerType::add, first, linear ? BlockActivation::none : block.activation);
  return chain.layers;
}

std::vector<BlockLayer> skipped_layers(const Block& block) {
  if (!block.skip_pools()) return {};
  const int h = block.window.stride_h;
  const int w = block.window.stride_w;
  Chain chain(block);
  chain.windowed(LayerType::average_pool_2d, Window{h, w, h, w, network::Padding::same},
                 BlockActivation::none, {});
  return chain.layers;
}

}  // namespace opline::sampler
