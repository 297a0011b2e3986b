#include "src/network/memory_plan.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>

#include "src/base/random.h"
#include "src/network/compile.h"
#include "tests/network/example_networks.h"

namespace opline::network {
namespace {

bool collide(const Buffer& a, const Buffer& b) {
  const bool in_time = a.first_layer <= b.last_layer && b.first_layer <= a.last_layer;
  return in_time && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

// The law of the planner: buffers that live at the same time never share a byte, all are aligned
// and inside the peak, and the peak is at least the busiest layer's live bytes.
TEST(MemoryPlan, NeverOverlapsOnRandomLifetimes) {
  for (std::uint64_t round = 0; round < 500; ++round) {
    RandomStream random(7, round);
    std::vector<Buffer> buffers;
    const int layers = 1 + static_cast<int>(random.below(20));
    for (std::uint32_t i = 0; i < 1 + random.below(30); ++i) {
      const int first = static_cast<int>(random.below(static_cast<std::uint32_t>(layers)));
      const int last =
          first + static_cast<int>(random.below(static_cast<std::uint32_t>(layers - first)));
      buffers.push_back({random.below(5000), first, last, 0});
    }
    const std::uint32_t peak = plan_memory(buffers);
    EXPECT_EQ(peak % 16, 0U);
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      EXPECT_EQ(buffers[i].offset % 16, 0U);
      EXPECT_LE(buffers[i].offset + buffers[i].bytes, peak);
      for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(collide(buffers[i], buffers[j])) << round;
    }
    const std::vector<std::uint64_t> live = live_bytes(buffers, layers);
    EXPECT_GE(peak, *std::max_element(live.begin(), live.end()));
  }
}

TEST(MemoryPlan, TwoLayersInARowShareTheArena) {
  std::vector<Buffer> chain = {{160, -1, 0, 0}, {320, 0, 1, 0}, {160, 1, 2, 0}, {64, 2, 2, 0}};
  EXPECT_EQ(plan_memory(chain), 480U);
}

// KWS-M: the first convolution's output (49x10x140) and the first depthwise output (25x5x140) are
// live together.
TEST(MemoryPlan, KwsMPeak) {
  const Layout layout = lay_out(kws_m());
  EXPECT_EQ(layout.footprint.activation_bytes,
            opline_align(49 * 10 * 140) + opline_align(25 * 5 * 140));
  EXPECT_EQ(*std::max_element(layout.live_bytes.begin(), layout.live_bytes.end()),
            49U * 10 * 140 + 25 * 5 * 140);
}

TEST(MemoryPlan, ShortagesAreNamedInBytes) {
  const Footprint footprint = lay_out(kws_m()).footprint;
  EXPECT_EQ(reason_not_to_fit(footprint, {1U << 30, 1U << 30, 1U << 30}), std::nullopt);
  EXPECT_EQ(reason_not_to_fit(footprint, {1U << 30, 1U << 30, 1000}),
            fmt::format("needs {} B of SRAM (arena), 1000 B are available", footprint.arena_bytes));
  EXPECT_NE(reason_not_to_fit(footprint, {10, 10, 10})->find("of flash, 20 B are available"),
            std::string::npos);
  // What counts is the flash, not how an image splits it; but weights need room of their own.
  const auto weights = static_cast<std::uint32_t>(footprint.weight_bytes);
  const auto tables = static_cast<std::uint32_t>(footprint.channel_bytes);
  EXPECT_EQ(reason_not_to_fit(footprint, {weights, tables, 1U << 30}), std::nullopt);
  EXPECT_NE(
      reason_not_to_fit(footprint, {weights - 1, 1U << 20, 1U << 30})->find("flash for weights"),
      std::string::npos);
}

}  // namespace
}  // namespace opline::network
