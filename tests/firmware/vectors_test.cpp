// tests/firmware/vectors_test.cpp - the committed answers: by the reference, the host's kernels,
// the simulated board.
#include "tests/firmware/vectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "firmware/kernels/requantize.h"
#include "tests/firmware/device_plan.h"
#include "tests/firmware/simulated_device.h"

namespace opline::firmware_test {
namespace {

std::vector<Vector> vectors() {
  return read_vectors(std::string(OPLINE_SOURCE_DIR) + "/tests/firmware/vectors/kernels.txt");
}

TEST(Vectors, CoverEveryOperationAndOddShapes) {
  int odd = 0, strided = 0, padded = 0, saturating = 0;
  for (const Vector& v : vectors()) {
    odd += v.layer.in_c % 4 != 0;
    strided += v.layer.stride_h > 1 || v.layer.stride_w > 1;
    padded += v.layer.pad_top > 0 || v.layer.pad_left > 0;
    saturating += std::count(v.output.begin(), v.output.end(), v.layer.activation_max) > 0;
  }
  EXPECT_EQ(vectors().size(), 190u);
  EXPECT_GT(odd, 30);
  EXPECT_GT(strided, 10);
  EXPECT_GT(padded, 10);
  EXPECT_GT(saturating, 10);
}

TEST(Vectors, TheReferenceStillGivesThem) {
  for (const Vector& v : vectors())
    EXPECT_EQ(reference::run(v.layer, operands_of(v)), v.output) << v.name;
}

TEST(Vectors, TheHostsKernelsGiveThem) {
  for (const Vector& v : vectors())
    EXPECT_EQ(run_kernels({v.layer, operands_of(v)}), v.output) << v.name;
}

TEST(Vectors, TheSimulatedBoardGivesThem) {
  for (const char* image : {"nucleo-f446re", "nucleo-f446re-portable"}) {
    SimulatedDevice device(std::string(OPLINE_BINARY_DIR) + "/firmware/" + image + ".elf");
    for (const Vector& v : vectors()) {
      for (const std::string& command : load_commands(plan_of(v))) device.command(command);
      ASSERT_EQ(device.command("plan run"), std::vector<std::string>{"m-run-done"}) << v.name;
      EXPECT_EQ(from_results(device.command("results").at(0)), v.output)
          << v.name << " on " << image;
    }
  }
}

/// The digests of the plan's layers on the simulated board are the host's.
void expect_host_digests(SimulatedDevice& device, const std::vector<std::uint8_t>& plan,
                         const HostPools& pools) {
  std::vector<std::string> answer;
  for (const std::string& command : load_commands(plan)) answer = device.command(command);
  ASSERT_EQ(device.command("plan run"), std::vector<std::string>{"m-run-done"}) << answer.at(0);
  const std::vector<std::string> report = device.command("plan report");
  const std::vector<std::uint32_t> expected = host_digests(plan, pools);
  ASSERT_EQ(report.size(), expected.size() + 2);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    opline_layer layer;
    std::memcpy(&layer, plan.data() + sizeof(opline_plan_header) + i * sizeof layer, sizeof layer);
    const std::string digest = report[i].substr(report[i].size() - 9, 8);
    EXPECT_EQ(std::stoul(digest, nullptr, 16), expected[i])
        << "layer " << i << ", " << describe(layer);
  }
}

std::string image_of(const std::string& name) {
  return std::string(OPLINE_BINARY_DIR) + "/firmware/" + name + ".elf";
}

TEST(SimulatedBoard, NarrowConvolutionsHaveTheHostsDigests) {
  SimulatedDevice device(image_of("nucleo-f446re"));
  expect_host_digests(device, narrow_device_plan(), HostPools(4096, 4800));
}

TEST(SimulatedBoard, LayersOfFourBitsHaveTheHostsDigests) {
  const HostPools pools(60000, 24000);
  for (const char* board : {"nucleo-f446re", "nucleo-f746zg"}) {
    SimulatedDevice device(image_of(board), board);
    for (std::uint64_t first = 0; first < 240; first += 60) {
      SCOPED_TRACE(std::string(board) + ", plan " + std::to_string(first));
      expect_host_digests(device, random_s4_device_plan(first, 60, pools), pools);
    }
  }
}

TEST(SimulatedBoard, RunsAt180MegahertzFromTheStLinksClock) {
  SimulatedDevice device(std::string(OPLINE_BINARY_DIR) + "/firmware/nucleo-f446re.elf");
  EXPECT_THAT(device.command("setup"),
              testing::IsSupersetOf({"m-setup-[board=nucleo-f446re]", "m-setup-[core=cortex-m4]",
                                     "m-setup-[kernels=dsp]", "m-setup-[clock_hz=180000000]",
                                     "m-setup-[clock_source=hse]", "m-setup-[cycle_counter=1]"}));
  EXPECT_EQ(device.machine().core_clock_hz(), 180'000'000u);
  EXPECT_NEAR(device.machine().uart_baud().value(), 115'200, 1152);
}

// What ran before must not show: every plan starts from the snapshot after boot, as a campaign does
// it.
TEST(SimulatedBoard, CyclesDoNotDependOnWhatRanBefore) {
  SimulatedDevice device(std::string(OPLINE_BINARY_DIR) + "/firmware/nucleo-f446re.elf");
  std::vector<Vector> all = vectors();
  const auto total = [&device](const Vector& v) {
    for (const std::string& command : load_commands(plan_of(v))) device.command(command);
    device.command("plan run");
    return device.command("plan report").at(2);
  };
  const auto start = device.machine().save();
  std::vector<std::string> forward, backward;
  for (const Vector& v : all) {
    device.machine().restore(start);
    forward.push_back(total(v));
  }
  std::reverse(all.begin(), all.end());
  for (const Vector& v : all) {
    device.machine().restore(start);
    backward.insert(backward.begin(), total(v));
  }
  EXPECT_EQ(forward, backward);
}

// x, multiplier, shift, answer: worked out by hand from gemmlowp's definitions.
TEST(Vectors, RequantizationByHand) {
  struct Line {
    std::int32_t x, multiplier, shift, answer;
  };
  constexpr std::int32_t kHalf = 1 << 30;
  const Line lines[] = {
      {0, kHalf, 0, 0},
      {1, kHalf, 0, 1},             // 0.5: the high multiply rounds ties up
      {-1, kHalf, 0, 0},            // -0.5: up
      {3, kHalf, -1, 1},            // 1.5 -> 2, then 2 / 2 = 1
      {5, kHalf, -1, 2},            // 2.5 -> 3, then 1.5 -> 2
      {-5, kHalf, -1, -1},          // -2.5 -> -2, then -1
      {-7, kHalf, -1, -2},          // -3.5 -> -3, then -1.5 away from zero -> -2
      {-2, kHalf, -1, -1},          // -1, then -0.5 away from zero -> -1
      {2, kHalf, -1, 1},            // 1, then 0.5 -> 1
      {100, INT32_MAX, 0, 100},     // one less than 1.0
      {100, kHalf, 3, 400},         // to the left by 3, times 1/2
      {INT32_MAX, kHalf, -31, 1},   // 2^30, then 2^30 / 2^31 = 0.5 -> 1
      {INT32_MIN, kHalf, -31, -1},  // -2^30, then -0.5 -> -1
      {INT32_MIN, INT32_MAX, 0, -INT32_MAX},
      {1 << 30, kHalf, 1, INT32_MIN / 2},  // 2^31 wraps, as every build does
  };
  for (const Line& l : lines) {
    EXPECT_EQ(opline_requantize(l.x, l.multiplier, l.shift), l.answer)
        << l.x << " " << l.multiplier << " " << l.shift;
    EXPECT_EQ(reference::requantize(l.x, l.multiplier, l.shift), l.answer)
        << l.x << " " << l.multiplier << " " << l.shift;
  }
}

}  // namespace
}  // namespace opline::firmware_test
