#include "src/network/layout.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/error.h"
#include "src/network/layer_descriptor.h"
#include "src/network/memory_plan.h"
#include "src/network/op_count.h"

namespace opline::network {
namespace {

/// Multiply-accumulates of one output.
std::uint64_t taps_of(const Layer& layer) {
  const std::uint64_t macs = count_layer(layer).macs;
  return macs == 0 ? 0 : macs / layer.output.elements();
}

/// One buffer per tensor (index = TensorId), then one per layer for its scratch.
std::vector<Buffer> buffers_of(const Network& network, const std::vector<opline_layer>& layers) {
  std::vector<Buffer> buffers = tensor_buffers(network);
  const auto count = static_cast<LayerId>(layers.size());
  for (LayerId i = 0; i < count; ++i) {
    // opline_scratch_bytes() counts in 32 bits: exact for every layer that is not refused.
    buffers.push_back({opline_scratch_bytes(&layers[static_cast<std::size_t>(i)]), i, i, 0});
  }
  return buffers;
}

void take_offsets(const Network& network, const std::vector<Buffer>& buffers,
                  std::vector<opline_layer>& layers) {
  const auto offset = [&](std::size_t buffer) {
    return static_cast<std::uint32_t>(buffers[buffer].offset);
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::vector<TensorId>& inputs = network.layers()[i].inputs;
    const bool first_is_constant = network.layers()[i].constant == Constant::first;
    (first_is_constant ? layers[i].input2 : layers[i].input) =
        offset(static_cast<std::size_t>(inputs[0]));
    if (inputs.size() > 1) layers[i].input2 = offset(static_cast<std::size_t>(inputs[1]));
    const std::size_t output = network.inputs().size() + i;
    layers[i].output = offset(output);
    layers[i].scratch = offset(layers.size() + output);
  }
}

/// The part of the network's refusal that concerns one layer.
std::optional<std::string> refusal_of(const Layer& layer, LayerId id, TensorSource source) {
  if (const std::uint64_t taps = taps_of(layer); taps > OPLINE_MAX_TAPS) {
    return fmt::format("layer {}: an output sums {} products; the runtime supports at most {}", id,
                       taps, OPLINE_MAX_TAPS);
  }
  if (source == TensorSource::pools && channel_bytes(layer) > OPLINE_CHANNEL_POOL_BYTES) {
    return fmt::format("layer {}: {} output channels; the runtime supports at most {}", id,
                       layer.output.c, OPLINE_CHANNEL_POOL_BYTES / sizeof(opline_channel));
  }
  if (layer.type == LayerType::softmax && layer.input.c > OPLINE_MAX_SOFTMAX_CHANNELS) {
    return fmt::format("layer {}: softmax over {} values; the runtime supports at most {}", id,
                       layer.input.c, OPLINE_MAX_SOFTMAX_CHANNELS);
  }
  const auto positions =
      static_cast<std::uint64_t>(layer.input.h) * static_cast<std::uint64_t>(layer.input.w);
  if (layer.type == LayerType::mean && positions > OPLINE_MAX_TAPS) {
    return fmt::format("layer {}: a mean over {} values; the runtime supports at most {}", id,
                       positions, OPLINE_MAX_TAPS);
  }
  return std::nullopt;
}

std::optional<std::string> refusal_of(const Network& network, const Footprint& footprint) {
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    auto refusal = refusal_of(network.layers()[i], static_cast<LayerId>(i), footprint.source);
    if (refusal) return refusal;
  }
  constexpr std::uint64_t kMost = std::numeric_limits<std::int32_t>::max();
  if (footprint.flash_bytes() > kMost || footprint.arena_bytes > kMost) {
    return fmt::format("needs {} B of flash and {} B of SRAM; a plan addresses at most {} B",
                       footprint.flash_bytes(), footprint.arena_bytes, kMost);
  }
  return std::nullopt;
}

/// Slices of the pools: weights one behind the other; tables likewise, from the start of their pool
/// again where one does not fit.
void place_in_pools(const Network& network, Layout& layout) {
  Footprint& footprint = layout.footprint;
  std::uint32_t table_end = 0;
  std::uint32_t pool_used = 0;
  for (std::size_t i = 0; i < layout.layers.size(); ++i) {
    layout.layers[i].weights = static_cast<std::uint32_t>(footprint.weight_bytes);
    footprint.weight_bytes += align(weight_bytes(network.layers()[i]));
    const std::uint64_t table = align_channels(channel_bytes(network.layers()[i]));
    layout.layers[i].channels = place_table(table_end, table);
    table_end = static_cast<std::uint32_t>(layout.layers[i].channels + table);
    pool_used = std::max(pool_used, table_end);
    footprint.channel_bytes += table;
  }
  layout.header.weight_bytes = static_cast<std::uint32_t>(footprint.weight_bytes);
  layout.header.channel_bytes = pool_used;
}

/// A blob: weights and table of each layer in turn. A table behind the weights is also what a
/// kernel may read beyond them.
void place_own(const Network& network, Layout& layout) {
  Footprint& footprint = layout.footprint;
  for (std::size_t i = 0; i < layout.layers.size(); ++i) {
    const std::uint64_t weights = align(weight_bytes(network.layers()[i]));
    layout.layers[i].weights = static_cast<std::uint32_t>(footprint.flash_bytes());
    layout.layers[i].channels = static_cast<std::uint32_t>(footprint.flash_bytes() + weights);
    footprint.weight_bytes += weights;
    footprint.channel_bytes += align(channel_bytes(network.layers()[i]));
  }
  // A network without constants also has a blob: tensor_bytes above 0 marks the plan as its own.
  if (footprint.flash_bytes() == 0) footprint.channel_bytes = OPLINE_ALIGNMENT;
  layout.header.tensor_bytes = static_cast<std::uint32_t>(footprint.flash_bytes());
}

/// Tables in the plan, one behind the other; the indices of gathers are known.
void place_tables(const Network& network, Layout& layout) {
  for (std::size_t i = 0; i < layout.layers.size(); ++i) {
    opline_layer& layer = layout.layers[i];
    if (opline_table_bytes(&layer) == 0) continue;
    layer.table = static_cast<std::uint32_t>(layout.tables.size());
    layout.tables.resize(layout.tables.size() + opline_align(opline_table_bytes(&layer)));
    if (opline_is_gather(layer.op) == 0) continue;
    std::vector<std::uint16_t> indices;
    for (const auto* along : {&network.layers()[i].rows, &network.layers()[i].columns}) {
      for (const int index : *along) indices.push_back(static_cast<std::uint16_t>(index));
    }
    std::memcpy(layout.tables.data() + layer.table, indices.data(), 2 * indices.size());
  }
}

}  // namespace

Layout lay_out(const Network& network, TensorSource source) {
  Layout layout;
  layout.footprint.source = source;
  for (const Layer& layer : network.layers()) layout.layers.push_back(describe(layer));
  const auto layer_count = static_cast<std::uint32_t>(layout.layers.size());
  if (layer_count > OPLINE_MAX_LAYERS) {
    throw Error(ErrorCode::input, "the network has {} layers; a plan holds at most {}", layer_count,
                OPLINE_MAX_LAYERS);
  }

  std::vector<Buffer> buffers = buffers_of(network, layout.layers);
  place_inputs(network, buffers);
  Footprint& footprint = layout.footprint;
  footprint.activation_bytes = plan_memory(buffers);
  take_offsets(network, buffers, layout.layers);
  layout.live_bytes = live_bytes(buffers, static_cast<int>(layer_count));

  place_tables(network, layout);
  const auto table_bytes = static_cast<std::uint32_t>(layout.tables.size());
  const std::uint32_t plan_bytes = opline_plan_bytes(layer_count, table_bytes);
  opline_plan_header& header = layout.header;
  header.magic = OPLINE_PLAN_MAGIC;
  header.version = OPLINE_PLAN_VERSION;
  header.bytes = plan_bytes;
  header.layer_count = layer_count;
  header.activation_bytes = static_cast<std::uint32_t>(footprint.activation_bytes);
  header.input = static_cast<std::uint32_t>(buffers[0].offset);
  header.input_bytes = static_cast<std::uint32_t>(input_offsets(network).back());
  header.table_bytes = table_bytes;
  if (source == TensorSource::own) {
    place_own(network, layout);
  } else {
    place_in_pools(network, layout);
  }
  footprint.arena_bytes =
      opline_arena_bytes(plan_bytes, layer_count, 0) + footprint.activation_bytes;
  layout.refusal = refusal_of(network, footprint);
  return layout;
}

Layout executable_layout(const Network& network, TensorSource source) {
  Layout layout = lay_out(network, source);
  if (layout.refusal)
    throw Error(ErrorCode::input, "the network can't be executed: {}", *layout.refusal);
  return layout;
}

std::vector<std::int8_t> outputs_of(const Network& network, const Layout& layout,
                                    const std::vector<std::int8_t>& activations) {
  std::vector<std::int8_t> codes;
  for (const TensorId output : network.outputs()) {
    const opline_layer& layer = layout.layers[static_cast<std::size_t>(*network.layer_of(output))];
    const auto first = activations.begin() + layer.output;
    codes.insert(codes.end(), first, first + opline_output_bytes(&layer));
  }
  return codes;
}

std::vector<std::uint8_t> plan_bytes(const Layout& layout) {
  std::vector<std::uint8_t> bytes(layout.header.bytes);
  std::memcpy(bytes.data(), &layout.header, sizeof(opline_plan_header));
  std::memcpy(bytes.data() + sizeof(opline_plan_header), layout.layers.data(),
              layout.layers.size() * sizeof(opline_layer));
  std::copy(layout.tables.begin(), layout.tables.end(), bytes.end() - layout.header.table_bytes);
  return bytes;
}

std::optional<std::string> reason_not_to_fit(const Footprint& footprint,
                                             const DeviceLimits& limits) {
  std::vector<std::string> shortages;
  const auto compare = [&](const char* what, std::uint64_t needed, std::uint64_t available) {
    if (needed > available) {
      shortages.push_back(
          fmt::format("needs {} B of {}, {} B are available", needed, what, available));
    }
  };
  compare("SRAM (arena)", footprint.arena_bytes, limits.arena_bytes);
  const std::uint64_t pools = std::uint64_t{limits.weight_pool_bytes} + limits.channel_pool_bytes;
  compare("flash", footprint.flash_bytes(), pools);
  if (footprint.source == TensorSource::pools && footprint.flash_bytes() <= pools)
    compare("flash for weights", footprint.weight_bytes, limits.weight_pool_bytes);
  if (shortages.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(shortages, "; "));
}

std::optional<std::string> reason_not_to_run(const Layout& layout, const DeviceLimits& limits) {
  return layout.refusal ? layout.refusal : reason_not_to_fit(layout.footprint, limits);
}

}  // namespace opline::network
