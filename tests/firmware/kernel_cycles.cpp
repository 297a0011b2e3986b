// tests/firmware/kernel_cycles.cpp - see the header.
#include "tests/firmware/kernel_cycles.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "tests/firmware/device_plan.h"
#include "tests/firmware/layer_case.h"
#include "tests/firmware/simulated_device.h"

namespace opline::firmware_test {
namespace {

constexpr opline_op kConv = OPLINE_OP_CONV2D, kDepthwise = OPLINE_OP_DEPTHWISE_CONV2D,
                    kDense = OPLINE_OP_FULLY_CONNECTED, kAverage = OPLINE_OP_AVERAGE_POOL_2D,
                    kMax = OPLINE_OP_MAX_POOL_2D, kAdd = OPLINE_OP_ADD,
                    kSoftmax = OPLINE_OP_SOFTMAX, kPad = OPLINE_OP_PAD, kMean = OPLINE_OP_MEAN,
                    kConcatenation = OPLINE_OP_CONCATENATION, kMul = OPLINE_OP_MUL,
                    kLookup = OPLINE_OP_HARD_SWISH;

// clang-format off
const std::vector<Shape> kShapes = {
    {"1x1, 64 channels, 25x5",        kConv,       25, 5,  64, 25,  5,  64,  1, 1, 1, 0, 0, {2.214, 1.228, 0.980}, 2.910},
    {"1x1, 138 channels, 25x5",       kConv,       25, 5, 138, 25,  5, 138,  1, 1, 1, 0, 0, {2.027, 1.212, 1.190}, 2.903},
    {"1x1, 140 channels, 25x5",       kConv,       25, 5, 140, 25,  5, 140,  1, 1, 1, 0, 0, {1.935, 0.950, 0.938}, 2.825},
    {"1x1, 276 channels, 25x5",       kConv,       25, 5, 276, 25,  5, 276,  1, 1, 1, 0, 0, {1.925, 0.949, 0.940}, 2.610},
    {"1x1, 137 -> 139 channels, 5x5", kConv,        5, 5, 137,  5,  5, 139,  1, 1, 1, 0, 0, {2.484, 1.435, 1.342}, 3.363},
    {"1x1, 256 channels, one point",  kConv,        1, 1, 256,  1,  1, 256,  1, 1, 1, 0, 0, {3.328, 1.978, 1.976}, 10.536},
    {"first 10x4x1, 64 channels",     kConv,       49, 10,  1, 25,  5,  64, 10, 4, 2, 4, 1, {3.133, 1.480, 1.347}, 5.578},
    {"first 10x4x1, 138 channels",    kConv,       49, 10,  1, 25,  5, 138, 10, 4, 2, 4, 1, {3.003, 1.592, 1.281}, 4.969},
    {"first 3x3x1, 8 channels",       kConv,       50, 50,  1, 25, 25,   8,  3, 3, 2, 0, 0, {10.044, 5.366, 5.407}, 20.069},
    {"first 3x3x1, 16 channels",      kConv,       50, 50,  1, 25, 25,  16,  3, 3, 2, 0, 0, {8.141, 4.225, 4.242}, 14.778},
    {"first 3x3x1, 32 channels",      kConv,       50, 50,  1, 25, 25,  32,  3, 3, 2, 0, 0, {7.427, 3.890, 3.889}, 11.940},
    {"first 3x3x3, 16 channels",      kConv,       32, 32,  3, 32, 32,  16,  3, 3, 1, 1, 1, {4.663, 2.830, 2.538}, 7.582},
    {"3x3, 32 channels, 16x16",       kConv,       16, 16, 32, 16, 16,  32,  3, 3, 1, 1, 1, {2.139, 1.009, 0.823}, 3.449},
    {"3x3, 138 channels, 6x6",        kConv,        6, 6, 138,  6,  6, 138,  3, 3, 1, 1, 1, {2.055, 1.394, 1.130}, 3.202},
    {"depthwise 3x3, 64 channels",    kDepthwise,  25, 5,  64, 25,  5,  64,  3, 3, 1, 1, 1, {7.156, 4.567, 4.513}, 11.024},
    {"depthwise 3x3, 138 channels",   kDepthwise,  25, 5, 138, 25,  5, 138,  3, 3, 1, 1, 1, {7.356, 4.973, 4.949}, 11.548},
    {"depthwise 3x3 /2, 64 channels", kDepthwise,  25, 25, 64, 13, 13,  64,  3, 3, 2, 1, 1, {6.860, 4.734, 4.643}, 11.262},
    {"depthwise 5x5, 64 channels",    kDepthwise,  13, 13, 64, 13, 13,  64,  5, 5, 1, 2, 2, {9.268, 4.744, 4.472}, 15.027},
    {"fully connected 64 -> 12",      kDense,       1, 1,  64,  1,  1,  12,  0, 0, 1, 0, 0, {4.336, 1.932, 1.934}, 4.823},
    {"fully connected 1024 -> 128",   kDense,       1, 1, 1024, 1,  1, 128,  0, 0, 1, 0, 0, {3.151, 1.734, 1.664}, 3.230},
    {"fully connected 127 -> 63",     kDense,       1, 1, 127,  1,  1,  63,  0, 0, 1, 0, 0, {3.908, 2.625, 2.125}, 4.098},
    {"3x3, 32 channels, dilated 2",   kConv,       16, 16, 32, 16, 16,  32,  3, 3, 1, 2, 2, {2.210, 1.054, 0.872}, {}, 2},
    {"3x3, 64 channels in 4 groups",  kConv,       16, 16, 64, 16, 16,  64,  3, 3, 1, 1, 1, {2.634, 1.212, 1.091}, {}, 1, 4},
    {"depthwise 3x3, 64, dilated 2",  kDepthwise,  13, 13, 64, 13, 13,  64,  3, 3, 1, 2, 2, {16.621, 9.328, 9.228}, 45.724, 2},
    {"depthwise 3x3, 32 x 2",         kDepthwise,  13, 13, 32, 13, 13,  64,  3, 3, 1, 1, 1, {22.030, 13.854, 13.826}, 43.272},
    {"depthwise 3x3, 16 x 4",         kDepthwise,  13, 13, 16, 13, 13,  64,  3, 3, 1, 1, 1, {17.602, 9.275, 9.280}, {}},
    {"connected 25 x (64 -> 64)",     kDense,       1, 25, 64,  1, 25,  64,  0, 0, 1, 0, 0, {2.592, 1.195, 1.164}, {}},
    {"average pool 25x5, 64",         kAverage,    25, 5,  64,  1,  1,  64, 25, 5, 1, 0, 0, {351.969, 581.859, 267.297}, {}},
    {"max pool 2x2, 32",              kMax,        32, 32, 32, 16, 16,  32,  2, 2, 2, 0, 0, {46.885, 34.222, 34.220}, {}},
    {"add, 24x24x16",                 kAdd,       24, 24, 16, 24, 24,  16,  0, 0, 1, 0, 0, {53.063, 34.303, 34.087}, {}},
    {"softmax, 12",                   kSoftmax,    1, 1,  12,  1,  1,  12,  0, 0, 1, 0, 0, {488.917, 377.500, 377.750}, {}},
    {"pad by 1, 32x32x16",            kPad,        32, 32, 16, 34, 34,  16,  0, 0, 1, 1, 1, {1.352, 1.279, 1.342}, {}},
    {"pad by 1, 33x33x3",             kPad,        33, 33,  3, 35, 35,   3,  0, 0, 1, 1, 1, {2.678, 2.221, 1.835}, {}},
    {"mean 7x7, 256",                 kMean,        7, 7, 256,  1,  1, 256,  0, 0, 1, 0, 0, {160.887, 226.566, 98.930}, {}},
    {"concatenation, 16x16x(16+16)",  kConcatenation, 16, 16, 16, 16, 16, 32, 0, 0, 1, 0, 0, {2.651, 1.542, 1.404}, {}},
    {"1x1, 4 bits, 64 channels, 25x5",   kConv,        25,  5,  64, 25,  5,  64,  1, 1, 1, 0, 0, {2.221, 1.128, 1.059}, {}, 1, 1, 4, 4, 4},
    {"1x1, 4 bits, 140 channels, 25x5",  kConv,        25,  5, 140, 25,  5, 140,  1, 1, 1, 0, 0, {1.894, 1.011, 0.946}, {}, 1, 1, 4, 4, 4},
    {"1x1, 4 bits, 276 channels, 25x5",  kConv,        25,  5, 276, 25,  5, 276,  1, 1, 1, 0, 0, {1.699, 0.889, 0.878}, {}, 1, 1, 4, 4, 4},
    {"1x1, 4-bit weights, 140 channels", kConv,        25,  5, 140, 25,  5, 140,  1, 1, 1, 0, 0, {2.080, 1.047, 1.039}, {}, 1, 1, 4, 8, 8},
    {"first 10x4x1, 4-bit weights, 138", kConv,        49, 10,   1, 25,  5, 138, 10, 4, 2, 4, 1, {3.283, 1.788, 1.636}, {}, 1, 1, 4, 8, 4},
    {"3x3, 4 bits, 32 channels, 16x16",  kConv,        16, 16,  32, 16, 16,  32,  3, 3, 1, 1, 1, {1.994, 0.942, 0.819}, {}, 1, 1, 4, 4, 4},
    {"3x3, 4 bits, 138 channels, 6x6",   kConv,         6,  6, 138,  6,  6, 138,  3, 3, 1, 1, 1, {1.717, 1.161, 0.905}, {}, 1, 1, 4, 4, 4},
    {"depthwise 3x3, 4 bits, 64",        kDepthwise,   25,  5,  64, 25,  5,  64,  3, 3, 1, 1, 1, {7.678, 5.225, 5.098}, {}, 1, 1, 4, 4, 4},
    {"depthwise 3x3, 4 bits, 138",       kDepthwise,   25,  5, 138, 25,  5, 138,  3, 3, 1, 1, 1, {8.123, 6.016, 5.822}, {}, 1, 1, 4, 4, 4},
    {"depthwise 3x3, 4-bit weights, 64", kDepthwise,   25,  5,  64, 25,  5,  64,  3, 3, 1, 1, 1, {9.110, 5.815, 5.759}, {}, 1, 1, 4, 8, 8},
    {"depthwise 5x5, 4 bits, 64",        kDepthwise,   13, 13,  64, 13, 13,  64,  5, 5, 1, 2, 2, {14.437, 6.685, 6.667}, {}, 1, 1, 4, 4, 4},
    {"fully connected, 4 bits, 64",       kDense,        1,  1,  64,  1,  1,  12,  0, 0, 1, 0, 0, {6.319, 3.366, 3.326}, {}, 1, 1, 4, 4, 8},
    {"fully connected, 4 bits, 1024",    kDense,        1,  1, 1024,  1,  1, 128,  0, 0, 1, 0, 0, {3.730, 1.723, 1.721}, {}, 1, 1, 4, 4, 4},
    {"average pool 25x5, 4 bits, 64",    kAverage,     25,  5,  64,  1,  1,  64, 25, 5, 1, 0, 0, {671.172, 376.562, 364.016}, {}, 1, 1, 8, 4, 8},
    {"max pool 2x2, 4 bits, 32",         kMax,         32, 32,  32, 16, 16,  32,  2, 2, 2, 0, 0, {118.249, 73.253, 73.026}, {}, 1, 1, 8, 4, 4},
    {"add, 4 bits, 24x24x16",            kAdd,         24, 24,  16, 24, 24,  16,  0, 0, 1, 0, 0, {86.379, 47.123, 47.016}, {}, 1, 1, 8, 4, 4},
};
// clang-format on

opline_layer layer_of(const Shape& s) {
  opline_layer l{};
  l.op = static_cast<std::uint8_t>(s.op);
  l.dilation_h = l.dilation_w = static_cast<std::uint8_t>(s.dilation);
  l.groups = static_cast<std::uint16_t>(s.groups);
  l.kernel_h = static_cast<std::uint8_t>(s.kernel_h),
  l.kernel_w = static_cast<std::uint8_t>(s.kernel_w);
  l.stride_h = l.stride_w = static_cast<std::uint8_t>(s.stride);
  l.pad_top = static_cast<std::uint8_t>(s.pad_top),
  l.pad_left = static_cast<std::uint8_t>(s.pad_left);
  l.in_h = static_cast<std::uint16_t>(s.in_h), l.in_w = static_cast<std::uint16_t>(s.in_w);
  l.in_c = static_cast<std::uint16_t>(s.in_c), l.out_h = static_cast<std::uint16_t>(s.out_h);
  l.out_w = static_cast<std::uint16_t>(s.out_w), l.out_c = static_cast<std::uint16_t>(s.out_c);
  l.weight_bits = static_cast<std::uint8_t>(s.weight_bits);
  l.input_bits = static_cast<std::uint8_t>(s.input_bits);
  l.output_bits = static_cast<std::uint8_t>(s.output_bits);
  const int most = (1 << (s.output_bits - 1)) - 1;
  l.input_zero_point = -3;
  l.output_zero_point = static_cast<std::int16_t>(-most - 1);
  l.activation_min = static_cast<std::int8_t>(-most - 1);
  l.activation_max = static_cast<std::int8_t>(most);
  l.shift_offset = -9;
  if (opline_is_binary(l.op)) l.in2_h = l.in_h, l.in2_w = l.in_w, l.in2_c = l.in_c;
  if (s.op == OPLINE_OP_MUL) l.in2_h = l.in2_w = 1;  // a gate of squeeze-and-excitation
  for (opline_multiplier& m : l.requantize) m = {1518500250, -9};
  if (s.op == OPLINE_OP_FULLY_CONNECTED && s.out_h * s.out_w > 1)
    l.requantize[0] = {0, 0};  // those of the table
  if (s.op == OPLINE_OP_ADD)
    l.requantize[0] = {1 << 30, 0}, l.requantize[1].shift = -1, l.requantize[2].shift = -19;
  if (s.op == OPLINE_OP_SOFTMAX) l.requantize[0].shift = 22, l.softmax_diff_min = -248;
  place(l);
  l.input2 = l.input;  // all that the seed defines
  return l;
}

double work_of_layer(const opline_layer& l) {
  const double outputs = static_cast<double>(l.out_h) * l.out_w * l.out_c;
  if (opline_weight_bytes(&l) == 0) return outputs;
  return outputs * (l.op == OPLINE_OP_DEPTHWISE_CONV2D ? l.kernel_h * l.kernel_w
                                                       : static_cast<int>(opline_fan_in(&l)));
}

/// Cycles of the first layer, as the device reports them; its digest must be the host's.
double measure(SimulatedDevice& device, const opline_layer& layer, const HostPools& pools) {
  const std::vector<std::uint8_t> plan = make_plan({layer}, 1);
  std::vector<std::string> answer;
  for (const std::string& command : load_commands(plan)) answer = device.command(command);
  EXPECT_EQ(device.command("plan run"), std::vector<std::string>{"m-run-done"}) << answer.at(0);
  const std::string line = device.command("plan report").at(0);  // m-layer-[0,cycles,digest]
  const std::size_t comma = line.find(',');
  EXPECT_EQ(std::stoul(line.substr(line.size() - 9, 8), nullptr, 16),
            host_digests(plan, pools).at(0));
  return std::stod(line.substr(comma + 1));
}

bool is_built_for_speed(SimulatedDevice& device) {
  for (const std::string& line : device.command("setup")) {
    if (line.starts_with("m-setup-[flags=") && line.find(" -O2 ") == std::string::npos)
      return false;
  }
  return true;
}

}  // namespace

double work_of(const Shape& shape) { return work_of_layer(layer_of(shape)); }

std::vector<Cost> measure_cycles(const std::string& board, bool (*wanted)(const Shape&)) {
  SimulatedDevice device(std::string(OPLINE_BINARY_DIR) + "/firmware/" + board + ".elf", board);
  if (!is_built_for_speed(device)) return {};
  const HostPools pools(400000, 60000);
  std::printf("%-32s %12s %12s %10s\n", board.c_str(), "macs", "cycles", "per mac");
  std::vector<Cost> costs;
  for (const Shape& shape : kShapes) {
    if (!wanted(shape)) continue;
    const double work = work_of(shape), cycles = measure(device, layer_of(shape), pools);
    std::printf("%-32s %12.0f %12.0f %10.3f\n", shape.name, work, cycles, cycles / work);
    costs.push_back({&shape, cycles / work});
  }
  return costs;
}

void expect_reached(const std::vector<Cost>& costs, double Reached::*reached) {
  if (costs.empty()) GTEST_SKIP() << "the figures are for images at -O2";
  for (const Cost& cost : costs)
    EXPECT_NEAR(cost.per_mac / (cost.shape->reached.*reached), 1.0, 0.03) << cost.shape->name;
}

}  // namespace opline::firmware_test
