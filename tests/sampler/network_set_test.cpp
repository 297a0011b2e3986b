// Counted sets: known sizes, golden ranks, ranks of large spaces, bounds and refusals.
#include "sampler/count/network_set.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "sampler/draw/sample.h"
#include "sampler/draw/space_view.h"
#include "sampler/space/decode.h"
#include "sampler/space/known_network.h"
#include "src/base/random.h"
#include "src/network/compile.h"
#include "tests/error_message.h"
#include "tests/sampler/random_spaces.h"

namespace opline::sampler {
namespace {

/// 1 + w + w^2 + ... + w^n: number of networks of n equal blocks with w widths, each kept or
/// skipped.
BigCount stack(unsigned w, unsigned n) {
  BigCount sum = 0;
  for (unsigned i = 0; i <= n; ++i) sum = sum * w + 1;
  return sum;
}

BigCount random_below(const BigCount& bound, std::uint64_t index) {
  RandomStream random(5, index);
  BigCount number = 0;
  for (int i = 0; i < 8; ++i) number = (number << 32) + random.next();
  return number % bound;
}

TEST(NetworkSet, SizesOfTheShippedSpacesByHand) {
  EXPECT_EQ(NetworkSet(load_space("kws")).size(), 63 * (63 + 1) * stack(63, 8));
  EXPECT_EQ(NetworkSet(load_space("ad")).size(), 63 * 64 * stack(63, 2) * 64 * 64);
  EXPECT_EQ(NetworkSet(load_space("cifar10")).size(),
            23 * stack(23, 2) * 33 * stack(33, 2) * 41 * stack(41, 2));
  EXPECT_EQ(NetworkSet(load_space("tiny")).size(), 800);
  // Nothing can be skipped, so networks and architectures are the same: the product of the
  // decisions.
  for (const char* name : {"vww50", "vww160"}) {
    const Space space = load_space(name);
    BigCount product = 1;
    for (const Decision& decision : space.decisions) product *= decision.options.size();
    EXPECT_EQ(NetworkSet(space).size(), product) << name;
    EXPECT_EQ(NetworkSet(space).size().str(), view(space).architectures) << name;
  }
}

TEST(NetworkSet, RankAndUnrankAreInverseOnTheShippedSpaces) {
  for (const std::string& name : space_names()) {
    const Space space = load_space(name);
    const NetworkSet set(space);
    std::set<std::string> ids;
    std::set<BigCount> ranks = {0, set.size() - 1};
    for (std::uint64_t i = 0; i < 300; ++i) ranks.insert(random_below(set.size(), i));
    for (const BigCount& rank : ranks) {
      const Architecture architecture = set.unrank(rank);
      EXPECT_EQ(canonical(space, architecture), architecture) << name;
      EXPECT_EQ(set.rank(architecture), rank) << name;
      ids.insert(decode(space, architecture).id());
    }
    EXPECT_EQ(ids.size(), ranks.size()) << name << ": two ranks decode to one network";
  }
}

TEST(NetworkSet, ArchitecturesOfOneNetworkHaveOneRank) {
  for (const std::string& name : space_names()) {
    const Space space = load_space(name);
    const NetworkSet set(space);
    for (std::uint64_t i = 0; i < 300; ++i) {
      const Architecture drawn = sample(space, Prior::uniform_decisions, 3, i);
      const Architecture known = set.unrank(set.rank(drawn));
      EXPECT_EQ(decode(space, known).canonical_text(), decode(space, drawn).canonical_text())
          << name;
    }
  }
}

// Frozen: a sample drawn by rank must mean the same network tomorrow.
TEST(NetworkSet, GoldenRanks) {
  const Space kws = load_space("kws");
  const NetworkSet kws_set(kws);
  const auto text = [](const Space& space, const NetworkSet& set, const BigCount& rank) {
    return to_text(space, set.unrank(rank));
  };
  EXPECT_EQ(
      text(kws, kws_set, 0),
      "conv1=28 block1=28 block2=28 block3=28 block4=28 block5=28 block6=28 block7=28 block8=28 "
      "block9=28");
  EXPECT_EQ(
      text(kws, kws_set, 1),
      "conv1=28 block1=28 block2=28 block3=28 block4=28 block5=28 block6=28 block7=28 block8=28 "
      "block9=32");
  EXPECT_EQ(
      text(kws, kws_set, kws_set.size() / 2),
      "conv1=152 block1=156 block2=28 block3=28 block4=28 block5=28 block6=28 block7=28 block8=28 "
      "block9=28");
  EXPECT_EQ(text(kws, kws_set, kws_set.size() - 1),
            "conv1=276 block1=skip block2=skip block3=skip block4=skip block5=skip block6=skip "
            "block7=skip block8=skip block9=skip");
  const Space vww = load_space("vww50");
  const NetworkSet vww_set(vww);
  EXPECT_EQ(
      text(vww, vww_set, 0),
      "conv1=4 block1=4 block2=8:4 block3=16:4 block4=16:4 block5=20:4 block6=20:4 block7=20:8 "
      "block8=40:8 block9=40:8 block10=40:8 block11=40:8 block12=56:8 block13=56:8 block14=56:16 "
      "block15=96:16 block16=96:16 block17=96:32 conv2=128");
  EXPECT_EQ(
      text(vww, vww_set, vww_set.size() / 3),
      "conv1=12 block1=12 block2=68:20 block3=16:20 block4=16:4 block5=20:4 block6=20:4 "
      "block7=20:8 block8=40:8 block9=40:8 block10=40:8 block11=40:8 block12=56:8 block13=56:8 "
      "block14=56:16 block15=96:16 block16=96:16 block17=96:32 conv2=128");
  EXPECT_EQ(
      text(vww, vww_set, vww_set.size() - 1),
      "conv1=32 block1=16 block2=96:24 block3=144:24 block4=144:32 block5=192:32 block6=192:32 "
      "block7=192:64 block8=384:64 block9=384:64 block10=384:64 block11=384:96 block12=576:96 "
      "block13=576:96 block14=576:160 block15=960:160 block16=960:160 block17=960:320 conv2=1280");
  const Space tiny = load_space("tiny");
  EXPECT_EQ(text(tiny, NetworkSet(tiny), 500), "conv1=6 separable=10 residual=keep down=5 point=6");
}

TEST(NetworkSet, GoldenRanksOfThePapersNetworks) {
  const Space kws = load_space("kws");
  const NetworkSet set(kws);
  std::vector<std::string> ranks;
  for (const char* name : {"kws-s", "kws-m", "kws-l"}) {
    ranks.push_back(set.rank(load_known_network(name).architecture).str());
  }
  EXPECT_THAT(ranks, testing::ElementsAre("231286093975668557", "459041964103994530",
                                          "1014684963265422371"));
}

TEST(NetworkSet, MultiplicityCountsWhichOfTheLikeBlocksIsThere) {
  const Space kws = load_space("kws");
  const NetworkSet set(kws);
  const Architecture three_of_eight = parse_architecture(
      kws,
      "conv1=84 block1=112 block2=84 block3=skip block4=84 block5=skip block6=skip block7=skip "
      "block8=28 block9=skip");
  EXPECT_EQ(set.multiplicity(three_of_eight), 56) << "8 over 3";
  EXPECT_EQ(to_text(kws, set.unrank(set.rank(three_of_eight))),
            "conv1=84 block1=112 block2=84 block3=84 block4=28 block5=skip block6=skip block7=skip "
            "block8=skip block9=skip");
  EXPECT_DOUBLE_EQ(set.probability(three_of_eight), 56.0 / (63.0 * 2 * 63 * 256 * 63 * 63 * 63));
}

TEST(NetworkSet, MultiplicitiesAddUpToTheArchitectures) {
  const Space tiny = load_space("tiny");
  for (const Space& space : {tiny, random_space(3, 3000), random_space(8, 3000)}) {
    const NetworkSet set(space);
    BigCount architectures = 0;
    enumerate(set, 10'000, [&](const Architecture& a) { architectures += set.multiplicity(a); });
    EXPECT_EQ(architectures.str(), view(space).architectures) << space.text;
  }
}

TEST(NetworkSet, EnumerationIsInTheOrderOfRanksAndRefusesWhatIsTooMany) {
  const Space tiny = load_space("tiny");
  const NetworkSet set(tiny);
  std::uint64_t rank = 0;
  enumerate(set, 800, [&](const Architecture& architecture) {
    EXPECT_EQ(architecture, set.unrank(rank));
    ++rank;
  });
  EXPECT_EQ(rank, 800U);
  EXPECT_EQ(message_of(
                [&] { enumerate(set, 799, [](const Architecture&) { FAIL() << "was visited"; }); }),
            "space tiny: there are 800 networks, more than the 799 asked for; draw a sample");
}

TEST(NetworkSet, WhatTheOptionsLeaveOutHasNoRank) {
  const Space kws = load_space("kws");
  NetworkSet::Restrictions options;
  const std::size_t block1 = *kws.blocks[1].skip;
  options.allows = [block1](std::size_t decision, std::size_t option) {
    return decision != block1 || option == kSkip;
  };
  const NetworkSet set(kws, options);
  EXPECT_EQ(set.size(), 63 * stack(63, 8));
  const Architecture large = load_known_network("kws-l").architecture;
  EXPECT_FALSE(set.contains(large));
  EXPECT_EQ(message_of([&] { (void)set.rank(large); }),
            "architecture of kws: the network of `" + to_text(kws, large) +
                "` is not in the set of networks asked for; loosen the constraints");
}

TEST(NetworkSet, AnEmptySetHasSizeZero) {
  NetworkSet::Restrictions options;
  options.keeps = [](const LayerUse&) { return false; };
  const NetworkSet set(load_space("kws"), options);
  EXPECT_EQ(set.size(), 0);
  enumerate(set, 0, [](const Architecture&) { FAIL() << "the set is empty"; });
  EXPECT_THROW((void)set.unrank(0), Error);
}

TEST(NetworkSet, WorkingMemoryOfALayerIsThatOfTheLayout) {
  for (const std::string& name : space_names()) {
    const Space space = load_space(name);
    // A set has the layers of int8. In a graph with more branches than one the filter sees those of
    // paths, too, that a later layer rules out (network_set_brute_force_test.cpp has such spaces).
    if (space.bits != network::Bits{} || !space.is_version_1()) continue;
    std::vector<std::uint64_t> bytes;  // of the one network's layers in their order
    NetworkSet::Restrictions options;
    options.keeps = [&](const LayerUse& use) {
      bytes.push_back(working_bytes(use));
      return true;
    };
    const Architecture drawn = sample(space, Prior::uniform_decisions, 11, 7);
    options.allows = [&](std::size_t decision, std::size_t option) {
      return option == drawn.options[decision];
    };
    ASSERT_EQ(NetworkSet(space, options).size(), 1) << name;
    const std::vector<std::uint64_t> live = network::lay_out(decode(space, drawn)).live_bytes;
    if (space.is_version_1()) {
      EXPECT_EQ(bytes, live) << name;
      continue;
    }
    // Between those of the network are layers of branches whose shapes turn out to be others.
    auto at = bytes.begin();
    for (const std::uint64_t layer : live) {
      at = std::find(at, bytes.end(), layer);
      ASSERT_NE(at, bytes.end()) << name;
      ++at;
    }
  }
}

TEST(NetworkSet, ALikeBlockBehindOneThatStaysIsAnother) {
  std::string text = "format = 'opline-space'\nversion = 1\ntitle = 't'\ninput = [8, 8, 1]\n";
  const auto add = [&](const char* name, int kernel, bool skip) {
    text += fmt::format("[[block]]\nname = '{}'\ntype = 'conv2d'\nkernel = {}\nwidth = 2\n{}", name,
                        kernel, skip ? "skip = 'identity'\n" : "");
  };
  add("b1", 3, true), add("a1", 1, true), add("b2", 3, false), add("a2", 1, true);
  // (B)(A)B(A): B, BA, AB, ABA, BB, BBA, BAB, BABA. Behind the first B, a1 and a2 both make an A,
  // but not the same words.
  EXPECT_EQ(NetworkSet(parse_space(text, "letters.toml")).size(), 8);
}

/// Each of `ties` ties has two blocks, the first ones all before the second ones; every
/// block can be skipped.
Space entangled(int ties, int options) {
  std::string text = "format = 'opline-space'\nversion = 1\ntitle = 't'\ninput = [8, 8, 1]\n";
  for (int i = 0; i < 2 * ties; ++i) {
    text += fmt::format(
        "[[block]]\nname = 'b{}'\ntype = 'conv2d'\nkernel = 3\nwidth = {{ from = 1, to = {}, step "
        "= 1 }}\n"
        "tie = 't{}'\nskip = 'identity'\n",
        i, options, i % ties);
  }
  return parse_space(text + "[[block]]\nname = 'c'\ntype = 'fully_connected'\nwidth = 2\n",
                     "entangled.toml");
}

TEST(NetworkSet, RefusesWhatItsMemoryCannotHoldAndNamesTheBound) {
  NetworkSet::Restrictions options;
  options.max_bytes = 1 << 20;
  EXPECT_EQ(message_of([&] { (void)NetworkSet(entangled(6, 20), options); }),
            "space entangled: its distinct networks can't be counted within 1048576 bytes of "
            "memory; tie fewer "
            "blocks that can be skipped, or give the decisions fewer options");
  options.max_bytes = std::size_t{1} << 40;
  options.max_steps = 100'000;
  EXPECT_EQ(message_of([&] { (void)NetworkSet(entangled(6, 20), options); }),
            "space entangled: its distinct networks can't be counted within 100000 steps; tie "
            "fewer blocks that "
            "can be skipped, or give the decisions fewer options");
  EXPECT_EQ(NetworkSet(entangled(2, 4)).size(), 1 + 4 + 16 + (3 * 16 - 2 * 4) + 16)
      << "sequences of 0 to 4 layers; of 3: aba or bab, abb, aab";
}

TEST(NetworkSet, LongBackbonesAndWideDecisionsAreCounted) {
  const auto space = [](int repeat, int to, const char* more) {
    return parse_space(
        fmt::format(
            "format = 'opline-space'\nversion = 1\ntitle = 't'\ninput = [8, 8, 1]\n[[block]]\nname "
            "= "
            "'a'\ntype = 'conv2d'\nkernel = 3\nrepeat = {}\nwidth = {{ from = 1, to = {}, step = 1 "
            "}}\n{}[[block]]\nname = 'c'\ntype = 'fully_connected'\nwidth = 2\n",
            repeat, to, more),
        "long.toml");
  };
  EXPECT_EQ(NetworkSet(space(500, 63, "skip = 'identity'\n")).size(), stack(63, 500));
  EXPECT_EQ(NetworkSet(space(20, 4096, "")).size(), boost::multiprecision::pow(BigCount(4096), 20));
}

}  // namespace
}  // namespace opline::sampler
