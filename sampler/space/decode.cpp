#include "sampler/space/decode.h"

#include "sampler/space/block_layers.h"
#include "src/base/error.h"

namespace opline::sampler {
namespace {

using network::LayerType;
using network::NetworkBuilder;
using network::TensorId;

class Decoder {
 public:
  Decoder(const Space& space, const Architecture& architecture)
      : space_(space),
        architecture_(architecture),
        builder_(space.input),
        tensor_(builder_.input()) {}

  network::Network run() && {
    for (const Block& block : space_.blocks) {
      const bool skipped = block.skip && architecture_.options[*block.skip] == kSkip;
      const TensorId input = tensor_;
      for (const BlockLayer& layer : skipped ? skipped_layers(block) : kept_layers(block)) {
        tensor_ = append(layer, input);
      }
    }
    return std::move(builder_).build();
  }

 private:
  /// `block_input` is the input of the layer's block.
  TensorId append(const BlockLayer& layer, TensorId block_input) {
    switch (layer.type) {
      case LayerType::conv2d:
        return builder_.conv2d(tensor_, channels(layer.width, block_input), layer.window,
                               layer.activation);
      case LayerType::depthwise_conv2d:
        return builder_.depthwise_conv2d(tensor_, layer.window, layer.activation);
      case LayerType::fully_connected:
        return builder_.fully_connected(tensor_, channels(layer.width, block_input),
                                        layer.activation);
      case LayerType::average_pool_2d:
        return builder_.average_pool_2d(tensor_, layer.window);
      case LayerType::max_pool_2d:
        return builder_.max_pool_2d(tensor_, layer.window);
      case LayerType::add:
        return builder_.add(block_input, tensor_, layer.activation);
      case LayerType::softmax:
        return builder_.softmax(tensor_);
      default:  // no block of a space has these
        break;
    }
    OPLINE_ASSERT(false, "layer type {}", static_cast<int>(layer.type));
    return tensor_;
  }

  int channels(const Width& width, TensorId block_input) const {
    return width.channels(
        builder_.shape(tensor_).c, builder_.shape(block_input).c, [&](std::size_t decision) {
          return space_.decisions[decision].options[architecture_.options[decision]];
        });
  }

  const Space& space_;
  const Architecture& architecture_;
  NetworkBuilder builder_;
  TensorId tensor_;
};

}  // namespace

network::Network decode(const Space& space, const Architecture& architecture) {
  const Architecture checked = canonical(space, architecture);
  return Decoder(space, checked).run();
}

}  // namespace opline::sampler
