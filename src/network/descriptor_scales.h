// src/network/descriptor_scales.h - what a descriptor holds besides its shape, from TFLite's
// scales; and how outputs spread.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "firmware/include/opline_plan.h"
#include "src/network/compile.h"
#include "src/network/tflite_arithmetic.h"

namespace opline::network {

/// Numbers of a layer that are not its tensors' nor its channels'.
struct LayerScales {
  float weight = 1;  ///< Of a fully connected layer.
  float beta = 1;    ///< Of softmax.
};

/// TFLite flushes scales below 2^-32 to 0. Kernels need a mantissa: 2^-32 gives 0 for every sum but
/// 2^31 - 1 and -2^31.
[[nodiscard]] constexpr opline_multiplier for_kernels(opline_multiplier multiplier) {
  return multiplier.multiplier == 0 ? opline_multiplier{1 << 30, -31} : multiplier;
}

/// Sets zero points, limits of the fused activation, whole-tensor multipliers and softmax's range
/// of `out`. Scales are positive.
void set_numbers(const Layer& layer, const std::vector<TensorQuantisation>& tensors,
                 TensorId output, const LayerScales& scales, opline_layer& out);

/// Sums over a tensor of int8 values.
struct Moments {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::int64_t squares = 0;
  [[nodiscard]] double mean() const {
    return static_cast<double>(sum) / static_cast<double>(count);
  }
  [[nodiscard]] double variance() const {
    return static_cast<double>(count * squares - sum * sum) /
           (static_cast<double>(count) * static_cast<double>(count));
  }
};
[[nodiscard]] Moments moments_of(std::span<const std::int8_t> values);

/// Of a layer's output. Codes at a limit count as saturated, but not those of a ReLU's zero.
[[nodiscard]] OutputSpread spread_of(std::span<const std::int8_t> output,
                                     const opline_layer& layer);

/// Header and descriptors, as the wire carries them.
[[nodiscard]] std::vector<std::uint8_t> plan_bytes(const Layout& layout);

/// lay_out(), or Error{input} with its refusal.
[[nodiscard]] Layout executable_layout(const Network& network, TensorSource source);

}  // namespace opline::network
