// src/network/pool_quantiser.h - numbers for a network whose tensors are slices of the pools.
//
// The host runs each layer, sees how its output is spread and chooses the scale by it. Latency
// doesn't depend on scales, but a digest of a tensor that is all zeros or all saturated would not
// see an error; so every layer is brought to kMinStandardDeviation and below kMaxSaturatedShare.
// Sums are integers, so the choice is the same on every machine.
//
// All numbers are ones that a .tflite file holds. Scales of activations are powers of two and the
// pools' multipliers have 24 bits, so the float32 weight scale of a channel is exact and TFLite's
// arithmetic gives the pool's multiplier back.
#pragma once
#include <vector>

#include "src/network/descriptor_scales.h"

namespace opline::network {

struct PooledNumbers {
  Layout layout;  ///< Complete: the plan.
  std::vector<TensorQuantisation> tensors;
  std::vector<LayerScales> scales;  ///< By layer.
  std::vector<std::uint32_t> digests;
  std::vector<OutputSpread> spread;
  std::vector<std::int8_t> output;
};

/// As compile(network, pools, input_seed), which is this.
[[nodiscard]] PooledNumbers quantise_from_pools(const Network& network, const Pools& pools,
                                                std::uint32_t input_seed);

/// Positions in the weight pool that a layer may skip, each of OPLINE_ALIGNMENT bytes.
inline constexpr int kNudges = 8;

}  // namespace opline::network
