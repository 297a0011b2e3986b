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

// Random123's kat_vectors: philox4x32-10 with all bits set, and with the digits of pi.
TEST(Random, BlocksAreThePublishedKnownAnswers) {
  constexpr std::uint32_t kOnes = 0xFFFF'FFFF;
  EXPECT_EQ(philox({kOnes, kOnes, kOnes, kOnes}, 0xFFFF'FFFF'FFFF'FFFF),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0'a4093822),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, LanesAreOtherBlocksOfTheSameStream) {
  EXPECT_EQ(RandomStream(5, 6, 0).next(), RandomStream(5, 6).next());
  EXPECT_EQ(RandomStream(5, 6, 3).next(), philox({6, 0, 0, 3}, 5)[0]);
}

TEST(Random, BelowIsUniform) {
  constexpr std::uint32_t kBound = 7;
  constexpr int kDraws = 70000;
  std::array<int, kBound> counts{};
  for (int i = 0; i < kDraws; ++i)
    ++counts[RandomStream(3, static_cast<std::uint64_t>(i)).below(kBound)];
  double chi_square = 0;
  for (int count : counts) chi_square += (count - 1e4) * (count - 1e4) / 1e4;
  EXPECT_LT(chi_square, 22.46);  // the 99.9 % point of chi-square with 6 degrees of freedom
}

TEST(Random, BelowOneIsZero) { EXPECT_EQ(RandomStream(3, 9).below(1), 0U); }

}  // namespace
}  // namespace opline
