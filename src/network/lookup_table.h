// src/network/lookup_table.h - functions of one value as tables of all 256 codes.
//
// TFLM computes relu, leaky_relu, logistic, tanh, hard_swish and quantize element by element; on
// int8 each is a function of one byte, so the runtime looks it up
// (docs/decisions/0019-lookup-tables.md). The entries are those of TFLM's int8 reference kernels at
// 90b983c2 (2026), bit for bit:
// tensorflow/lite/kernels/internal/reference/{integer_ops/logistic,integer_ops/tanh,hard_swish,
// leaky_relu,requantize}.h and micro/kernels/activations.h. relu6 and relu_n1_to_1 rescale as
// TensorFlow Lite's do; TFLM's relu6 only clamps, which is the same where both scales are equal.
#pragma once
#include <array>
#include <cstdint>
#include <optional>

#include "src/network/network.h"
#include "src/network/tflite_arithmetic.h"

namespace opline::network {

/// Indexed by the eight bits of the input's code; an entry has those of the output's.
using LookupTable = std::array<std::uint8_t, 256>;

/// `alpha` is leaky_relu's slope below 0. `type` is_lookup(). Throws Error{input} for a hard_swish
/// whose input scale is not less than 128 times the output's, which TFLM refuses.
[[nodiscard]] LookupTable lookup_table(LayerType type, const TensorQuantisation& input,
                                       const TensorQuantisation& output, float alpha);

/// The quantisation that TFLite demands of the output: of softmax and logistic 1/256 and -128, of
/// tanh 1/128 and 0.
[[nodiscard]] std::optional<TensorQuantisation> fixed_output(LayerType type);

}  // namespace opline::network
