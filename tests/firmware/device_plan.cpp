// tests/firmware/device_plan.cpp - see the header.
#include "tests/firmware/device_plan.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <iterator>

#include "firmware/kernels/opline_kernels.h"
#include "src/base/random.h"
#include "tests/firmware/layer_case.h"

namespace opline::firmware_test {
namespace {

/// A 1x1 maximum pool: copies `bytes` bytes from the front to behind them.
opline_layer cover(std::uint32_t bytes) {
  opline_layer l{};
  l.op = OPLINE_OP_MAX_POOL_2D;
  l.kernel_h = l.kernel_w = l.stride_h = l.stride_w = 1;
  l.dilation_h = l.dilation_w = 1, l.groups = 1;
  l.in_h = l.out_h = l.in_w = l.out_w = 1;
  l.in_c = l.out_c = static_cast<std::uint16_t>(bytes);
  l.activation_min = -128;
  l.activation_max = 127;
  place(l);
  return l;
}

/// `draw` makes one layer.
template <typename Draw>
std::vector<opline_layer> random_layers(std::uint64_t first, int count, const HostPools& pools,
                                        Draw draw) {
  std::vector<opline_layer> layers;
  RandomStream random(2, first);
  for (int i = 0; i < count; ++i) {
    opline_layer l = draw(random, first + static_cast<std::uint64_t>(i));
    const std::uint32_t weight_room =
        static_cast<std::uint32_t>(pools.weights.size()) - opline_weight_bytes(&l);
    l.weights = random.below(weight_room / OPLINE_ALIGNMENT) * OPLINE_ALIGNMENT;
    l.channels = random.below(static_cast<std::uint32_t>(pools.channels.size()) - l.out_c) *
                 static_cast<std::uint32_t>(sizeof(opline_channel));
    if (random.below(16) == 0)
      l.shift_offset = static_cast<std::int32_t>(random.below(3));  // mostly saturates
    layers.push_back(l);
  }
  return layers;
}

/// The plan of unrelated layers. The first one covers every byte of the tensors; what a kernel
/// leaves in its scratch is its own affair.
std::vector<std::uint8_t> covered_plan(std::vector<opline_layer> layers, std::uint32_t seed) {
  std::uint32_t bytes = 0;
  for (const opline_layer& l : layers) bytes = std::max(bytes, l.scratch);
  layers.insert(layers.begin(), cover(bytes));
  for (opline_layer& l : layers) l.scratch = layers.front().scratch;
  return make_plan(layers, seed);
}

/// A convolution whose window has `kernel_h` rows of `kernel_w` times `in_c` taps. Sizes and
/// numbers differ from draw to draw.
opline_layer narrow_convolution(int kernel_h, int kernel_w, int in_c, bool padded,
                                RandomStream& random) {
  opline_layer l = random_case(OPLINE_OP_CONV2D, random.next()).layer;  // for its numbers
  const auto axis = [&](int kernel, std::uint8_t& k, std::uint8_t& stride, std::uint8_t& pad,
                        std::uint16_t& in, std::uint16_t& out) {
    k = static_cast<std::uint8_t>(kernel);
    stride = static_cast<std::uint8_t>(1 + random.below(2));
    pad = static_cast<std::uint8_t>(padded ? (kernel - 1) / 2 : 0);
    in = static_cast<std::uint16_t>(kernel + static_cast<int>(random.below(6)));
    out = static_cast<std::uint16_t>((in + 2 * pad - kernel) / stride + 1);
  };
  axis(kernel_h, l.kernel_h, l.stride_h, l.pad_top, l.in_h, l.out_h);
  axis(kernel_w, l.kernel_w, l.stride_w, l.pad_left, l.in_w, l.out_w);
  l.dilation_h = l.dilation_w = 1, l.groups = 1;
  l.in_c = static_cast<std::uint16_t>(in_c);
  l.out_c = static_cast<std::uint16_t>(1 + random.below(20));
  l.shift_offset = -8;
  place(l);
  return l;
}

}  // namespace

HostPools::HostPools(std::uint32_t weight_bytes, std::uint32_t channel_bytes) {
  for (std::uint32_t i = 0; i < weight_bytes; ++i) weights.push_back(opline_pool_weight(i));
  for (std::uint32_t i = 0; i < channel_bytes / sizeof(opline_channel); ++i)
    channels.push_back(opline_pool_channel(i));
}

std::vector<std::uint8_t> random_device_plan(std::uint64_t first, int count,
                                             const HostPools& pools) {
  const auto draw = [](RandomStream& random, std::uint64_t index) {
    return random_case(static_cast<opline_op>(1 + random.below(10)), index).layer;
  };
  return covered_plan(random_layers(first, count, pools, draw), static_cast<std::uint32_t>(first));
}

std::vector<std::uint8_t> random_s4_device_plan(std::uint64_t first, int count,
                                                const HostPools& pools) {
  const auto draw = [](RandomStream& random, std::uint64_t index) {
    const auto kinds = static_cast<std::uint32_t>(std::size(kS4Operations));
    opline_layer l = random_s4_case(kS4Operations[random.below(kinds)], index).layer;
    if (l.kernel == OPLINE_KERNEL_CONV_1X1_S4 && random.below(4) == 0) {  // more than is widened
      l.in_c = static_cast<std::uint16_t>(200 + random.below(300));
      l.in_h = l.out_h = 3, l.in_w = l.out_w = 2;
      place(l);
    }
    return l;
  };
  return covered_plan(random_layers(first, count, pools, draw), static_cast<std::uint32_t>(first));
}

std::vector<std::uint8_t> narrow_device_plan() {
  std::vector<opline_layer> layers;
  RandomStream random(3, 0);
  for (int in_c = 1; in_c <= 4; ++in_c) {
    for (int kernel_w = 1; kernel_w * in_c <= 4; ++kernel_w) {
      for (int kernel_h = 1; kernel_h <= 5; ++kernel_h) {
        layers.push_back(narrow_convolution(kernel_h, kernel_w, in_c, false, random));
        layers.push_back(narrow_convolution(kernel_h, kernel_w, in_c, true, random));
      }
    }
  }
  return covered_plan(std::move(layers), 9);
}

std::vector<std::uint32_t> host_digests(const std::vector<std::uint8_t>& plan,
                                        const HostPools& pools) {
  opline_plan_header header;
  std::memcpy(&header, plan.data(), sizeof header);
  std::vector<opline_layer> layers(header.layer_count);
  std::memcpy(layers.data(), plan.data() + sizeof header, layers.size() * sizeof(opline_layer));
  std::vector<std::int8_t> activations(header.activation_bytes);
  opline_fill_input(header.input_seed, activations.data() + header.input, header.input_bytes);
  const opline_pools kernels_pools{pools.weights.data(), pools.channels.data(),
                                   plan.data() + opline_tables_offset(header.layer_count)};
  std::vector<std::uint32_t> digests;
  for (const opline_layer& l : layers) {
    opline_run_layer(&l, &kernels_pools, activations.data());
    digests.push_back(opline_crc32(0, activations.data() + l.output, opline_output_bytes(&l)));
  }
  return digests;
}

std::vector<std::string> load_commands(const std::vector<std::uint8_t>& plan) {
  constexpr std::size_t kBytes = 36;
  char text[64];
  std::snprintf(text, sizeof text, "plan load %zu %08x", plan.size(),
                opline_crc32(0, plan.data(), plan.size()));
  std::vector<std::string> commands{text};
  for (std::size_t at = 0; at < plan.size(); at += kBytes) {
    std::string command = "plan ";
    for (std::size_t i = at; i < std::min(at + kBytes, plan.size()); ++i) {
      std::snprintf(text, sizeof text, "%02x", plan[i]);
      command += text;
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

}  // namespace opline::firmware_test
