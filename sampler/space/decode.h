// sampler/space/decode.h - from an architecture to its network.
#pragma once
#include "sampler/space/architecture.h"
#include "sampler/space/space.h"
#include "src/network/network.h"

namespace opline::sampler {

/// The network: the backbone block by block, with the chosen widths (block_layers.h). Never fails
/// for a Space that was loaded and an architecture of it.
[[nodiscard]] network::Network decode(const Space& space, const Architecture& architecture);

/// Appends a layer of a branch, which makes one (not kInputLayer); `from` and `other` as in
/// BlockLayer, `channels` of its output. Returns the tensor it makes.
network::TensorId append_layer(network::NetworkBuilder& builder, const BlockLayer& layer,
                               network::TensorId from, network::TensorId other, int channels);

}  // namespace opline::sampler
