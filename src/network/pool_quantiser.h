// src/network/pool_quantiser.h - chooses the scales of a network whose weights are slices of the
// image's pools.
//
// The host runs each layer, measures the spread of its output and chooses the scale accordingly.
// Latency does not depend on scales, but the digest of a tensor that is all zeros or saturated
// would not show an error; so every layer is brought to kMinStandardDeviation and below
// kMaxSaturatedShare (of four bits: the bounds that end in S4). Sums are integers, so the choice is
// the same on every machine.
//
// Every value can be stored in a .tflite file. Scales of activations are powers of two and the
// pools' multipliers have 24 bits, so the float32 weight scale of a channel is exact and TFLite's
// arithmetic gives the pool's multiplier back.
#pragma once
#include <cstdint>
#include <vector>

#include "src/network/descriptor_scales.h"
#include "src/network/layout.h"
#include "src/network/output_spread.h"
#include "src/network/pools.h"
#include "src/network/tflite_arithmetic.h"

namespace opline::network {

struct PoolQuantisation {
  Layout layout;                            ///< Complete: plan_bytes() of it can be executed.
  std::vector<TensorQuantisation> tensors;  ///< By TensorId.
  std::vector<LayerScales> scales;          ///< By layer, as are the next two.
  std::vector<std::uint32_t> digests;
  std::vector<OutputSpread> spread;
  std::vector<std::int8_t> output;
};

/// What compile(network, pools, input_seed) returns is made from this; throws as it does.
[[nodiscard]] PoolQuantisation quantise_from_pools(const Network& network, const Pools& pools,
                                                   std::uint32_t input_seed);

/// Whether a layer with weights from the pools has one scale for all of them: fully connected to
/// one position.
[[nodiscard]] bool has_one_scale(const Layer& layer);

/// How many positions of OPLINE_ALIGNMENT bytes a layer may move on in the weight pool.
inline constexpr int kNudges = 8;

}  // namespace opline::network
