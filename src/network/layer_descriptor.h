// src/network/layer_descriptor.h - one layer as the runtime sees it: its descriptor, its kernel,
// the bytes it touches.
//
// The kernel is chosen by firmware/include/opline_plan.h's own predicate, on the descriptor that a
// plan carries: only there is padding given in rows and columns.
#pragma once
#include <cstdint>
#include <string_view>

#include "firmware/include/opline_plan.h"
#include "src/network/network.h"

namespace opline::network {

/// Operation, window, groups, extents, padding and kernel; offsets and multipliers are 0. O(1).
[[nodiscard]] opline_layer describe(const Layer& layer);

/// "conv_im2col", "conv_1x1", "depthwise_general", "depthwise_3x3", ... as OPLINE_KERNEL_... spells
/// them.
[[nodiscard]] std::string_view to_string(opline_kernel kernel);

/// Name of the kernel that opline's runtime executes the layer with.
[[nodiscard]] std::string_view kernel_of(const Layer& layer);

/// Weight tensor or constant operand of a layer, in bytes of int8; 0 where it has none. Alignment
/// is not counted.
[[nodiscard]] std::uint64_t weight_bytes(const Layer& layer);
/// Its table of biases, multipliers and shifts: 12 bytes per output channel; 0 for layers without
/// weights.
[[nodiscard]] std::uint64_t channel_bytes(const Layer& layer);
/// Bytes of all tensors of the layer, each counted once: weights, table of channels or of a
/// function, inputs, output.
[[nodiscard]] std::uint64_t touched_bytes(const Layer& layer);

}  // namespace opline::network
