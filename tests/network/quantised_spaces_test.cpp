// tests/network/quantised_spaces_test.cpp - the law of quantised_network.h over networks of every
// space.
#include <gtest/gtest.h>

#include <set>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/network/quantised_network.h"

namespace opline::network {
namespace {

TEST(QuantisedSpaces, SampledNetworksHaveTheDigestsOfThePools) {
  const Pools pools = Pools::generate(4U << 20, OPLINE_CHANNEL_POOL_BYTES);
  std::set<LayerType> seen;
  for (const std::string& name : sampler::space_names()) {
    const sampler::Space space = sampler::load_space(name);
    for (std::uint64_t index = 0; index < 3; ++index) {
      const Network network = sampler::decode(
          space, sampler::sample(space, sampler::Prior::uniform_decisions, 11, index));
      const CompiledNetwork pooled = compile(network, pools);
      const QuantisedNetwork own = quantised(network, pools);
      EXPECT_EQ(compile(own).digests, pooled.digests) << name << " " << index;
      for (const Layer& layer : network.layers()) seen.insert(layer.type);
    }
  }
  for (const LayerType type :
       {LayerType::conv2d, LayerType::depthwise_conv2d, LayerType::fully_connected,
        LayerType::average_pool_2d, LayerType::add, LayerType::softmax})
    EXPECT_TRUE(seen.contains(type)) << to_string(type);
}

}  // namespace
}  // namespace opline::network
