#include "sampler/space/block_layers.h"

#include "src/base/error.h"

namespace opline::sampler {
namespace {

using network::Activation;
using network::LayerType;
using network::Window;

int extent(int in, int kernel, int stride, network::Padding padding) {
  return padding == network::Padding::same ? (in + stride - 1) / stride
                                           : (in - kernel) / stride + 1;
}

/// Appends layers, each to the tensor that was made last.
class Chain {
 public:
  explicit Chain(const Block& block) : map_(block.in) {}

  void windowed(LayerType type, Window window, Activation activation, Width width) {
    push(type, window, activation, width, output_map(map_, window));
  }
  void pointwise(Activation activation, Width width) {
    windowed(LayerType::conv2d, Window{}, activation, width);
  }
  void push(LayerType type, Window window, Activation activation, Width width, Map out) {
    layers.push_back({type, window, activation, width, map_, out, tensor_, kBlockInput});
    tensor_ = static_cast<int>(layers.size()) - 1;
    map_ = out;
  }
  /// Of `first` and the tensor made last.
  void join(LayerType type, int first, Activation activation) {
    const bool sums = type == LayerType::concatenation;
    push(type, Window{}, activation, {sums ? Width::Kind::sum : Width::Kind::same}, map_);
    layers.back().other = first;
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
  int tensor_ = kBlockInput;
  Map map_;
};

void append_branches(Chain& chain, const Block& block);

/// The layers of a block without its shortcut; the activation of the last one is `last`.
void append(Chain& chain, const Block& block, Activation last) {
  const Width same{};
  const Width width = block.width.kind == Width::Kind::same ? chain.like_last() : block.width;
  const Window& window = block.window;
  const Activation activation = block.activation;
  switch (block.type) {
    case BlockType::conv2d:
      return chain.windowed(LayerType::conv2d, window, last, width);
    case BlockType::depthwise_conv2d:
      return chain.windowed(LayerType::depthwise_conv2d, window, last, same);
    case BlockType::depthwise_separable:
      chain.windowed(LayerType::depthwise_conv2d, window, activation, same);
      return chain.pointwise(last, width);
    case BlockType::inverted_bottleneck:
      if (block.expansion) chain.pointwise(activation, *block.expansion);
      chain.windowed(LayerType::depthwise_conv2d, window, activation, same);
      return chain.pointwise(Activation::none, width);
    case BlockType::average_pool_2d:
      return chain.windowed(LayerType::average_pool_2d, window, Activation::none, same);
    case BlockType::max_pool_2d:
      return chain.windowed(LayerType::max_pool_2d, window, Activation::none, same);
    case BlockType::fully_connected:
      return chain.push(LayerType::fully_connected, Window{}, activation, width, {1, 1});
    case BlockType::softmax:
      return chain.push(LayerType::softmax, Window{}, Activation::none, same, chain.map());
    case BlockType::resnet_basic:
      chain.windowed(LayerType::conv2d, window, activation, width);
      return chain.windowed(LayerType::conv2d,
                            Window{window.kernel_h, window.kernel_w, 1, 1, window.padding}, last,
                            width);
    case BlockType::resnet_bottleneck:
      chain.pointwise(activation, *block.expansion);
      chain.windowed(LayerType::conv2d, window, activation, same);
      return chain.pointwise(last, width);
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
               last ? block.activation : Activation::none);
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
      block.activation = static_cast<Activation>(value);
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
  return {extent(in.h, window.kernel_h, window.stride_h, window.padding),
          extent(in.w, window.kernel_w, window.stride_w, window.padding)};
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
  append(chain, block, shortcut == Shortcut::none ? block.activation : Activation::none);
  if (guard != Guard::none) chain.layers.back().guard = guard;
  if (shortcut == Shortcut::none) return chain.layers;
  int first = kBlockInput;
  if (shortcut == Shortcut::projection) {
    first = chain.tensor();
    const Width width = chain.like_last();
    chain.go_back(kBlockInput, block.in);
    const network::Window& window = block.window;
    chain.windowed(LayerType::conv2d,
                   Window{1, 1, window.stride_h, window.stride_w, network::Padding::same},
                   Activation::none, width);
  }
  const bool linear = block.type == BlockType::inverted_bottleneck;
  chain.join(LayerType::add, first, linear ? Activation::none : block.activation);
  return chain.layers;
}

std::vector<BlockLayer> skipped_layers(const Block& block) {
  if (!block.skip_pools()) return {};
  const int h = block.window.stride_h;
  const int w = block.window.stride_w;
  Chain chain(block);
  chain.windowed(LayerType::average_pool_2d, Window{h, w, h, w, network::Padding::same},
                 Activation::none, {});
  return chain.layers;
}

}  // namespace opline::sampler
