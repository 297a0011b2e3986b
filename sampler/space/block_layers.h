// sampler/space/block_layers.h - the layers that a block stands for, kept or skipped.
//
// The one definition that decoding (decode.h), counting of networks (layer_sequence.h) and counting
// of ops (ops_table.h) share. Types, windows, activations and maps never depend on a decision; only
// the number of channels does.
#pragma once
#include <cstdint>
#include <vector>

#include "sampler/space/space.h"
#include "src/network/network.h"

namespace opline::sampler {

/// One layer of a block. Its input is the output of the layer before; an add also takes the block's
/// input, as its first operand.
struct BlockLayer {
  network::LayerType type = network::LayerType::conv2d;
  network::Window window;  ///< Of convolutions and pools.
  network::Activation activation = network::Activation::none;
  Width width;
  Map in;
  Map out;
};

/// The layers of a block that is kept; at least one. With a residual the last one is the add, which
/// has the activation of the block in place of the layer before it (as in ResNet); after an
/// inverted bottleneck it has none, since the projection is linear (MobileNetV2, Sandler et al.
/// 2018, section 3.3).
[[nodiscard]] std::vector<BlockLayer> kept_layers(const Block& block);

/// The layers of a block that is skipped: none, or, where it downsamples, an average pooling of its
/// input (kernel = stride, SAME).
[[nodiscard]] std::vector<BlockLayer> skipped_layers(const Block& block);

}  // namespace opline::sampler
