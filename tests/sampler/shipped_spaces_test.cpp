// The spaces after MicroNets: shapes, arithmetic by hand, additions, and what fits the smallest
// board.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <set>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/network/compile.h"
#include "src/network/op_count.h"

namespace opline::sampler {
namespace {

using network::Layer;
using network::LayerType;
using network::Network;

constexpr Prior kPrior = Prior::uniform_decisions;

/// The widest architecture without a skip: 100 % of the backbone.
Architecture whole(const Space& space) {
  Architecture architecture;
  for (const Decision& decision : space.decisions) {
    const std::size_t last = decision.options.size() - 1;
    architecture.options.push_back(
        decision.kind == DecisionKind::skip ? kKeep : static_cast<std::uint16_t>(last));
  }
  return architecture;
}

std::size_t count(const Network& network, LayerType type) {
  return static_cast<std::size_t>(
      std::count_if(network.layers().begin(), network.layers().end(),
                    [type](const Layer& layer) { return layer.type == type; }));
}

// ---- MobileNetV2 ----

/// Sandler et al. 2018, table 2: expansion factor, output channels, repetitions, stride of the
/// first.
struct Stage {
  std::uint64_t t, c, n, s;
};
constexpr std::array<Stage, 7> kMobileNetV2 = {{{1, 16, 1, 1},
                                                {6, 24, 2, 2},
                                                {6, 32, 3, 2},
                                                {6, 64, 4, 2},
                                                {6, 96, 3, 1},
                                                {6, 160, 3, 2},
                                                {6, 320, 1, 1}}};

/// The table as layers and arithmetic, for a square input.
struct Expected {
  std::vector<std::string> layers;
  std::uint64_t macs = 0;
  std::uint64_t parameters = 0;

  Expected(std::uint64_t size, std::uint64_t channels, std::uint64_t classes) : size_(size) {
    convolve(3, 2, channels, 32, "relu6");
    std::uint64_t in = 32;
    for (const Stage& stage : kMobileNetV2) {
      for (std::uint64_t i = 0; i < stage.n; ++i) {
        bottleneck(stage.t * in, i == 0 ? stage.s : 1, in, stage.c, stage.t > 1, i > 0);
        in = stage.c;
      }
    }
    convolve(1, 1, in, 1280, "relu6");
    add("average_pool_2d 1x1x1280");
    add(fmt::format("fully_connected 1x1x{}", classes));
    macs += 1280 * classes;
    parameters += (1280 + 1) * classes;
    add(fmt::format("softmax 1x1x{}", classes));
  }

 private:
  void add(const std::string& layer) { layers.push_back(layer); }

  void convolve(std::uint64_t kernel, std::uint64_t stride, std::uint64_t in, std::uint64_t out,
                const char* activation) {
    size_ = (size_ + stride - 1) / stride;
    macs += size_ * size_ * out * kernel * kernel * in;
    parameters += out * (kernel * kernel * in + 1);
    add(fmt::format("conv2d {}x{}x{} {}", size_, size_, out, activation));
  }

  void bottleneck(std::uint64_t middle, std::uint64_t stride, std::uint64_t in, std::uint64_t out,
                  bool expands, bool residual) {
    if (expands) convolve(1, 1, in, middle, "relu6");
    size_ = (size_ + stride - 1) / stride;
    macs += size_ * size_ * middle * 9;
    parameters += middle * (9 + 1);
    add(fmt::format("depthwise_conv2d {}x{}x{} relu6", size_, size_, middle));
    convolve(1, 1, middle, out, "none");
    if (residual) add(fmt::format("add {}x{}x{}", size_, size_, out));
  }

  std::uint64_t size_;
};

std::vector<std::string> layers_of(const Network& network) {
  std::vector<std::string> lines;
  for (const Layer& layer : network.layers()) {
    std::string line = fmt::format("{} {}x{}x{}", to_string(layer.type), layer.output.h,
                                   layer.output.w, layer.output.c);
    if (layer.type == LayerType::conv2d || layer.type == LayerType::depthwise_conv2d)
      line += fmt::format(" {}", to_string(layer.activation));
    lines.push_back(line);
  }
  return lines;
}

TEST(ShippedSpaces, VwwAtHundredPercentIsMobileNetV2) {
  for (const auto& [name, size] : {std::pair{"vww50", 50U}, std::pair{"vww160", 160U}}) {
    const Space space = load_space(name);
    EXPECT_EQ(space.input, (network::Shape{static_cast<int>(size), static_cast<int>(size), 1}));
    const Network network = decode(space, whole(space));
    const Expected expected(size, 1, 2);
    EXPECT_EQ(layers_of(network), expected.layers) << name;
    EXPECT_EQ(network::total_ops(network).macs, expected.macs) << name;
    EXPECT_EQ(network::total_ops(network).parameters, expected.parameters) << name;
    EXPECT_EQ(count(network, LayerType::add), 10U);
  }
}

/// Published: 300 M multiply-adds and 3.4 M parameters (table 4 of the paper). Exactly 300 774 272,
/// and 3 504 872 trainable parameters (torchvision, Keras), of which batch normalisation has two a
/// channel where the folded network has one bias.
TEST(ShippedSpaces, VwwOnTheInputOfMobileNetV2HasItsPublishedSize) {
  std::string text = load_space("vww160").text;
  const auto edit = [&text](const std::string& from, const std::string& to) {
    ASSERT_NE(text.find(from), text.npos) << from;
    text.replace(text.find(from), from.size(), to);
  };
  edit("input = [160, 160, 1]", "input = [224, 224, 3]");
  edit("width = 2 ", "width = 1000 ");
  const Space space = parse_space(text, "imagenet.toml");
  const Network network = decode(space, whole(space));
  std::uint64_t channels = 0;
  for (const Layer& layer : network.layers()) {
    if (layer.type == LayerType::conv2d || layer.type == LayerType::depthwise_conv2d)
      channels += static_cast<std::uint64_t>(layer.output.c);
  }
  EXPECT_EQ(network::total_ops(network).macs, 300'774'272U);
  EXPECT_EQ(network::total_ops(network).parameters + channels, 3'504'872U);
}

TEST(ShippedSpaces, VwwWidthsAreTenSharesRoundedToMultiplesOfFour) {
  const Space space = load_space("vww50");
  for (const Decision& decision : space.decisions) {
    ASSERT_EQ(decision.kind, DecisionKind::width);
    std::set<int> expected;
    for (int tenth = 1; tenth <= 10; ++tenth) {
      const double share = decision.options.back() * tenth / 10.0;
      expected.insert(std::max(4, static_cast<int>(share / 4 + 0.5) * 4));
    }
    EXPECT_THAT(decision.options, testing::ElementsAreArray(expected)) << decision.name;
  }
  EXPECT_EQ(space.decisions.size(), 1U + 1 + 16 + 5 + 1 + 1)
      << "first and last convolution, expansions, ties, widths of stages 1 and 7";
}

/// Where the file says `tie`, and nowhere else, two blocks share a decision; what is added has one
/// shape.
TEST(ShippedSpaces, VwwTiesTheProjectionsOfEachStageAndAddsWithinIt) {
  for (const char* name : {"vww50", "vww160"}) {
    const Space space = load_space(name);
    std::size_t block = 1;  // behind conv1
    for (const Stage& stage : kMobileNetV2) {
      const std::size_t first = block;
      for (std::uint64_t i = 0; i < stage.n; ++i, ++block) {
        EXPECT_EQ(space.blocks[block].width.decision, space.blocks[first].width.decision) << block;
        EXPECT_EQ(space.blocks[block].residual == Residual::identity, i > 0) << block;
      }
      EXPECT_EQ(space.decisions[space.blocks[first].width.decision].blocks.size(), stage.n);
    }
    for (const Architecture& architecture : sample_many(space, kPrior, 4, 0, 300)) {
      const Network network = decode(space, architecture);
      EXPECT_EQ(count(network, LayerType::add), 10U) << to_text(space, architecture);
    }
  }
}

// ---- the others ----

TEST(ShippedSpaces, AdEndsOn4x4WithStride2InTheFirstAndTheLastTwoBlocks) {
  const Space space = load_space("ad");
  EXPECT_EQ(space.input, (network::Shape{32, 32, 1}));
  std::vector<int> maps;
  for (const Block& block : space.blocks) maps.push_back(block.out.h);
  EXPECT_THAT(maps, testing::ElementsAre(32, 16, 16, 16, 8, 4, 1, 1, 1))
      << "conv1, five blocks, pool, ...";
  const Network network = decode(space, whole(space));
  // conv 3x3, then a 3x3 depthwise and a 1x1 convolution in each block
  std::uint64_t macs = 32 * 32 * 276 * 3 * 3;
  for (const std::uint64_t map : {16, 16, 16, 8, 4}) macs += map * map * 276 * (9 + 276);
  EXPECT_EQ(network::total_ops(network).macs, macs + 276 * 4);
  EXPECT_EQ(network.layers().back().output.c, 4);
  EXPECT_EQ(
      decode(space, parse_architecture(space,
                                       "conv1=28 block1=skip block2=skip block3=skip block4=skip "
                                       "block5=skip"))
          .canonical_text(),
      "input 32x32x1\n"
      "conv2d t0 3x3 s1x1 same -> 32x32x28 relu\n"
      "average_pool_2d t1 2x2 s2x2 same -> 16x16x28\n"
      "average_pool_2d t2 2x2 s2x2 same -> 8x8x28\n"
      "average_pool_2d t3 2x2 s2x2 same -> 4x4x28\n"
      "average_pool_2d t4 4x4 s4x4 valid -> 1x1x28\n"
      "fully_connected t5 -> 1x1x4\n"
      "softmax t6 -> 1x1x4\n");
}

TEST(ShippedSpaces, Cifar10IsPlain3x3ConvolutionsOnThreeMaps) {
  const Space space = load_space("cifar10");
  EXPECT_EQ(space.input, (network::Shape{32, 32, 3}));
  const Network network = decode(space, whole(space));
  std::uint64_t macs = 0;
  std::uint64_t in = 3;
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> convolutions = {
      {32, 48}, {32, 48}, {32, 48}, {16, 72}, {16, 72}, {16, 72}, {8, 96}, {8, 96}, {8, 96}};
  for (std::size_t i = 0; i < convolutions.size(); ++i) {
    const auto& [map, out] = convolutions[i];
    macs += map * map * out * 9 * in;
    in = out;
    const Layer& layer = network.layers()[i];
    EXPECT_EQ(layer.type, LayerType::conv2d);
    EXPECT_EQ(layer.window.kernel_h, 3);
    EXPECT_EQ(layer.window.kernel_w, 3);
    EXPECT_EQ(layer.output, (network::Shape{static_cast<int>(map), static_cast<int>(map),
                                            static_cast<int>(out)}));
  }
  EXPECT_EQ(network::total_ops(network).macs, macs + 96 * 10);
  EXPECT_EQ(macs, 90'243'072U);
  EXPECT_EQ(network.layers().back().output.c, 10);
}

TEST(ShippedSpaces, Cifar10SpansATenfoldOfOpsAndWidthsThatFourDoesNotDivide) {
  const Space space = load_space("cifar10");
  std::vector<std::uint64_t> macs;
  std::set<int> remainders;
  for (const Architecture& architecture : sample_many(space, kPrior, 1, 0, 500)) {
    const Network network = decode(space, architecture);
    macs.push_back(network::total_ops(network).macs);
    for (const Layer& layer : network.layers()) {
      if (layer.type == LayerType::conv2d) remainders.insert(layer.output.c % 4);
    }
  }
  const auto [least, most] = std::minmax_element(macs.begin(), macs.end());
  EXPECT_GE(*most, 10 * *least) << *least << " to " << *most;
  EXPECT_THAT(remainders, testing::ElementsAre(0, 2));
}

/// About what the image for the NUCLEO-F446RE leaves.
constexpr network::DeviceLimits kSmallBoard{
    .weight_pool_bytes = 470'000, .channel_pool_bytes = 24'576, .arena_bytes = 128'800};

TEST(ShippedSpaces, ShareThatFitsTheSmallBoard) {
  for (const std::string& name : space_names()) {
    const Space space = load_space(name);
    int fitting = 0;
    for (const Architecture& architecture : sample_many(space, kPrior, 1, 0, 500)) {
      const network::Footprint footprint = network::lay_out(decode(space, architecture)).footprint;
      EXPECT_GT(footprint.weight_bytes, 0U);
      if (!network::reason_not_to_fit(footprint, kSmallBoard)) ++fitting;
    }
    RecordProperty("fit_of_500_" + name, fitting);
    if (name == "cifar10" || name == "tiny") {
      EXPECT_GE(fitting, 450) << name;
    }
    if (name == "vww160") {
      EXPECT_EQ(fitting, 0) << "its first map alone is 80x80";
    }
  }
}

TEST(ShippedSpaces, SamplesCompileWithEveryLayerSpread) {
  const network::Pools pools = network::Pools::generate(2U << 20, 300U << 10);
  for (const std::string& name : space_names()) {
    const Space space = load_space(name);
    for (const Architecture& architecture : sample_many(space, kPrior, 1, 0, 12)) {
      const Network network = decode(space, architecture);
      network::CompiledNetwork compiled;
      ASSERT_NO_THROW(compiled = network::compile(network, pools)) << to_text(space, architecture);
      ASSERT_EQ(compiled.spread.size(), network.layers().size());
      for (std::size_t i = 0; i < compiled.spread.size(); ++i) {
        const network::OutputSpread& spread = compiled.spread[i];
        const bool four = network.layers()[i].output_bits == 4;
        EXPECT_GE(spread.standard_deviation,
                  four ? network::kMinStandardDeviationS4 : network::kMinStandardDeviation);
        EXPECT_LT(spread.saturated_share,
                  four ? network::kMaxSaturatedShareS4 : network::kMaxSaturatedShare);
      }
    }
  }
}

}  // namespace
}  // namespace opline::sampler
