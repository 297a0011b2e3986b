// sampler/space/block_layers.h - the layers that a block stands for, kept or skipped.
//
// Internal to the module: backbone.h makes the branches of a space's places (place.h) from it.
#pragma once
#include <vector>

#include "sampler/space/space.h"

namespace opline::sampler {

/// A block with one option of each of its choices, and the selections that choose them.
struct BlockVariant {
  std::vector<Selection> when;
  Block block;
};

/// Every combination of the options of the block's choices and of those in its branches, the first
/// option of the first choice first. Windows that are "global" are not resolved.
[[nodiscard]] std::vector<BlockVariant> variants_of(const Space& space, const Block& block);

/// Map of a window's output; a VALID window must fit.
[[nodiscard]] Map output_map(const Map& in, const network::Window& window);

/// What happens to the block's input beside its layers.
enum class Shortcut : std::uint8_t { none, identity, projection };

/// The layers of a block without choices that is kept, on the map `block.in`; at least one. With a
/// shortcut the last one is the add, which has the activation of the block in place of the layer
/// before it (as in ResNet); after an inverted bottleneck it has none, since the projection is
/// linear (MobileNetV2, Sandler et al. 2018, section 3.3). A projecting shortcut is a 1x1
/// convolution with the block's stride and without activation, before the add (He et al. 2015,
/// option B). `guard` is that of the layer that decides how many channels are added.
[[nodiscard]] std::vector<BlockLayer> kept_layers(const Block& block, Shortcut shortcut,
                                                  Guard guard = Guard::none);

/// The layers of a block without choices that is skipped: none, or, where it downsamples, an
/// average pooling of its input (kernel = stride, SAME).
[[nodiscard]] std::vector<BlockLayer> skipped_layers(const Block& block);

}  // namespace opline::sampler
