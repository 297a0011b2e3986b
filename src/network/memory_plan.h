// src/network/memory_plan.h - where every activation lives in the arena.
//
// A tensor lives from the layer that writes it to the last layer that reads it; scratch lives for
// its layer. Buffers are placed largest first at the lowest offset where they overlap no buffer
// that lives at the same time: the greedy planner that TFLM uses too (greedy_memory_planner).
#pragma once
#include <cstdint>
#include <vector>

#include "firmware/include/opline_plan.h"
#include "src/network/network.h"

namespace opline::network {

/// One buffer of the arena, in bytes (64 bit: what doesn't fit any device still has its true size).
/// Both layers of the lifetime are included; the network's input lives from -1.
struct Buffer {
  std::uint64_t bytes = 0;
  LayerId first_layer = 0;
  LayerId last_layer = 0;
  std::uint64_t offset = 0;  ///< Set by plan_memory; a multiple of 16.
};

/// One buffer a tensor (index = TensorId), without offsets.
[[nodiscard]] std::vector<Buffer> tensor_buffers(const Network& network);

/// `bytes` rounded up to where the next tensor may start. The 64-bit counterpart of opline_align().
[[nodiscard]] constexpr std::uint64_t align(std::uint64_t bytes) {
  return (bytes + OPLINE_ALIGNMENT - 1) / OPLINE_ALIGNMENT * OPLINE_ALIGNMENT;
}

/// Assigns offsets to `buffers` and returns the arena's size: the peak, a multiple of 16.
std::uint64_t plan_memory(std::vector<Buffer>& buffers);

/// Working memory of every layer while it runs (its live tensors and scratch), without
/// fragmentation: the model of MicroNets section 5.1.1 extended to tensors that only wait. One
/// entry a layer, in bytes.
[[nodiscard]] std::vector<std::uint64_t> live_bytes(const std::vector<Buffer>& buffers,
                                                    int layer_count);

}  // namespace opline::network
