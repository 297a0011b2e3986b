// The line caches alone: hits, misses and replacement as RM0390 section 3.4 describes them.
#include "runners/simulator/timing/flash_timing.h"

#include <gtest/gtest.h>

namespace opline::simulator {
namespace {

/// FLASH_ACR of an STM32F4 (RM0390 section 3.8.1) as the peripherals pass it on.
FlashAccess access_of(std::uint32_t register_value) {
  const auto bit = [&](unsigned n) { return (register_value >> n & 1) != 0; };
  const std::uint32_t wait_states = register_value & 0xF;
  return {wait_states, wait_states, bit(8), bit(9), bit(10), bit(11), bit(12)};
}

FlashTiming with(std::uint32_t register_value) {
  FlashTiming flash(board::load_board("nucleo-f446re").flash);
  flash.program(access_of(register_value));
  return flash;
}

TEST(LineCache, ReplacesTheLeastRecentlyUsed) {
  LineCache cache(2, 100);
  cache.insert(1);
  cache.insert(2);
  cache.touch(1);
  cache.insert(3);
  EXPECT_TRUE(cache.holds(1));
  EXPECT_FALSE(cache.holds(2));
  EXPECT_TRUE(cache.holds(3));
  cache.clear();
  EXPECT_FALSE(cache.holds(1));
  cache.insert(4);
  EXPECT_TRUE(cache.holds(4));
}

TEST(LineCache, OfNoLinesHoldsNothing) {
  LineCache cache(0, 100);
  cache.insert(1);
  EXPECT_FALSE(cache.holds(1));
}

TEST(FlashTiming, SixtyFourLinesFitAndSixtyFiveDoNot) {
  FlashTiming flash = with(0x205);
  std::uint64_t now = 0;
  const auto round = [&](std::uint32_t lines) {
    std::uint32_t waited = 0;
    for (std::uint32_t line = 0; line < lines; ++line) {
      const std::uint32_t wait = flash.enter_cached(2 * line) ? 0 : flash.enter(2 * line, now);
      waited += wait;
      now += 100 + wait;
    }
    return waited;
  };
  EXPECT_EQ(round(64), 64U * 5);
  EXPECT_EQ(round(64), 0U);
  round(65);
  EXPECT_EQ(round(65), 65U * 5) << "cyclic use of one line too many misses always under LRU";
}

TEST(FlashTiming, EightDataLinesFitAndNineDoNot) {
  FlashTiming flash = with(0x405);
  std::uint64_t now = 0;
  const auto round = [&](std::uint32_t lines) {
    std::uint32_t waited = 0;
    for (std::uint32_t line = 0; line < lines; ++line) {
      waited += flash.read(line, now);
      now += 100;
    }
    return waited;
  };
  EXPECT_EQ(round(8), 8U * 5);
  EXPECT_EQ(round(8), 0U);
  round(9);
  EXPECT_EQ(round(9), 9U * 5);
}

TEST(FlashTiming, ResetBitsEmptyTheCaches) {
  FlashTiming flash = with(0x605);
  flash.enter(1, 0);
  flash.read(9, 100);
  flash.program(access_of(0x605 | 1U << 11 | 1U << 12));
  EXPECT_EQ(flash.enter(1, 200), 5U);
  EXPECT_EQ(flash.read(9, 300), 5U);
}

TEST(FlashTiming, AReadWaitsForThePrefetchThatOccupiesTheFlash) {
  FlashTiming flash = with(0x105);
  EXPECT_EQ(flash.enter(10, 0), 5U);     // line 10 at 5; line 11 is being read until 11
  EXPECT_EQ(flash.read(99, 7), 4U + 5);  // waits until 11, then 5
  EXPECT_EQ(flash.enter(11, 20), 0U);
}

// RM0090 section 3.5.2: "each time a miss occurs (...) the line read is copied into the instruction
// cache memory", and a prefetched line is not a miss.
TEST(FlashTiming, APrefetchedLineThatIsUsedDoesNotEnterTheInstructionCache) {
  FlashTiming flash = with(0x305);
  EXPECT_EQ(flash.enter(10, 0), 5U);   // a miss: cached; line 11 is prefetched until 11
  EXPECT_EQ(flash.enter(11, 20), 0U);  // prefetched in time
  EXPECT_EQ(flash.enter(50, 40), 5U);
  EXPECT_EQ(flash.enter(10, 60), 0U);  // cached
  EXPECT_EQ(flash.enter(11, 62), 4U);  // prefetched again, until 66
  EXPECT_EQ(flash.enter(50, 80), 0U);
  EXPECT_EQ(flash.enter(11, 100), 5U) << "reached by a branch it is a miss";
  EXPECT_EQ(flash.enter(50, 120), 0U);
  EXPECT_EQ(flash.enter(11, 140), 0U) << "and is cached from then on";
}

// A loop over three lines: only its branch target is ever read on a miss, so each round prefetches
// the other two again.
TEST(FlashTiming, ALoopOfSeveralLinesIsPrefetchedInEveryRound) {
  FlashTiming flash = with(0x705);
  std::uint64_t now = 0;
  std::uint32_t waited = 0;
  for (int round = 0; round < 100; ++round) {
    for (const std::uint32_t line : {20U, 21U, 22U}) {
      const std::uint32_t wait = flash.enter_cached(line) ? 0 : flash.enter(line, now);
      waited += wait;
      now += wait + 4;
    }
  }
  // First line 20: 5. Each prefetch takes 6 cycles and 4 are executed meanwhile: lines 21 and 22
  // wait 2 each. The prefetch of line 23 begins with line 22 and is 4 cycles old, of 6, when the
  // loop branches back, so from the second round on line 21 waits 2 cycles more.
  EXPECT_EQ(waited, 5U + 100 * (2 + 2) + 99 * 2);
}

TEST(FlashTiming, WithoutWaitStatesNothingWaits) {
  FlashTiming flash = with(0x700);
  EXPECT_EQ(flash.enter(1, 0), 0U);
  EXPECT_EQ(flash.read(1, 0), 0U);
}

}  // namespace
}  // namespace opline::simulator
