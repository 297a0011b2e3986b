#include "sampler/draw/permutation.h"

#include <gmock/gmock.h>

#include <boost/math/distributions/chi_squared.hpp>
#include <set>
#include <vector>

namespace opline::sampler {
namespace {

TEST(Permutation, IsABijectionOfEverySmallSize) {
  for (std::uint64_t size = 1; size <= 300; ++size) {
    for (const std::uint64_t key : {0ULL, 1ULL, 0xFFFF'FFFF'FFFF'FFFFULL}) {
      const KeyedPermutation permutation(size, key);
      std::vector<bool> hit(size, false);
      for (std::uint64_t i = 0; i < size; ++i) {
        const BigCount image = permutation.at(i);
        ASSERT_LT(image, size);
        const auto at = static_cast<std::size_t>(image);
        EXPECT_FALSE(hit[at]) << "size " << size << ", key " << key << ", position " << i;
        hit[at] = true;
      }
    }
  }
}

TEST(Permutation, IsABijectionBesidePowersOfTwo) {
  for (const std::uint64_t size : {4095ULL, 4096ULL, 4097ULL, 16383ULL, 16385ULL}) {
    const KeyedPermutation permutation(size, 9);
    std::set<BigCount> images;
    for (std::uint64_t i = 0; i < size; ++i) images.insert(permutation.at(i));
    EXPECT_EQ(images.size(), size);
    EXPECT_EQ(*images.begin(), 0);
    EXPECT_EQ(*images.rbegin(), size - 1);
  }
}

TEST(Permutation, EverySizeIsScatteredWithoutRepetition) {
  for (const unsigned bits : {33U, 63U, 64U, 65U, 127U, 128U, 129U, 200U, 513U}) {
    const BigCount size = (BigCount(1) << bits) - 159;
    const KeyedPermutation permutation(size, 77);
    std::set<BigCount> images;
    unsigned high = 0;
    for (std::uint64_t i = 0; i < 400; ++i) {
      const BigCount image = permutation.at(i);
      ASSERT_LT(image, size);
      high += image > size / 2;
      images.insert(image);
    }
    EXPECT_EQ(images.size(), 400U) << bits << " bits";
    EXPECT_NEAR(high, 200U, 50U) << bits << " bits: five standard deviations";
  }
}

// Over many keys, every position goes everywhere equally often. (Round and half once met in one
// word of the round function, which made the rounds' functions shifts of each other: far from
// uniform, and still a bijection.)
TEST(Permutation, ImagesAreUniformOverKeys) {
  for (const std::uint64_t size : {2ULL, 3ULL, 5ULL, 17ULL, 100ULL}) {
    for (const std::uint64_t position : {std::uint64_t{0}, size - 1}) {
      constexpr std::uint64_t kKeys = 20'000;
      std::vector<double> counts(size, 0);
      for (std::uint64_t key = 0; key < kKeys; ++key) {
        ++counts[static_cast<std::size_t>(KeyedPermutation(size, key).at(position))];
      }
      const double expected = static_cast<double>(kKeys) / static_cast<double>(size);
      double statistic = 0;
      for (const double count : counts)
        statistic += (count - expected) * (count - expected) / expected;
      const boost::math::chi_squared distribution(static_cast<double>(size) - 1);
      const double p = boost::math::cdf(complement(distribution, statistic));
      EXPECT_GT(p, 1e-5) << "size " << size << ", position " << position;
      EXPECT_LT(p, 1 - 1e-5) << "size " << size << ", position " << position;
    }
  }
}

// As a second implementation, written from the header, has them. Frozen: a study that was begun
// continues with the same networks.
TEST(Permutation, GoldenValues) {
  const auto images = [](const BigCount& size, std::uint64_t key) {
    std::string text;
    for (int i = 0; i < 4 && i < size; ++i) text += KeyedPermutation(size, key).at(i).str() + " ";
    return text;
  };
  EXPECT_EQ(images(1, 1), "0 ");
  EXPECT_EQ(images(10, 1), "6 9 0 7 ");
  EXPECT_EQ(images(1'000'003, 2), "32123 662653 643846 876514 ");
  EXPECT_EQ(images(BigCount("1134907106097364992"), 1),
            "404011593945361797 425455305187150936 241670056078727576 614890873525407149 ");
  EXPECT_EQ(images(BigCount(1) << 200, 3),
            "483063245471310463263743484364420445380638574839205615209036 "
            "335775203309814865670687612084675020198063097976554056387059 "
            "1326121720298496309699580186600986272868450633684704625612636 "
            "625585869600014409486199742142002055624235953515066843121913 ");
}

}  // namespace
}  // namespace opline::sampler
