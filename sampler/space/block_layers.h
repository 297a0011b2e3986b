// sampler/space/block_layers.h - the layers that a block stands for, kept or skipped: the one
// definition that decoding and counting share.
//
// Types, windows, activations and maps never depend on a decision; only the number of channels
// does.
#pragma once
#include <cstdint>
#include <vector>

#include "sampler/space/space.h"
#include "src/network/network.h"

namespace opline::sampler {

/// How many channels a layer makes.
struct Channels {
  enum class Kind : std::uint8_t {
    incoming,  ///< As many as its own input has.
    entering,  ///< As many as the input of its block has.
    fixed,     ///< `value`.
    decided,   ///< Option of `Space::decisions[decision]`.
  };
  Kind kind = Kind::incoming;
  int value = 0;
  std::size_t decision = 0;
};

/// One layer of a block. Its input is the tensor before it; an add takes the block's input as well,
/// as its first operand.
struct BlockLayer {
  network::LayerType type = network::LayerType::conv2d;
  network::Window window;  ///< Of convolutions and pools.
  network::Activation activation = network::Activation::none;
  Channels channels;
  Map in;
  Map out;
};

/// The layers of the block where it is kept; one at least. With a residual the last one is the add;
/// it takes the activation over from the layer before it (as in residual networks since ResNet),
/// and has none after an inverted bottleneck, whose projection is linear (MobileNetV2, Sandler et
/// al. 2018, section 3.3).
[[nodiscard]] std::vector<BlockLayer> kept_layers(const Block& block);

/// What is there instead where the block is skipped: nothing, or, where it downsamples, an average
/// pooling (kernel = stride, SAME) of the channels that come in.
[[nodiscard]] std::vector<BlockLayer> skipped_layers(const Block& block);

}  // namespace opline::sampler
