#include "sampler/space/decode.h"

#include <gmock/gmock.h>

#include <set>

#include "sampler/draw/sample.h"
#include "sampler/space/known_network.h"
#include "src/network/op_count.h"

namespace opline::sampler {
namespace {

using network::LayerType;

std::string decoded(const Space& space, const std::string& architecture) {
  return decode(space, parse_architecture(space, architecture)).canonical_text();
}

TEST(Decode, TinyWithEveryBlock) {
  EXPECT_EQ(decoded(load_space("tiny"), "conv1=6 separable=10 residual=keep down=17 point=11"),
            "input 12x10x3\n"
            "conv2d t0 4x3 s1x1 valid -> 9x8x6 relu6\n"
            "max_pool_2d t1 2x2 s2x2 same -> 5x4x6\n"
            "depthwise_conv2d t2 3x3 s1x1 same -> 5x4x6 relu\n"
            "conv2d t3 1x1 s1x1 same -> 5x4x10 relu\n"
            "conv2d t4 3x3 s1x1 same -> 5x4x10\n"
            "add t4 t5 -> 5x4x10 relu\n"
            "depthwise_conv2d t6 3x5 s2x2 same -> 3x2x10 relu6\n"
            "conv2d t7 1x1 s1x1 same -> 3x2x17 relu6\n"
            "conv2d t8 1x1 s1x1 same -> 3x2x11\n"
            "average_pool_2d t9 3x2 s3x2 valid -> 1x1x11\n"
            "fully_connected t10 -> 1x1x5\n"
            "softmax t11 -> 1x1x5\n");
}

TEST(Decode, ASkippedBlockLeavesNothingOrAPoolingWhereItDownsamples) {
  EXPECT_EQ(decoded(load_space("tiny"), "conv1=3 separable=skip residual=skip down=skip point=6"),
            "input 12x10x3\n"
            "conv2d t0 4x3 s1x1 valid -> 9x8x3 relu6\n"
            "max_pool_2d t1 2x2 s2x2 same -> 5x4x3\n"
            "average_pool_2d t2 2x2 s2x2 same -> 3x2x3\n"
            "conv2d t3 1x1 s1x1 same -> 3x2x6\n"
            "average_pool_2d t4 3x2 s3x2 valid -> 1x1x6\n"
            "fully_connected t5 -> 1x1x5\n"
            "softmax t6 -> 1x1x5\n");
}

TEST(Decode, TheWidthOfASkippedBlockDoesNotReachTheNetwork) {
  const Space kws = load_space("kws");
  Architecture one = load_known_network("kws-s").architecture;
  Architecture other = one;
  other.options.back() = 62;  // block9.width; block9 is skipped
  EXPECT_NE(one, other);
  EXPECT_EQ(decode(kws, one).id(), decode(kws, other).id());
  EXPECT_EQ(decoded(kws,
                    "conv1=28 block1=84 block2=84 block3=skip block4=skip block5=skip block6=skip "
                    "block7=skip "
                    "block8=skip block9=skip"),
            decoded(kws,
                    "conv1=28 block1=84 block2=skip block3=84 block4=skip block5=skip block6=skip "
                    "block7=skip "
                    "block8=skip block9=skip"));
}

/// Calls `visit` with every vector of options.
void for_each_architecture(const Space& space, auto&& visit) {
  Architecture architecture{std::vector<std::uint16_t>(space.decisions.size(), 0)};
  for (;;) {
    visit(architecture);
    std::size_t i = 0;
    while (i < space.decisions.size() &&
           ++architecture.options[i] == space.decisions[i].options.size()) {
      architecture.options[i++] = 0;
    }
    if (i == space.decisions.size()) return;
  }
}

TEST(Decode, EveryArchitectureOfTinyIsSmall) {
  const Space tiny = load_space("tiny");
  std::set<std::string> architectures;
  std::uint64_t most = 0;
  for_each_architecture(tiny, [&](const Architecture& architecture) {
    architectures.insert(to_text(tiny, architecture));
    most = std::max(most, network::total_ops(decode(tiny, architecture)).macs);
  });
  EXPECT_EQ(architectures.size(), 800U);
  EXPECT_EQ(most, 58'884U) << "data/spaces/tiny.toml states this figure";
}

TEST(Decode, TinyHasEveryLayerTypeAndWidthsThatFourDoesNotDivide) {
  const Space tiny = load_space("tiny");
  std::set<LayerType> types;
  std::set<int> remainders;
  bool has_1x1 = false;
  for (const Architecture& architecture : sample_many(tiny, Prior::uniform_decisions, 1, 0, 200)) {
    const network::Network network = decode(tiny, architecture);
    for (const network::Layer& layer : network.layers()) {
      types.insert(layer.type);
      if (layer.type != LayerType::conv2d) continue;
      remainders.insert(layer.output.c % 4);
      has_1x1 = has_1x1 || (layer.window.kernel_h == 1 && layer.window.kernel_w == 1);
    }
  }
  EXPECT_EQ(types.size(), 7U) << "conv2d, depthwise, fully connected, two pools, add, softmax";
  EXPECT_TRUE(has_1x1);
  EXPECT_THAT(remainders, testing::ElementsAre(0, 1, 2, 3));
}

TEST(Decode, EverySampleOfEveryShippedSpaceDecodesToTheMapsOfItsBlocks) {
  for (const std::string& name : space_names()) {
    const Space space = load_space(name);
    const Map out = space.blocks.back().out;
    for (const Architecture& architecture :
         sample_many(space, Prior::uniform_decisions, 3, 0, 2000)) {
      const network::Network network = decode(space, architecture);
      EXPECT_EQ(network.layers().back().output.h, out.h);
      EXPECT_EQ(network.layers().back().output.w, out.w);
      EXPECT_GT(network::total_ops(network).macs, 0U);
    }
  }
}

}  // namespace
}  // namespace opline::sampler
