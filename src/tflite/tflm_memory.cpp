#include "src/tflite/tflm_memory.h"

#include <algorithm>

#include "src/network/memory_plan.h"

namespace opline::tflite {
namespace {

using network::Layer;
using network::LayerType;

constexpr std::uint64_t kFixedBytes =
    276;  // interpreter, allocator, planner, input and output tensors
constexpr std::uint64_t kPointerBytes = 4;

/// Structures of one operator: its node, tensors, parameters and kernel data. Measured were
/// convolutions, fully connected layers, pools, ADD and SOFTMAX; the others have as many tensors as
/// the operators beside which they stand.
std::uint64_t operator_bytes(LayerType type) {
  switch (type) {
    case LayerType::conv2d:
    case LayerType::depthwise_conv2d:
      return 160;
    case LayerType::fully_connected:
      return 144;
    case LayerType::average_pool_2d:
    case LayerType::max_pool_2d:
    case LayerType::add:
    case LayerType::pad:
    case LayerType::mean:
    case LayerType::concatenation:
    case LayerType::sub:
    case LayerType::mul:
    case LayerType::prelu:
      return 128;
    default:  // softmax, and functions of one value
      return 112;
  }
}

/// Multipliers and shifts of a convolution's output channels: two tables of int32.
std::uint64_t channel_bytes(const Layer& layer) {
  const bool per_channel =
      layer.type == LayerType::conv2d || layer.type == LayerType::depthwise_conv2d;
  return per_channel
             ? 2 * network::align(sizeof(std::int32_t) * static_cast<std::uint64_t>(layer.output.c))
             : 0;
}

/// Elements of one window of the layer over all input channels.
std::uint64_t window_elements(const Layer& layer) {
  return static_cast<std::uint64_t>(layer.window.kernel_h) *
         static_cast<std::uint64_t>(layer.window.kernel_w) *
         static_cast<std::uint64_t>(layer.input.c);
}

/// Scratch of CMSIS-NN's kernel for the layer on a core with the DSP extension (its
/// *_get_buffer_size functions).
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

/// READ_VARIABLE copies a variable to a tensor of the plan, ASSIGN_VARIABLE one of them back right
/// behind the layer that makes it; a layer that only copies is no operator. Returns the bytes of
/// the variables, which are persistent.
std::uint64_t place_variables(const network::Network& network,
                              std::vector<network::Buffer>& buffers) {
  std::uint64_t bytes = 0;
  for (const network::State& state : network.states()) {
    bytes += network::align(network.shape(state.tensor).elements());
    const auto maker = network.layer_of(state.next);
    if (!maker || std::ranges::count(network.outputs(), state.next) != 0) continue;
    network::Buffer& next = buffers[static_cast<std::size_t>(state.next)];
    next.last_layer = *maker;
    if (state.copied) next.bytes = 0;
    for (std::size_t i = 0; i < network.layers().size(); ++i) {
      if (std::ranges::count(network.layers()[i].inputs, state.next) != 0)
        next.last_layer = static_cast<network::LayerId>(i);
    }
  }
  return bytes;
}

bool only_copies(const network::Network& network, network::LayerId layer) {
  return std::ranges::any_of(network.states(), [&](const network::State& state) {
    return state.copied && state.next == network.output_of(layer);
  });
}

}  // namespace

TflmArena tflm_arena(const network::Network& network) {
  TflmArena arena;
  std::vector<network::Buffer> buffers = network::tensor_buffers(network);
  arena.persistent_bytes = place_variables(network, buffers);
  std::uint64_t scratch_handles = 0;
  network::LayerId id = 0;
  for (const Layer& layer : network.layers()) {
    const std::uint64_t scratch = scratch_bytes(layer);
    if (scratch != 0) {
      buffers.push_back({scratch, id, id, 0});
      scratch_handles += kPointerBytes;
    }
    if (!only_copies(network, id))
      arena.persistent_bytes += operator_bytes(layer.type) + channel_bytes(layer);
    ++id;
  }
  arena.persistent_bytes +=
      kFixedBytes + std::max<std::uint64_t>(network::align(scratch_handles), OPLINE_ALIGNMENT);
  // TFLM sorts aligned sizes, and of equal ones places the last first.
  for (network::Buffer& buffer : buffers) buffer.bytes = network::align(buffer.bytes);
  std::reverse(buffers.begin(), buffers.end());
  arena.activation_bytes = network::plan_memory(buffers);
  return arena;
}

}  // namespace opline::tflite
