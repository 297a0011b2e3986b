#include "sampler/decode.h"

#include "src/base/error.h"

namespace opline::sampler {
namespace {

using network::Activation;
using network::NetworkBuilder;
using network::TensorId;
using network::Window;

class Decoder {
 public:
  Decoder(const Space& space, const Architecture& architecture)
      : space_(space), architecture_(architecture), builder_(space.input), tensor_(builder_.input()) {}

  network::Network run() && {
    for (const Block& block : space_.blocks) {
      if (block.skip && architecture_.options[*block.skip] == kSkip) {
        append_skip_branch(block);
      } else {
        append(block);
      }
    }
    return std::move(builder_).build();
  }

 private:
  void append_skip_branch(const Block& block) {
    if (!block.skip_pools()) return;
    const int h = block.window.stride_h;
    const int w = block.window.stride_w;
    tensor_ = builder_.average_pool_2d(tensor_, Window{h, w, h, w, network::Padding::same});
  }

  void append(const Block& block) {
    const TensorId input = tensor_;
    // The addition takes the activation over from the layer before it (as in residual networks since ResNet).
    const Activation last = block.residual ? Activation::none : block.activation;
    const int width = channels(block.width);
    switch (block.type) {
      case BlockType::conv2d:
        tensor_ = builder_.conv2d(tensor_, width, block.window, last);
        break;
      case BlockType::depthwise_conv2d:
        tensor_ = builder_.depthwise_conv2d(tensor_, block.window, last);
        break;
      case BlockType::depthwise_separable:
        tensor_ = builder_.depthwise_conv2d(tensor_, block.window, block.activation);
        tensor_ = builder_.conv2d(tensor_, width, Window{}, last);
        break;
      case BlockType::inverted_bottleneck:
        append_inverted_bottleneck(block, width);
        break;
      case BlockType::average_pool_2d:
        tensor_ = builder_.average_pool_2d(tensor_, block.window);
        break;
      case BlockType::max_pool_2d:
        tensor_ = builder_.max_pool_2d(tensor_, block.window);
        break;
      case BlockType::fully_connected:
        tensor_ = builder_.fully_connected(tensor_, width, block.activation);
        break;
      case BlockType::softmax:
        tensor_ = builder_.softmax(tensor_);
        break;
    }
    if (block.residual) {
      const bool linear = block.type == BlockType::inverted_bottleneck;
      tensor_ = builder_.add(input, tensor_, linear ? Activation::none : block.activation);
    }
  }

  /// MobileNetV2 (Sandler et al. 2018), section 3.3: nothing is lost to an activation where channels are few.
  void append_inverted_bottleneck(const Block& block, int width) {
    if (block.expansion)
      tensor_ = builder_.conv2d(tensor_, channels(*block.expansion), Window{}, block.activation);
    tensor_ = builder_.depthwise_conv2d(tensor_, block.window, block.activation);
    tensor_ = builder_.conv2d(tensor_, width, Window{}, Activation::none);
  }

  int channels(const Width& width) const {
    switch (width.kind) {
      case Width::Kind::same:
        return builder_.shape(tensor_).c;
      case Width::Kind::fixed:
        return width.value;
      case Width::Kind::decided:
        return space_.decisions[width.decision].options[architecture_.options[width.decision]];
    }
    OPLINE_ASSERT(false, "kind of width");
    return 0;
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
