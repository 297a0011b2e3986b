// src/network/layer_work.h - what a layer asks of a device, as models of layers take it: its
// kernel, its multiply-accumulates, outputs and bytes, and a text that two layers share exactly
// when they are the same work.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "src/network/network.h"

namespace opline::network {

struct LayerWork {
  LayerType type = LayerType::conv2d;
  std::string_view kernel;  ///< kernel_of() the layer: opline's runtime chooses it.
  std::uint64_t macs = 0;   ///< Padded taps included; 0 where the operation multiplies nothing.
  std::uint64_t output_elements = 0;
  std::uint64_t bytes = 0;  ///< touched_bytes() of the layer.
};

/// O(1).
[[nodiscard]] LayerWork work_of(const Layer& layer);

/// Name of the form by which models price the layer: `work_of(layer).kernel`; of a kernel of four
/// bits whose input or output has eight, followed by the bits of both, since those cost another
/// number of cycles: "conv_1x1_s4", "conv_1x1_s4_4_8", "conv_im2col_s4_8_4". Part of the cost
/// model's format: frozen.
[[nodiscard]] std::string form_name_of(const Layer& layer);

/// "conv2d 25x5x64 -> 25x5x84 1x1 s1x1 same relu", "mul 8x8x16 constant 1x1x16 -> 8x8x16": type,
/// input (of two operands both, where their shapes differ or one is a constant), output, and where
/// it has them window (kernel, stride, padding; dilation and groups where they are not 1: "d2x2
/// g4") and activation. Layers of one signature are the same work. Part of the cost model's format:
/// frozen.
[[nodiscard]] std::string signature_of(const Layer& layer);

}  // namespace opline::network
