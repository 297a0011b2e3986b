// src/network/descriptor_scales.h - fills a layer's descriptor with the zero points, limits and
// multipliers that follow from its tensors' scales.
//
// tflite_arithmetic.h computes single values; this applies them by layer type. Internal to the
// module.
#pragma once
#include <optional>
#include <vector>

#include "firmware/include/opline_plan.h"
#include "src/network/network.h"
#include "src/network/tflite_arithmetic.h"

namespace opline::network {

/// Quantisation parameters of a layer that belong to none of its tensors and channels.
struct LayerScales {
  /// Of a fully connected layer that has one for all channels (else the table has the multipliers),
  /// or of a constant operand.
  std::optional<TensorQuantisation> weight;
  float beta = 1;       ///< Of softmax.
  float alpha = 0.125;  ///< Slope of leaky_relu below 0; of a sampled network this one.
};

/// TFLite flushes scales below 2^-32 to 0. Kernels need a mantissa: 2^-32 gives 0 for every sum but
/// 2^31 - 1 and -2^31.
[[nodiscard]] constexpr opline_multiplier for_kernels(opline_multiplier multiplier) {
  return multiplier.multiplier == 0 ? opline_multiplier{1 << 30, -31} : multiplier;
}

/// Sets zero points, limits of the fused activation, whole-tensor multipliers and softmax's range
/// of `descriptor`. `tensors` is indexed by TensorId; `output` is the tensor that the layer makes.
/// Scales are positive.
void set_scales(const Layer& layer, const std::vector<TensorQuantisation>& tensors, TensorId output,
                const LayerScales& scales, opline_layer& descriptor);

/// Writes the table of a lookup where `descriptor` says; does nothing for other layers.
void set_table(const Layer& layer, const std::vector<TensorQuantisation>& tensors, TensorId output,
               const LayerScales& scales, const opline_layer& descriptor,
               std::vector<std::uint8_t>& tables);

}  // namespace opline::network
