#include "sampler/space/space_json.h"

#include <gtest/gtest.h>

#include "sampler/space/decode.h"

namespace opline::sampler {
namespace {

constexpr const char* kText = R"(
format = 'opline-space'
version = 1
title = 'a title'
input = [9, 8, 3]
[[block]]
name = 'conv'
type = 'conv2d'
kernel = [3, 1]
width = [4, 8]
[[block]]
name = 'down'
type = 'inverted_bottleneck'
kernel = 3
stride = 2
activation = 'relu6'
expansion = 12
width = [5, 6]
tie = 'stage'
skip = 'identity'
[[block]]
name = 'neck'
type = 'depthwise_separable'
kernel = 3
width = [5, 6]
tie = 'stage'
[[block]]
name = 'classes'
type = 'fully_connected'
width = 2
)";

const Json& block(const Json& json, std::size_t index) { return json["blocks"][index]; }

TEST(SpaceJson, NamesTheLayersOfABlockKeptAndSkipped) {
  const Json json = structure_json(parse_space(kText, "mine.toml"));
  EXPECT_EQ(json["format"], "opline-space-structure");
  EXPECT_EQ(json["version"], 1);
  const Json& down = block(json, 1);
  ASSERT_EQ(down["kept"].size(), 3U);
  EXPECT_EQ(
      down["kept"][0].dump(),
      R"({"type":"conv2d","window":{"kernel":[1,1],"stride":[1,1],"padding":"same"},)"
      R"("activation":"relu6","width":{"kind":"fixed","value":12},"input_map":[9,8],"output_map":[9,8]})");
  EXPECT_EQ(
      down["kept"][1].dump(),
      R"({"type":"depthwise_conv2d","window":{"kernel":[3,3],"stride":[2,2],"padding":"same"},)"
      R"("activation":"relu6","width":{"kind":"same"},"input_map":[9,8],"output_map":[5,4]})");
  EXPECT_EQ(down["kept"][2]["width"].dump(), R"({"kind":"decided","decision":2})");
  ASSERT_EQ(down["skipped"].size(), 1U);
  EXPECT_EQ(down["skipped"][0]["type"], "average_pool_2d");
  EXPECT_TRUE(block(json, 0)["skipped"].is_null());
  EXPECT_TRUE(block(json, 3)["window"].is_null());
  EXPECT_TRUE(block(json, 3)["kept"][0]["window"].is_null());
}

TEST(SpaceJson, DecisionsHaveTheirOptionsAndBlocks) {
  const Json json = structure_json(parse_space(kText, "mine.toml"));
  EXPECT_EQ(json["decisions"].dump(),
            R"([{"name":"conv.width","kind":"width","options":[4,8],"blocks":[0]},)"
            R"({"name":"down.skip","kind":"skip","options":["keep","skip"],"blocks":[1]},)"
            R"({"name":"stage.width","kind":"width","options":[5,6],"blocks":[1,2]}])");
  EXPECT_EQ(block(json, 1)["skip"], 1);
  EXPECT_EQ(block(json, 2)["tie"], "stage");
  EXPECT_TRUE(block(json, 2)["skip"].is_null());
}

// With nothing skipped the layers of the blocks in turn are those of the decoded network. Version 2
// has a graph in their place, which tests/python follows.
TEST(SpaceJson, LayersAreThoseOfTheNetwork) {
  for (const std::string& name : space_names()) {
    const Space space = load_space(name);
    if (!space.is_version_1()) continue;
    Architecture first;
    first.options.assign(space.decisions.size(), 0);
    const network::Network network = decode(space, first);
    const Json json = structure_json(space);
    EXPECT_EQ(json.contains("weight_bits"), space.bits.weights != 8) << name;
    if (json["version"] != 1) continue;
    std::size_t at = 0;
    for (const Json& one : json["blocks"]) {
      for (const Json& layer : one["kept"]) {
        ASSERT_LT(at, network.layers().size()) << name;
        const network::Layer& decoded = network.layers()[at++];
        EXPECT_EQ(layer["type"], network::to_string(decoded.type)) << name << " " << at;
        EXPECT_EQ(layer["activation"], network::to_string(decoded.activation)) << name << " " << at;
        EXPECT_EQ(layer["input_map"], Json({decoded.input.h, decoded.input.w}));
        if (decoded.type != network::LayerType::fully_connected) {
          EXPECT_EQ(layer["output_map"], Json({decoded.output.h, decoded.output.w}));
        }
      }
    }
    EXPECT_EQ(at, network.layers().size()) << name;
  }
}

}  // namespace
}  // namespace opline::sampler
