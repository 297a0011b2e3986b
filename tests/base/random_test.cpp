#include "src/base/random.h"

#include <gtest/gtest.h>

#include <array>

namespace opline {
namespace {

// Random123's kat_vectors: philox4x32-10 with counter 0 and key 0.
TEST(Random, FirstBlockIsThePublishedKnownAnswer) {
  RandomStream stream(0, 0);
  EXPECT_EQ(stream.next(), 0x6627e8d5U);
  EXPECT_EQ(stream.next(), 0xe169c58dU);
  EXPECT_EQ(stream.next(), 0xbc57ac4cU);
  EXPECT_EQ(stream.next(), 0x9b00dbd8U);
}

TEST(Random, StreamsOfOneSeedDiffer) {
  EXPECT_NE(RandomStream(1, 0).next(), RandomStream(1, 1).next());
  EXPECT_NE(RandomStream(1, 0).next(), RandomStream(2, 0).next());
}

TEST(Random, BelowIsUniform) {
  constexpr std::uint32_t kBound = 7;
  constexpr int kDraws = 70000;
  std::array<int, kBound> counts{};
  for (int i = 0; i < kDraws; ++i) ++counts[RandomStream(3, static_cast<std::uint64_t>(i)).below(kBound)];
  double chi_square = 0;
  for (int count : counts) chi_square += (count - 1e4) * (count - 1e4) / 1e4;
  EXPECT_LT(chi_square, 22.46);  // the 99.9 % point of chi-square with 6 degrees of freedom
}

TEST(Random, BelowOneIsZero) { EXPECT_EQ(RandomStream(3, 9).below(1), 0U); }

}  // namespace
}  // namespace opline
