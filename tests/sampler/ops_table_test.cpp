#include "sampler/count/ops_table.h"

#include <gmock/gmock.h>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/base/error.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/space_corpus.h"

namespace opline::sampler {
namespace {

/// The table beside the network itself; returns how many architectures were compared.
std::size_t expect_exact(const Space& space, std::uint64_t seed, std::size_t count) {
  const OpsTable table(space);
  const std::vector<Architecture> drawn =
      sample_many(space, Prior::uniform_decisions, seed, 0, count);
  for (const Architecture& one : drawn) {
    const network::NetworkOps exact = network::total_ops(decode(space, one));
    const network::NetworkOps counted = table.count(one.options);
    EXPECT_EQ(counted.macs, exact.macs) << space.name << ": " << to_text(space, one);
    EXPECT_EQ(counted.parameters, exact.parameters) << space.name << ": " << to_text(space, one);
    EXPECT_EQ(table.count(one.options, exact.macs).macs, exact.macs);
    EXPECT_GE(table.count(one.options, exact.macs / 2).macs, exact.macs / 2);
  }
  return drawn.size();
}

TEST(OpsTable, EqualsTheNetworkInEverySpace) {
  for (const std::string& name : space_names()) expect_exact(load_space(name), 31, 1000);
}

TEST(OpsTable, ExtremesOfEverySpace) {
  for (const std::string& name : space_names()) {
    const Space space = load_space(name);
    const OpsTable table(space);
    for (const bool largest : {false, true}) {
      Architecture one;
      for (const Decision& decision : space.decisions) {
        const bool last = largest && decision.kind == DecisionKind::width;
        one.options.push_back(static_cast<std::uint16_t>(last ? decision.options.size() - 1 : 0));
      }
      EXPECT_EQ(table.count(one.options).macs, network::total_ops(decode(space, one)).macs) << name;
    }
  }
}

TEST(OpsTable, OptionsThatDoNotMatterDoNotCount) {
  const Space kws = load_space("kws");
  const OpsTable table(kws);
  for (std::uint64_t i = 0; i < 200; ++i) {
    Architecture one = sample(kws, Prior::uniform_decisions, 32, i);
    const std::uint64_t macs = table.count(one.options).macs;
    for (std::size_t d = 0; d < one.options.size(); ++d) {
      if (!is_active(kws, one, d))
        one.options[d] = static_cast<std::uint16_t>(kws.decisions[d].options.size() - 1);
    }
    EXPECT_EQ(table.count(one.options).macs, macs);
  }
}

TEST(OpsTable, EqualsTheNetworkInSpacesOfEveryShape) {
  // Mutants of the shipped spaces that load: windows, strides, paddings, skips and widths of every
  // kind.
  const fuzz::Corpus corpus{.seeds = {fuzz::without_comments(load_space("tiny").text),
                                      fuzz::without_comments(load_space("vww50").text)},
                            .fragments = fuzz::kSpaceFragments};
  std::size_t compared = 0;
  for (std::uint64_t i = 0; i < 6000; ++i) {
    try {
      compared +=
          expect_exact(parse_space(fuzz::Mutator(corpus, 33, i).mutant(), "mutant.toml"), 1, 3);
    } catch (const Error&) {
      continue;  // not a space
    }
  }
  EXPECT_GT(compared, 600U);
}

TEST(OpsTable, EveryKindOfBottleneck) {
  const Space space = parse_space(R"(
format = "opline-space"
version = 1
title = "bottlenecks"
input = [9, 7, 3]
[[block]]
name = "grow"
type = "inverted_bottleneck"
kernel = [3, 5]
stride = [2, 1]
expansion = [4, 9]
width = 8
skip = "identity"
[[block]]
name = "flat"
type = "inverted_bottleneck"
kernel = 3
width = [8, 12]
[[block]]
name = "same"
type = "inverted_bottleneck"
kernel = 3
expansion = 24
width = "same"
residual = true
skip = "identity"
[[block]]
name = "depthwise"
type = "depthwise_conv2d"
kernel = 3
stride = 2
skip = "identity"
[[block]]
name = "classes"
type = "fully_connected"
width = [2, 5]
)",
                                  "bottlenecks.toml");
  expect_exact(space, 3, 300);
}

}  // namespace
}  // namespace opline::sampler
