// Decoding of the PPK2's samples: calibration, alignment, lost samples, spike filter.
#include "runners/energy/ppk2_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/energy_meters/ppk2_words.h"
#include "tests/error_message.h"
#include "tests/random_data.h"

namespace opline::energy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_data::uniform;

Ppk2Calibration plain() { return parse_ppk2_metadata(kPpk2Metadata, "ppk"); }

Trace decoded(const std::string& bytes, const Ppk2Calibration& calibration = plain()) {
  Ppk2Samples samples(calibration, 3.0, 0);
  samples.add(bytes);
  return samples.take();
}

/// `count` samples of 10 mA.
Ppk2Words& steady(Ppk2Words& words, int count, unsigned inputs = 0) {
  for (int i = 0; i < count; ++i) words.current(0.010, inputs);
  return words;
}

TEST(Ppk2Metadata, IsRead) {
  const Ppk2Calibration calibration = plain();
  EXPECT_DOUBLE_EQ(calibration.ranges[2].r, 10.15);
  EXPECT_DOUBLE_EQ(calibration.ranges[2].gs, 0);
  EXPECT_EQ(calibration.hardware, "9173");
}

TEST(Ppk2Metadata, AResistorOfZeroIsNordicsDefault) {
  EXPECT_DOUBLE_EQ(parse_ppk2_metadata("R0: 0\nR1: 1\nR2: 2\nR3: 3\nR4: 4\n", "ppk").ranges[0].r,
                   1031.64);
}

TEST(Ppk2Metadata, Mistakes) {
  EXPECT_THAT(
      message_of([] { (void)parse_ppk2_metadata("R0: 1\nR1: 2\nEND", "ppk"); }, ErrorCode::device),
      HasSubstr("ppk: its calibration has 2 of R0 to R4; is this a PPK2?"));
  EXPECT_THAT(message_of([] { (void)parse_ppk2_metadata("GI3: nan\n", "ppk"); }, ErrorCode::device),
              HasSubstr("has `GI3: nan`, which is not a number"));
}

TEST(Ppk2Samples, Current) {
  Ppk2Calibration calibration = plain();
  calibration.ranges[2] = {.r = 10, .gs = 5, .gi = 0.9, .o = 100, .s = 1e-5, .i = 2e-5, .ug = 1.1};
  Ppk2Words words;
  for (int i = 0; i < 8; ++i) words.raw(2000, 2);
  const double x = (8000 - 100) * 1.8 / 163840 / 10;
  const Trace trace = decoded(words.bytes, calibration);
  ASSERT_EQ(trace.size(), 8U);
  EXPECT_NEAR(trace.amperes[0], 1.1 * (x * (5 * x + 0.9) + 1e-5 * 3 + 2e-5), 1e-15);
  EXPECT_DOUBLE_EQ(trace.seconds[7], 70e-6);
  EXPECT_EQ(trace.volts[7], 3.0);
}

TEST(Ppk2Samples, EdgesOfTheTriggerInput) {
  Ppk2Words words;
  steady(steady(steady(words, 10), 5, 0x01), 10, 0xFE);
  const Trace trace = decoded(words.bytes);
  ASSERT_EQ(trace.edges.size(), 2U);
  EXPECT_NEAR(trace.edges[0].seconds, 95e-6, 1e-12);
  EXPECT_TRUE(trace.edges[0].rising);
  EXPECT_NEAR(trace.edges[1].seconds, 145e-6, 1e-12);
  EXPECT_FALSE(trace.edges[1].rising);
}

TEST(Ppk2Samples, ArriveInAnyPieces) {
  Ppk2Words words(60);
  steady(words, 100);
  for (std::size_t size = 1; size < 12; ++size) {
    Ppk2Samples samples(plain(), 3, 0);
    for (std::size_t at = 0; at < words.bytes.size(); at += size)
      samples.add(std::string_view(words.bytes).substr(at, size));
    EXPECT_EQ(samples.take().size(), 100U) << size;
  }
}

TEST(Ppk2Samples, LostSamplesAreCounted) {
  Ppk2Words words(40);
  steady(steady(words, 30).lost(37), 30);
  const Trace trace = decoded(words.bytes);
  // The samples on either side may have lost bytes, too.
  EXPECT_THAT(trace.gaps, ElementsAre(Gap{29, 39}));
  EXPECT_EQ(trace.size(), 58U);
  EXPECT_DOUBLE_EQ(trace.seconds.back(), 96e-5);
}

TEST(Ppk2Samples, AlignmentIsFoundAgain) {
  for (std::size_t missing = 1; missing < 12; ++missing) {
    Ppk2Words words;
    steady(words, 200);
    words.bytes.erase(401, missing);
    const Trace trace = decoded(words.bytes);
    EXPECT_EQ(trace.size() + trace.dropped(), 200U) << missing;
    EXPECT_LE(trace.dropped(), missing / 4 + 3) << missing;
    for (const double current : trace.amperes) EXPECT_NEAR(current, 0.010, 3e-5);
  }
}

TEST(Ppk2Samples, DoubledBytesAreLeftOut) {
  for (const std::size_t doubled : {1U, 4U, 6U, 8U, 12U, 20U}) {
    Ppk2Words words;
    steady(words, 100);
    words.bytes.insert(200, words.bytes.substr(200, doubled));
    const Trace trace = decoded(words.bytes);
    EXPECT_EQ(trace.size() + trace.dropped(), 100U) << doubled;
    EXPECT_LE(trace.dropped(), doubled / 4 + 3) << doubled;
  }
}

TEST(Ppk2Samples, WhatStandsBeforeTheFirstSampleIsSkipped) {
  Ppk2Words words(9);
  steady(words, 50);
  const Trace trace = decoded("END\n\xff" + words.bytes);
  EXPECT_EQ(trace.size(), 49U);
  EXPECT_EQ(trace.dropped(), 0U);
  EXPECT_DOUBLE_EQ(trace.seconds.front(), 0);
}

TEST(Ppk2Samples, GarbageAndLossAnywhere) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomStream random(19, seed);
    Ppk2Words words(static_cast<unsigned>(uniform(random, 0, 64)));
    steady(words, 1000);
    const auto at = static_cast<std::size_t>(uniform(random, 50, 3000));
    const auto size = static_cast<std::size_t>(uniform(random, 1, 60));
    for (std::size_t i = at; i < at + size; ++i)
      words.bytes[i] = static_cast<char>(uniform(random, 0, 256));
    const Trace trace = decoded(words.bytes);
    EXPECT_EQ(trace.size() + trace.dropped(), 1000U) << seed;
    EXPECT_LE(trace.dropped(), size / 4 + 3) << seed;
    EXPECT_EQ(fault(trace), std::nullopt);
  }
}

TEST(Ppk2Samples, NothingThatCounts) {
  EXPECT_TRUE(decoded(std::string(4000, '\x2a')).empty());
  EXPECT_TRUE(decoded("").empty());
}

TEST(Ppk2SpikeFilter, LeavesSteadyRangesAlone) {
  Ppk2SpikeFilter filter;
  for (const double current : {1.0, 5.0, 2.0}) EXPECT_EQ(filter.filtered(current, 2), current);
}

TEST(Ppk2SpikeFilter, ThreeSamplesAfterAChangeOfRange) {
  Ppk2SpikeFilter filter;
  double mean = 1;
  EXPECT_DOUBLE_EQ(filter.filtered(1, 1), 1);
  for (int i = 0; i < 3; ++i) {
    mean = 0.18 * 10 + 0.82 * mean;
    EXPECT_NEAR(filter.filtered(10, 2), mean, 1e-12) << i;
  }
  EXPECT_DOUBLE_EQ(filter.filtered(10, 2), 10);
}

// The first two samples in the least sensitive range do not enter its mean, which is the slow one.
TEST(Ppk2SpikeFilter, TheLeastSensitiveRange) {
  Ppk2SpikeFilter filter;
  EXPECT_DOUBLE_EQ(filter.filtered(1, 3), 1);
  EXPECT_DOUBLE_EQ(filter.filtered(100, 4), 1);
  EXPECT_DOUBLE_EQ(filter.filtered(100, 4), 1);
  EXPECT_DOUBLE_EQ(filter.filtered(10, 4), 0.06 * 10 + 0.94);
  EXPECT_DOUBLE_EQ(filter.filtered(10, 4), 10);
}

}  // namespace
}  // namespace opline::energy
