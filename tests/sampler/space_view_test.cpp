#include "sampler/draw/space_view.h"

#include <gmock/gmock.h>

namespace opline::sampler {
namespace {

constexpr const char* kText =
    "format = 'opline-space'\nversion = 1\ntitle = 'a title'\ndescription = 'Words.'\ninput = [9, "
    "8, 3]\n"
    "[[block]]\nname = 'conv'\ntype = 'conv2d'\nkernel = [3, 1]\nwidth = { from = 4, to = 12, step "
    "= 4 }\n"
    "[[block]]\nname = 'down'\ntype = 'depthwise_separable'\nkernel = 3\nstride = 2\nwidth = [5, "
    "6]\n"
    "skip = 'identity'\n"
    "[[block]]\nname = 'res'\ntype = 'conv2d'\nkernel = 3\nwidth = 'same'\nresidual = true\nskip = "
    "'identity'\n"
    "[[block]]\nname = 'classes'\ntype = 'fully_connected'\nwidth = 2\n";

TEST(SpaceView, DrawsTheBackboneAndListsTheDecisions) {
  const Space space = parse_space(kText, "mine.toml");
  EXPECT_EQ(
      describe(space),
      "mine: a title\nid " + space.id +
          "\n\n"
          "block    what                                          map  width         skip\n"
          "input                                                  9x8  3\n"
          "conv     conv2d 3x1 stride 1x1 same relu               9x8  4..12 step 4\n"
          "down     depthwise_separable 3x3 stride 2x2 same relu  5x4  5, 6          average "
          "pooling 2x2\n"
          "res      conv2d 3x3 stride 1x1 same relu + input       5x4  same          identity\n"
          "classes  fully_connected                               1x1  2\n"
          "\n4 decisions, 18 networks (18 architectures)\n\n"
          "decision    options\n"
          "conv.width  3        4..12 step 4\n"
          "down.skip   2        keep, skip\n"
          "down.width  2        5, 6\n"
          "res.skip    2        keep, skip\n"
          "\nWords.\n");
}

TEST(SpaceView, JsonHasTheSame) {
  const Space space = parse_space(kText, "mine.toml");
  const Json json = to_json(view(space));
  EXPECT_EQ(json["name"], "mine");
  EXPECT_EQ(json["id"], space.id);
  EXPECT_EQ(json["input"], Json::parse("[9, 8, 3]"));
  EXPECT_EQ(
      json["blocks"][1].dump(),
      R"({"name":"down","what":"depthwise_separable 3x3 stride 2x2 same relu","map":[5,4],"width":"5, 6",)"
      R"("expansion":null,"tie":null,"skip":"average pooling 2x2"})");
  EXPECT_TRUE(json["blocks"][0]["skip"].is_null());
  EXPECT_EQ(json["decisions"][0].dump(),
            R"({"name":"conv.width","kind":"width","options":[4,8,12]})");
  EXPECT_EQ(json["decisions"][1].dump(),
            R"({"name":"down.skip","kind":"skip","options":["keep","skip"]})");
  EXPECT_EQ(json["architectures"], "18");
  EXPECT_EQ(json["networks"], "18");
}

TEST(SpaceView, CountsArchitecturesBeyond64Bits) {
  EXPECT_EQ(view(load_space("tiny")).architectures, "800");
  EXPECT_EQ(view(load_space("kws")).architectures, "1134907106097364992") << "63 * 64^9";
  std::string text = kText;
  text.replace(text.find("kernel = [3, 1]"), 15, "kernel = 3\nrepeat = 50");
  EXPECT_EQ(view(parse_space(text, "mine.toml")).architectures, "4307387926151115532621494")
      << "3^50 * 6";
}

TEST(SpaceView, CountsNetworksApartFromArchitectures) {
  std::string text = kText;
  text.replace(text.find("stride = 2"), 10,
               "repeat = 2");  // two like blocks: which one is skipped doesn't show
  const SpaceView counted = view(parse_space(text, "mine.toml"));
  EXPECT_EQ(counted.architectures, "54") << "3 * 3^2 * 2";
  EXPECT_EQ(counted.networks, "42") << "3 * (1 + 2 + 2^2) * 2";
  EXPECT_THAT(to_text(counted),
              testing::HasSubstr("\n6 decisions, 42 networks (54 architectures)\n"));
}

TEST(SpaceView, SaysWhereNetworksCannotBeCounted) {
  std::string text =
      kText;  // this many widths, with counts of this many digits, exceed the bound on memory
  text.replace(text.find("kernel = [3, 1]\nwidth = { from = 4, to = 12, step = 4 }"), 55,
               "kernel = 3\nrepeat = 500\nwidth = { from = 1, to = 4096, step = 1 }");
  EXPECT_EQ(view(parse_space(text, "mine.toml")).networks, std::nullopt);
  SpaceView uncounted = view(parse_space(kText, "mine.toml"));
  uncounted.networks.reset();
  EXPECT_THAT(to_text(uncounted),
              testing::HasSubstr("\n4 decisions, networks not counted (18 architectures)\n"));
  EXPECT_TRUE(to_json(uncounted)["networks"].is_null());
}

TEST(SpaceView, OptionsAreARangeOnlyWhenTheyAreOne) {
  EXPECT_EQ(options_text({4, 8, 12}), "4..12 step 4");
  EXPECT_EQ(options_text({4, 8, 13}), "4, 8, 13");
  EXPECT_EQ(options_text({4, 8}), "4, 8");
}

}  // namespace
}  // namespace opline::sampler
