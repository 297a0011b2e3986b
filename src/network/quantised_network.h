// src/network/quantised_network.h - a network with weights, biases and scales: the content of a
// .tflite file.
//
// A campaign measures networks whose tensors are slices of the pools; an imported model brings its
// own. Both are a QuantisedNetwork, in TFLite's terms only (float32 scales, zero points, int8
// weights, int32 biases): multipliers, shifts and limits of fused activations follow from them by
// TFLite's arithmetic (tflite_arithmetic.h).
#pragma once
#include <cstdint>
#include <vector>

#include "src/network/compile.h"
#include "src/network/network.h"
#include "src/network/pools.h"
#include "src/network/tflite_arithmetic.h"

namespace opline::network {

/// Constant tensors of one layer, in TFLite's layouts, which are those of opline_plan.h. Empty
/// where a type has none.
struct LayerConstants {
  /// conv2d [out_c][kernel_h][kernel_w][in_c / groups], depthwise [kernel_h][kernel_w][out_c],
  /// fully connected [out_c][in_h * in_w * in_c] or, per position, [out_c][in_c]; a binary layer's
  /// constant operand [h][w][c].
  std::vector<std::int8_t> weights;
  /// One per output channel; fully connected: that or a single one; constant operands: one.
  std::vector<float> weight_scales;
  /// out_c of them, zeros where a file has none; their scale is input x weight.
  std::vector<std::int32_t> biases;
  float beta = 1;  ///< Inverse temperature of softmax.
  /// Of `weights` that are a constant operand; others are symmetric, theirs is 0.
  int zero_point = 0;
  float alpha = 0;  ///< Slope of leaky_relu below 0.
  bool operator==(const LayerConstants&) const = default;
};

/// `tensors` has one entry per tensor, `constants` one per layer, `initial_states` one per state.
struct QuantisedNetwork {
  Network network;
  std::vector<TensorQuantisation> tensors;  ///< By TensorId.
  std::vector<LayerConstants> constants;    ///< By LayerId.
  /// Codes before the first inference, in the order of Network::states().
  std::vector<std::vector<std::int8_t>> initial_states{};
};

/// `network` with the constants and scales that compile(network, pools, input_seed) gives it:
/// slices of the pools, and scales from which TFLite's arithmetic computes exactly the plan's
/// multipliers. compile() of the result has the same digests, layer by layer. Throws as that
/// compile() does.
/// States are 0 before the first inference.
[[nodiscard]] QuantisedNetwork quantised(const Network& network, const Pools& pools,
                                         std::uint32_t input_seed = 1);

/// Plan, tensors (a blob for the device's reserved flash, docs/formats/plan.md) and expected
/// digests of a network with its own constants. The digests are those of a device, which sets
/// states as it sets inputs, from the seed. `spread` is as it turns out, also where it is small or
/// saturated. Throws Error{input} that names the layer for constants that are missing or have
/// another length, for scales that TFLite's int8 operation does not accept (not positive, a pool
/// whose input and output differ, a state that is assigned a tensor of another scale, a softmax
/// output other than 1/256 with zero point -128), and for a network with a `refusal`.
[[nodiscard]] CompiledNetwork compile(const QuantisedNetwork& network,
                                      std::uint32_t input_seed = 1);

}  // namespace opline::network
