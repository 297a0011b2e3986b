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
    {"1x1, 64 channels, 25x5",        kConv,       25, 5,  64, 25,  5,  64,  1, 1, 1, 0, 0, {2.214, 1.228, 0.979}, 2.910},
    {"1x1, 138 channels, 25x5",       kConv,       25, 5, 138, 25,  5, 138,  1, 1, 1, 0, 0, {2.027, 1.213, 1.191}, 2.903},
    {"1x1, 140 channels, 25x5",       kConv,       25, 5, 140, 25,  5, 140,  1, 1, 1, 0, 0, {1.935, 0.950, 0.939}, 2.825},
    {"1x1, 276 channels, 25x5",       kConv,       25, 5, 276, 25,  5, 276,  1, 1, 1, 0, 0, {1.925, 0.950, 0.940}, 2.610},
    {"1x1, 137 -> 139 channels, 5x5", kConv,        5, 5, 137,  5,  5, 139,  1, 1, 1, 0, 0, {2.484, 1.431, 1.344}, 3.363},
    {"1x1, 256 channels, one point",  kConv,        1, 1, 256,  1,  1, 256,  1, 1, 1, 0, 0, {3.328, 1.975, 1.971}, 10.536},
    {"first 10x4x1, 64 channels",     kConv,       49, 10,  1, 25,  5,  64, 10, 4, 2, 4, 1, {3.140, 1.474, 1.349}, 5.578},
    {"first 10x4x1, 138 channels",    kConv,       49, 10,  1, 25,  5, 138, 10, 4, 2, 4, 1, {3.007, 1.607, 1.288}, 4.969},
    {"first 3x3x1, 8 channels",       kConv,       50, 50,  1, 25, 25,   8,  3, 3, 2, 0, 0, {10.229, 5.535, 5.417}, 20.069},
    {"first 3x3x1, 16 channels",      kConv,       50, 50,  1, 25, 25,  16,  3, 3, 2, 0, 0, {8.234, 4.308, 4.248}, 14.778},
    {"first 3x3x1, 32 channels",      kConv,       50, 50,  1, 25, 25,  32,  3, 3, 2, 0, 0, {7.478, 3.910, 3.898}, 11.940},
    {"first 3x3x3, 16 channels",      kConv,       32, 32,  3, 32, 32,  16,  3, 3, 1, 1, 1, {4.696, 2.811, 2.534}, 7.582},
    {"3x3, 32 channels, 16x16",       kConv,       16, 16, 32, 16, 16,  32,  3, 3, 1, 1, 1, {2.140, 1.004, 0.819}, 3.449},
    {"3x3, 138 channels, 6x6",        kConv,        6, 6, 138,  6,  6, 138,  3, 3, 1, 1, 1, {2.055, 1.394, 1.130}, 3.202},
    {"depthwise 3x3, 64 channels",    kDepthwise,  25, 5,  64, 25,  5,  64,  3, 3, 1, 1, 1, {7.156, 4.570, 4.517}, 11.024},
    {"depthwise 3x3, 138 channels",   kDepthwise,  25, 5, 138, 25,  5, 138,  3, 3, 1, 1, 1, {7.356, 4.973, 4.949}, 11.548},
    {"depthwise 3x3 /2, 64 channels", kDepthwise,  25, 25, 64, 13, 13,  64,  3, 3, 2, 1, 1, {6.860, 4.737, 4.646}, 11.262},
    {"depthwise 5x5, 64 channels",    kDepthwise,  13, 13, 64, 13, 13,  64,  5, 5, 1, 2, 2, {9.268, 4.795, 4.470}, 15.027},
    {"fully connected 64 -> 12",      kDense,       1, 1,  64,  1,  1,  12,  0, 0, 1, 0, 0, {4.273, 1.906, 1.906}, 4.823},
    {"fully connected 1024 -> 128",   kDense,       1, 1, 1024, 1,  1, 128,  0, 0, 1, 0, 0, {3.151, 1.733, 1.663}, 3.230},
    {"fully connected 127 -> 63",     kDense,       1, 1, 127,  1,  1,  63,  0, 0, 1, 0, 0, {3.902, 2.621, 2.126}, 4.098},
    {"3x3, 32 channels, dilated 2",   kConv,       16, 16, 32, 16, 16,  32,  3, 3, 1, 2, 2, {2.212, 1.058, 0.867}, {}, 2},
    {"3x3, 64 channels in 4 groups",  kConv,       16, 16, 64, 16, 16,  64,  3, 3, 1, 1, 1, {2.640, 1.227, 1.101}, {}, 1, 4},
    {"depthwise 3x3, 64, dilated 2",  kDepthwise,  13, 13, 64, 13, 13,  64,  3, 3, 1, 2, 2, {16.621, 9.326, 9.231}, {}, 2},
    {"depthwise 3x3, 32 x 2",         kDepthwise,  13, 13, 32, 13, 13,  64,  3, 3, 1, 1, 1, {22.030, 13.853, 13.826}, {}},
    {"depthwise 3x3, 16 x 4",         kDepthwise,  13, 13, 16, 13, 13,  64,  3, 3, 1, 1, 1, {17.602, 9.596, 9.603}, {}},
    {"connected 25 x (64 -> 64)",     kDense,       1, 25, 64,  1, 25,  64,  0, 0, 1, 0, 0, {2.592, 1.202, 1.164}, {}},
    {"average pool 25x5, 64",         kAverage,    25, 5,  64,  1,  1,  64, 25, 5, 1, 0, 0, {351.484, 581.938, 266.688}, {}},
    {"max pool 2x2, 32",              kMax,        32, 32, 32, 16, 16,  32,  2, 2, 2, 0, 0, {46.881, 34.218, 34.217}, {}},
    {"add, 24x24x16",                 kAdd,       24, 24, 16, 24, 24,  16,  0, 0, 1, 0, 0, {53.026, 34.309, 34.085}, {}},
    {"softmax, 12",                   kSoftmax,    1, 1,  12,  1,  1,  12,  0, 0, 1, 0, 0, {479.583, 375.417, 375.417}, {}},
    {"pad by 1, 32x32x16",            kPad,        32, 32, 16, 34, 34,  16,  0, 0, 1, 1, 1, {1.338, 1.274, 1.338}, {}},
    {"pad by 1, 33x33x3",             kPad,        33, 33,  3, 35, 35,   3,  0, 0, 1, 1, 1, {2.651, 2.208, 1.821}, {}},
    {"mean 7x7, 256",                 kMean,        7, 7, 256,  1,  1, 256,  0, 0, 1, 0, 0, {160.758, 226.562, 98.785}, {}},
    {"concatenation, 16x16x(16+16)",  kConcatenation, 16, 16, 16, 16, 16, 32, 0, 0, 1, 0, 0, {2.648, 1.536, 1.397}, {}},
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
  l.input_zero_point = -3;
  l.output_zero_point = -128;
  l.activation_min = -128, l.activation_max = 127;
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
  const double taps =
      opline_weight_bytes(&l) == 0 ? 1.0 : static_cast<double>(opline_weight_bytes(&l)) / l.out_c;
  return taps * opline_output_bytes(&l);
}

/// Cycles of the first layer, as the device reports them; its digest must be the host's.
double measure(SimulatedDevice& device, const opline_layer& layer, const HostPools& pools) {
  const std::vector<std::uint8_t> plan = make_plan({layer}, 1);
  for (const std::string& command : load_commands(plan)) device.command(command);
  EXPECT_EQ(device.command("plan run"), std::vector<std::string>{"m-run-done"});
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
