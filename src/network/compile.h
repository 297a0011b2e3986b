// src/network/compile.h - from a sampled network to the plan a device executes and the outputs it
// must produce.
//
// compile() chooses the quantisation by running the host's kernels layer by layer, and so knows the
// digest of every layer's output: once per network, whatever the number of boards. Networks with
// weights of their own: quantised_network.h. No I/O.
#pragma once
#include <cstdint>
#include <vector>

#include "src/network/layout.h"
#include "src/network/network.h"
#include "src/network/output_spread.h"
#include "src/network/pools.h"

namespace opline::network {

/// Version of the layout and quantisation of plans; part of every setup, because offsets change
/// cycles slightly. Raise it with any change that gives a network another plan.
inline constexpr int kPlannerVersion = 3;

struct CompiledNetwork {
  std::vector<std::uint8_t> plan;  ///< Header and descriptors, as they are sent to the device.
  /// Content for the start of the device's reserved flash; empty: the image's pools are used.
  std::vector<std::uint8_t> tensors;
  /// CRC-32 of each layer's output, as the device computes them.
  std::vector<std::uint32_t> digests;
  std::vector<OutputSpread> spread;  ///< One entry per layer.
  std::vector<std::int8_t> output;   ///< The network's outputs, one behind the other.
  Footprint footprint;
};

/// Quantises with constants from the pools, executes on the host and digests. `input_seed`
/// generates the input on both sides. Deterministic. A layer whose spread no scale brings within
/// the bounds of output_spread.h starts a few bytes later in the weight pool, so `footprint` may be
/// slightly larger than that of lay_out(); so does the layer before a hard_swish that would give 0
/// alone. Where nothing reaches the bounds (an output of one
/// value, a mean over raw input) the last attempt is kept, and `spread` shows it. Throws
/// Error{input} for a network with a `refusal` and when the pools are too small
/// (weight_bytes_at_most()).
[[nodiscard]] CompiledNetwork compile(const Network& network, const Pools& pools,
                                      std::uint32_t input_seed = 1);

/// The most bytes of the weight pool that compile() may use for a layout of this footprint.
[[nodiscard]] std::uint64_t weight_bytes_at_most(const Layout& layout);

}  // namespace opline::network
