// src/network/quantised_network.h - a network with its numbers: what a .tflite file holds.
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
  /// conv2d [out_c][kernel_h][kernel_w][in_c], depthwise [kernel_h][kernel_w][c], fully connected
  /// [out_c][in_h * in_w * in_c]. Symmetric: their zero point is 0.
  std::vector<std::int8_t> weights;
  std::vector<float>
      weight_scales;  ///< conv2d, depthwise: one an output channel. Fully connected: one.
  std::vector<std::int32_t>
      biases;      ///< out_c of them, zeros where a file has none; their scale is input x weight.
  float beta = 1;  ///< Inverse temperature of softmax.
  bool operator==(const LayerConstants&) const = default;
};

/// `tensors` and `constants` have exactly one entry a tensor and a layer.
struct QuantisedNetwork {
  Network network;
  std::vector<TensorQuantisation> tensors;  ///< By TensorId.
  std::vector<LayerConstants> constants;    ///< By LayerId.
};

/// The numbers that compile(network, pools, input_seed) gives `network`: slices of the pools, and
/// scales from which TFLite's arithmetic computes exactly the plan's multipliers. Law: compile() of
/// the result has the same digests, layer by layer. Throws as that compile() does.
[[nodiscard]] QuantisedNetwork quantised(const Network& network, const Pools& pools,
                                         std::uint32_t input_seed = 1);

/// Plan, tensors (a blob for the device's reserved flash, docs/formats/plan.md) and expected
/// digests of a network with its own numbers. `spread` is what the numbers give, small or saturated
/// as it may be. Throws Error{input} that names the layer for numbers that are missing, of another
/// length, or that TFLite's int8 operation doesn't take (a scale that isn't positive, pools whose
/// input and output differ, a softmax output other than 1/256 with zero point -128), and for a
/// network with a `refusal`.
[[nodiscard]] CompiledNetwork compile(const QuantisedNetwork& network,
                                      std::uint32_t input_seed = 1);

}  // namespace opline::network
