#include "src/tflite/tflm_memory.h"

#include <algorithm>

#include "src/base/error.h"
#include "src/network/memory_plan.h"

namespace opline::tflite {
namespace {

using network::Layer;
using network::LayerType;

constexpr std::uint64_t kFixedBytes = 0;       // interpreter, allocator, planner, input and output tensors
constexpr std::uint64_t kBytesPerChannel = 8;  // multiplier and shift of an output channel

/// Structures of one operator: its node, its tensors (of a convolution: input, weights, bias, output), parameters and
/// kernel data.
std::uint64_t operator_bytes(LayerType type) {
  (void)type;
  return 0;
}

std::uint64_t persistent_bytes(const Layer& layer) {
  const bool per_channel = layer.type == LayerType::conv2d || layer.type == LayerType::depthwise_conv2d;
  return operator_bytes(layer.type) +
         (per_channel ? kBytesPerChannel * static_cast<std::uint64_t>(layer.output.c) : 0);
}

/// Elements of one window of the layer over all input channels.
std::uint64_t window_elements(const Layer& layer) {
  return static_cast<std::uint64_t>(layer.window.kernel_h) *
         static_cast<std::uint64_t>(layer.window.kernel_w) * static_cast<std::uint64_t>(layer.input.c);
}

/// Scratch of CMSIS-NN's kernel for the layer on a core with the DSP extension (its *_get_buffer_size functions).
std::uint64_t scratch_bytes(const Layer& layer) {
  const network::Window& window = layer.window;
  switch (layer.type) {
    case LayerType::conv2d: {  // two windows of int16, each padded to whole groups of four
      const bool pointwise = window.kernel_h == 1 && window.kernel_w == 1;
      return pointwise ? 0 : 2 * sizeof(std::int16_t) * ((window_elements(layer) + 3) / 4 * 4);
    }
    case LayerType::depthwise_conv2d: {  // one window of int16
      const bool small = window.kernel_h == 3 && window.kernel_w == 3;
      return small ? 0 : sizeof(std::int16_t) * window_elements(layer);
    }
    case LayerType::average_pool_2d:  // a sum a channel
      return sizeof(std::int32_t) * static_cast<std::uint64_t>(layer.output.c);
    default:
      return 0;
  }
}

}  // namespace

TflmArena tflm_arena(const network::Network& network) {
  TflmArena arena;
  arena.persistent_bytes = kFixedBytes;
  std::vector<network::Buffer> buffers = network::tensor_buffers(network);
  network::LayerId id = 0;
  for (const Layer& layer : network.layers()) {
    buffers.push_back({scratch_bytes(layer), id, id, 0});
    arena.persistent_bytes += persistent_bytes(layer);
    ++id;
  }
  arena.activation_bytes = network::plan_memory(buffers);
  return arena;
}

}  // namespace opline::tflite
