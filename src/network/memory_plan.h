// src/network/memory_plan.h - where every activation lives in the arena.
//
// A tensor lives from the layer that writes it to the last layer that reads it; scratch lives for
// its layer. Buffers are placed largest first at the lowest offset where they overlap no buffer
// that lives at the same time. TFLM's greedy_memory_planner works the same way. Several inputs and
// the states lie one behind the other, so that they are set in one go.
#pragma once
#include <cstdint>
#include <vector>

#include "firmware/include/opline_plan.h"
#include "src/network/network.h"

namespace opline::network {

/// One buffer of the arena. 64 bit, so that what is too large for any device has its true size.
/// Both layers of the lifetime are included. The network's inputs and states live from -1, its
/// outputs and the states' new values to the last layer.
struct Buffer {
  std::uint64_t bytes = 0;
  LayerId first_layer = 0;
  LayerId last_layer = 0;
  std::uint64_t offset = 0;  ///< Set by plan_memory unless `placed`; a multiple of 16.
  bool placed = false;       ///< `offset` is given.
};

/// One buffer per tensor (index = TensorId), without offsets.
[[nodiscard]] std::vector<Buffer> tensor_buffers(const Network& network);

/// Where the inputs and states of `network` lie from its first input on, in bytes; the last number
/// is the size of all. Each but the first is a multiple of 16, but for the last.
[[nodiscard]] std::vector<std::uint64_t> input_offsets(const Network& network);

/// Where there are several: places the inputs and states at input_offsets(), and the new values of
/// states in the states' memory.
void place_inputs(const Network& network, std::vector<Buffer>& buffers);

/// `bytes` rounded up to where the next tensor may start. The 64-bit counterpart of opline_align().
[[nodiscard]] constexpr std::uint64_t align(std::uint64_t bytes) {
  return (bytes + OPLINE_ALIGNMENT - 1) / OPLINE_ALIGNMENT * OPLINE_ALIGNMENT;
}

/// Assigns offsets to `buffers` and returns the arena's size: the peak, a multiple of 16.
std::uint64_t plan_memory(std::vector<Buffer>& buffers);

/// Working memory of each layer while it runs, in bytes: all live tensors and its scratch, without
/// fragmentation. The model of MicroNets section 5.1.1, extended by tensors that are live but not
/// used by the layer. One entry per layer.
[[nodiscard]] std::vector<std::uint64_t> live_bytes(const std::vector<Buffer>& buffers,
                                                    int layer_count);

}  // namespace opline::network
