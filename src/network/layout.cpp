// Shapes, kernels and offsets: everything of a plan that needs no numbers from a tensor.
#include <fmt/ranges.h>

#include "src/base/error.h"
#include "src/network/compile.h"
#include "src/network/memory_plan.h"

namespace opline::network {
namespace {

opline_layer describe(const Layer& layer) {
  opline_layer out{};
  out.op = static_cast<std::uint8_t>(layer.type);
  const Window& window = layer.window;
  out.kernel_h = static_cast<std::uint8_t>(window.kernel_h);
  out.kernel_w = static_cast<std::uint8_t>(window.kernel_w);
  out.stride_h = static_cast<std::uint8_t>(window.stride_h);
  out.stride_w = static_cast<std::uint8_t>(window.stride_w);
  out.in_h = static_cast<std::uint16_t>(layer.input.h);
  out.in_w = static_cast<std::uint16_t>(layer.input.w);
  out.in_c = static_cast<std::uint16_t>(layer.input.c);
  out.out_h = static_cast<std::uint16_t>(layer.output.h);
  out.out_w = static_cast<std::uint16_t>(layer.output.w);
  out.out_c = static_cast<std::uint16_t>(layer.output.c);
  if (layer.type != LayerType::fully_connected && window.padding == Padding::same) {
    out.pad_top = static_cast<std::uint8_t>(
        padding_before(layer.input.h, layer.output.h, window.kernel_h, window.stride_h));
    out.pad_left = static_cast<std::uint8_t>(
        padding_before(layer.input.w, layer.output.w, window.kernel_w, window.stride_w));
  }
  out.kernel = opline_choose_kernel(&out);
  return out;
}

/// One buffer a tensor (index = TensorId), then one a layer for its scratch.
std::vector<Buffer> buffers_of(const Network& network, const std::vector<opline_layer>& layers) {
  const auto count = static_cast<LayerId>(layers.size());
  std::vector<Buffer> buffers;
  buffers.push_back({static_cast<std::uint32_t>(network.input().elements()), -1, 0, 0});
  for (LayerId i = 0; i < count; ++i)
    buffers.push_back({opline_output_bytes(&layers[static_cast<std::size_t>(i)]), i, i, 0});
  buffers.back().last_layer = count - 1;
  for (LayerId i = 0; i < count; ++i) {
    for (const TensorId input : network.layers()[static_cast<std::size_t>(i)].inputs) {
      buffers[static_cast<std::size_t>(input)].last_layer = i;
    }
  }
  for (LayerId i = 0; i < count; ++i) {
    buffers.push_back({opline_scratch_bytes(&layers[static_cast<std::size_t>(i)]), i, i, 0});
  }
  return buffers;
}

void take_offsets(const Network& network, const std::vector<Buffer>& buffers,
                  std::vector<opline_layer>& layers) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::vector<TensorId>& inputs = network.layers()[i].inputs;
    layers[i].input = buffers[static_cast<std::size_t>(inputs[0])].offset;
    if (inputs.size() > 1) layers[i].input2 = buffers[static_cast<std::size_t>(inputs[1])].offset;
    layers[i].output = buffers[i + 1].offset;
    layers[i].scratch = buffers[layers.size() + 1 + i].offset;
  }
}

}  // namespace

Layout lay_out(const Network& network) {
  Layout layout;
  for (const Layer& layer : network.layers()) layout.layers.push_back(describe(layer));
  const auto layer_count = static_cast<std::uint32_t>(layout.layers.size());
  if (layer_count > OPLINE_MAX_LAYERS) {
    throw Error(ErrorCode::input, "the network has {} layers; a plan holds at most {}", layer_count,
                OPLINE_MAX_LAYERS);
  }

  std::vector<Buffer> buffers = buffers_of(network, layout.layers);
  Footprint& footprint = layout.footprint;
  footprint.activation_bytes = plan_memory(buffers);
  take_offsets(network, buffers, layout.layers);
  layout.live_bytes = live_bytes(buffers, static_cast<int>(layer_count));

  for (opline_layer& layer : layout.layers) {
    layer.weights = footprint.weight_bytes;
    layer.channels = footprint.channel_bytes;
    footprint.weight_bytes += opline_align(opline_weight_bytes(&layer));
    footprint.channel_bytes += align_channels(opline_channel_bytes(&layer));
  }
  const auto plan_bytes =
      static_cast<std::uint32_t>(sizeof(opline_plan_header) + layer_count * sizeof(opline_layer));
  footprint.arena_bytes = opline_arena_bytes(plan_bytes, layer_count, footprint.activation_bytes);
  layout.header = {OPLINE_PLAN_MAGIC,
                   OPLINE_PLAN_VERSION,
                   plan_bytes,
                   layer_count,
                   footprint.activation_bytes,
                   static_cast<std::uint32_t>(network.input().elements()),
                   0,
                   footprint.weight_bytes,
                   footprint.channel_bytes};
  return layout;
}

std::optional<std::string> reason_not_to_fit(const Footprint& footprint, const DeviceLimits& limits) {
  std::vector<std::string> shortages;
  const auto compare = [&](const char* what, std::uint32_t needed, std::uint32_t there) {
    if (needed > there)
      shortages.push_back(fmt::format("needs {} B of {}, {} B are there", needed, what, there));
  };
  compare("SRAM (arena)", footprint.arena_bytes, limits.arena_bytes);
  compare("flash (weights)", footprint.weight_bytes, limits.weight_pool_bytes);
  compare("flash (biases and multipliers)", footprint.channel_bytes, limits.channel_pool_bytes);
  if (shortages.empty()) return std::nullopt;
  return fmt::format("{}", fmt::join(shortages, "; "));
}

}  // namespace opline::network
