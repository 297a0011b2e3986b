// sampler/count/layer_filter.h - conditions on single layers, which a NetworkSet imposes exactly.
//
// A condition of the form "every layer of the network satisfies p" keeps a set of networks
// countable, because p can be checked layer by layer. A
// bound on the working memory, the largest sum of the tensors and scratch that are live while a
// layer runs (network::live_bytes(), the model of MicroNets section 5.1.1), has this form. Other
// forms are sums over layers (ops, parameters, flash) and the arena that plan_memory() really lays
// out: greedy placement can leave gaps, so Footprint::activation_bytes is at least the working
// memory and sometimes more. A bound on the working memory is therefore necessary, not sufficient,
// for a network to fit: the networks that satisfy it still have to be laid out.
#pragma once
#include <cstdint>
#include <functional>

#include "src/network/network.h"

namespace opline::sampler {

/// A layer together with what other layers keep live.
struct LayerUse {
  network::Layer layer;  ///< `inputs` has the right number of entries; their values are unused.
  /// Elements (bytes) of tensors that are live beside layer.input and layer.output: a block's input
  /// that waits for its addition and, of an add, its second input.
  std::uint64_t waiting = 0;
};

/// Whether a network may have this layer; a pure function.
using LayerFilter = std::function<bool(const LayerUse&)>;

/// Bytes of SRAM that are live while the layer runs, scratch included: the layer's entry in
/// Layout::live_bytes.
[[nodiscard]] std::uint64_t working_bytes(const LayerUse& use);

/// Accepts layers with at most `bytes` of working memory.
[[nodiscard]] LayerFilter working_bytes_at_most(std::uint64_t bytes);

}  // namespace opline::sampler
