#include "src/network/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace opline::network {
namespace {

bool live_together(const Buffer& a, const Buffer& b) {
  return a.first_layer <= b.last_layer && b.first_layer <= a.last_layer;
}

/// The lowest aligned gap for `buffer` among `placed`, which is sorted by offset.
std::uint64_t lowest_gap(const Buffer& buffer, const std::vector<const Buffer*>& placed) {
  std::uint64_t offset = 0;
  for (const Buffer* other : placed) {
    if (!live_together(buffer, *other)) continue;
    if (offset + buffer.bytes <= other->offset) break;
    offset = std::max(offset, align(other->offset + other->bytes));
  }
  return offset;
}

}  // namespace

std::vector<Buffer> tensor_buffers(const Network& network) {
  const auto count = static_cast<LayerId>(network.layers().size());
  std::vector<Buffer> buffers;
  for (const Shape& shape : network.inputs()) buffers.push_back({shape.elements(), -1, 0, 0});
  for (LayerId i = 0; i < count; ++i) {
    const TensorId made = network.output_of(i);
    buffers.push_back({tensor_bytes(network.shape(made), network.bits(made)), i, i, 0});
  }
  const auto live_until = [&](TensorId tensor, LayerId layer) {
    buffers[static_cast<std::size_t>(tensor)].last_layer = layer;
  };
  for (LayerId i = 0; i < count; ++i) {
    for (const TensorId input : network.layers()[static_cast<std::size_t>(i)].inputs)
      live_until(input, i);
  }
  for (const TensorId output : network.outputs()) live_until(output, count - 1);
  for (const State& state : network.states()) live_until(state.next, count - 1);
  return buffers;
}

std::vector<std::uint64_t> input_offsets(const Network& network) {
  std::vector<std::uint64_t> offsets{0};
  std::uint64_t end = 0;
  for (const Shape& shape : network.inputs()) {
    offsets.back() = align(end);
    end = offsets.back() + shape.elements();
    offsets.push_back(end);
  }
  return offsets;
}

void place_inputs(const Network& network, std::vector<Buffer>& buffers) {
  if (network.inputs().size() == 1 && network.states().empty()) return;
  const std::vector<std::uint64_t> offsets = input_offsets(network);
  for (std::size_t i = 0; i < network.inputs().size(); ++i) {
    buffers[i].offset = offsets[i];
    buffers[i].placed = true;
  }
  for (const State& state : network.states()) {
    Buffer& next = buffers[static_cast<std::size_t>(state.next)];
    next.offset = buffers[static_cast<std::size_t>(state.tensor)].offset;
    next.placed = true;
  }
}

std::uint64_t plan_memory(std::vector<Buffer>& buffers) {
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (buffers[a].placed != buffers[b].placed) return buffers[a].placed;
    return buffers[a].bytes > buffers[b].bytes;
  });
  std::vector<const Buffer*> placed;
  std::uint64_t peak = 0;
  for (const std::size_t index : order) {
    Buffer& buffer = buffers[index];
    if (buffer.bytes == 0) continue;
    if (!buffer.placed) buffer.offset = lowest_gap(buffer, placed);
    peak = std::max(peak, align(buffer.offset + buffer.bytes));
    const auto after = std::upper_bound(
        placed.begin(), placed.end(), buffer.offset,
        [](std::uint64_t offset, const Buffer* other) { return offset < other->offset; });
    placed.insert(after, &buffer);
  }
  return peak;
}

std::vector<std::uint64_t> live_bytes(const std::vector<Buffer>& buffers, int layer_count) {
  std::vector<std::uint64_t> bytes(static_cast<std::size_t>(layer_count), 0);
  for (const Buffer& buffer : buffers) {
    for (LayerId layer = std::max(0, buffer.first_layer); layer <= buffer.last_layer; ++layer) {
      bytes.at(static_cast<std::size_t>(layer)) += buffer.bytes;
    }
  }
  return bytes;
}

}  // namespace opline::network
