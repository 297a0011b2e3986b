// Inverted bottlenecks: how they are read, written, counted and decoded, alone and tied.
#include <gmock/gmock.h>

#include <set>

#include "sampler/draw/sample.h"
#include "sampler/draw/space_view.h"
#include "sampler/space/decode.h"
#include "tests/error_message.h"

namespace opline::sampler {
namespace {

using testing::ElementsAre;

/// One of each: expansion and width decided, one of them, none, skippable, tied, with an addition.
constexpr const char* kText =
    "format = 'opline-space'\nversion = 1\ntitle = 't'\ninput = [8, 8, 3]\n"
    "[[block]]\nname = 'a'\ntype = 'inverted_bottleneck'\nkernel = 3\nactivation = 'relu6'\n"
    "width = [4, 6]\ntie = 'g'\n"
    "[[block]]\nname = 'b'\ntype = 'inverted_bottleneck'\nkernel = [3, 5]\nactivation = 'relu6'\n"
    "expansion = [9, 12, 16]\nwidth = [4, 6]\ntie = 'g'\nresidual = true\nskip = 'identity'\n"
    "[[block]]\nname = 'c'\ntype = 'inverted_bottleneck'\nkernel = 3\nstride = 2\nexpansion = [7, "
    "8]\n"
    "width = 5\n"
    "[[block]]\nname = 'd'\ntype = 'inverted_bottleneck'\nkernel = 3\nexpansion = 10\nactivation = "
    "'none'\n"
    "width = 'same'\nresidual = true\n";

Space example() { return parse_space(kText, "example.toml"); }

std::string error_of(const std::string& from, const std::string& to) {
  std::string text = kText;
  text.replace(text.find(from), from.size(), to);
  return message_of([&] { (void)parse_space(text, "f.toml"); });
}

std::string error_of_architecture(const std::string& text) {
  return message_of([&] { (void)parse_architecture(example(), text); });
}

TEST(Bottleneck, CanonicalTextAndDecisions) {
  const Space space = example();
  EXPECT_EQ(
      space.canonical_text(),
      "opline-space 1\n"
      "input 8x8x3\n"
      "a inverted_bottleneck 3x3 s1x1 same relu6 width 4,6 tie g\n"
      "b inverted_bottleneck 3x5 s1x1 same relu6 expansion 9,12,16 width 4,6 tie g residual skip\n"
      "c inverted_bottleneck 3x3 s2x2 same relu expansion 7,8 width 5\n"
      "d inverted_bottleneck 3x3 s1x1 same none expansion 10 width same residual\n");
  std::vector<std::string> names;
  for (const Decision& decision : space.decisions) names.push_back(decision.name);
  EXPECT_THAT(names, ElementsAre("g.width", "b.skip", "b.expansion", "c.expansion"));
}

TEST(Bottleneck, DecodesToExpansionDepthwiseLinearProjectionAndAddition) {
  const Space space = example();
  EXPECT_EQ(decode(space, parse_architecture(space, "a=6 b=12:6 c=7")).canonical_text(),
            "input 8x8x3\n"
            "depthwise_conv2d t0 3x3 s1x1 same -> 8x8x3 relu6\n"
            "conv2d t1 1x1 s1x1 same -> 8x8x6\n"
            "conv2d t2 1x1 s1x1 same -> 8x8x12 relu6\n"
            "depthwise_conv2d t3 3x5 s1x1 same -> 8x8x12 relu6\n"
            "conv2d t4 1x1 s1x1 same -> 8x8x6\n"
            "add t2 t5 -> 8x8x6\n"
            "conv2d t6 1x1 s1x1 same -> 8x8x7 relu\n"
            "depthwise_conv2d t7 3x3 s2x2 same -> 4x4x7 relu\n"
            "conv2d t8 1x1 s1x1 same -> 4x4x5\n"
            "conv2d t9 1x1 s1x1 same -> 4x4x10\n"
            "depthwise_conv2d t10 3x3 s1x1 same -> 4x4x10\n"
            "conv2d t11 1x1 s1x1 same -> 4x4x5\n"
            "add t9 t12 -> 4x4x5\n");
}

TEST(Bottleneck, AnAdditionIsLinearWhateverTheActivation) {
  const Space space = example();
  const network::Network network = decode(space, parse_architecture(space, "a=4 b=9:4 c=8"));
  for (const network::Layer& layer : network.layers()) {
    if (layer.type == network::LayerType::add) {
      EXPECT_EQ(layer.activation, network::Activation::none);
    }
  }
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

/// Texts and canonical architectures of the whole space are one-to-one; returns how many there are.
std::size_t expect_one_to_one(const Space& space) {
  std::set<std::string> texts;
  std::set<std::vector<std::uint16_t>> canonicals;
  for_each_architecture(space, [&](const Architecture& any) {
    const Architecture known = canonical(space, any);
    EXPECT_EQ(to_text(space, any), to_text(space, known));
    EXPECT_EQ(parse_architecture(space, to_text(space, any)), known);
    EXPECT_EQ(decode(space, any).id(), decode(space, known).id());
    texts.insert(to_text(space, any));
    canonicals.insert(known.options);
  });
  EXPECT_EQ(texts.size(), canonicals.size());
  EXPECT_EQ(std::to_string(texts.size()), view(space).architectures);
  return texts.size();
}

TEST(Bottleneck, TextAndCanonicalArchitectureAreOneToOne) {
  EXPECT_EQ(expect_one_to_one(example()), 2U * (3 + 1) * 2);
}

TEST(Bottleneck, TheTieOfBlocksThatCanAllBeSkippedStaysOneToOne) {
  std::string text = kText;  // `a` can be skipped too; then nothing may be added in `b`
  text.replace(text.find("tie = 'g'\n"), 10, "tie = 'g'\nskip = 'identity'\n");
  text.replace(text.find("residual = true\n"), 16, "");
  const Space space = parse_space(text, "g.toml");
  EXPECT_EQ(expect_one_to_one(space), ((1U + 1) * (3 + 1) - 1) * 2 * 2 + 1 * 2);
  const Architecture all_skipped = parse_architecture(space, "a=skip b=skip c=7");
  const Architecture one_kept = parse_architecture(space, "a=skip b=9:6 c=7");
  const std::size_t width = space.blocks[0].width.decision;
  EXPECT_EQ(space.decisions[width].name, "g.width");
  EXPECT_FALSE(is_active(space, all_skipped, width));
  EXPECT_TRUE(is_active(space, one_kept, width));
  EXPECT_FALSE(is_active(space, all_skipped, space.blocks[1].expansion->decision));
  EXPECT_TRUE(is_active(space, one_kept, space.blocks[1].expansion->decision));
}

TEST(Bottleneck, MistakesOfArchitecturesHaveTheirRemedy) {
  const std::string head = "architecture of example: ";
  EXPECT_EQ(
      error_of_architecture("a=4 b=9:6 c=7"),
      head +
          "block b has the width 6, but block a, which tie g binds to it, has 4; write the same");
  EXPECT_EQ(
      error_of_architecture("c=7 b=9:6 a=4"),
      head +
          "block a has the width 4, but block b, which tie g binds to it, has 6; write the same");
  EXPECT_EQ(error_of_architecture("b=9"),
            head +
                "`9` is not a choice for block b; write an expansion and a width, "
                "as in b=9:4, or skip");
  EXPECT_EQ(error_of_architecture("b=9:4:4"), head +
                                                  "`9:4:4` is not a choice for block b; write an "
                                                  "expansion and a width, as in b=9:4, or skip");
  EXPECT_EQ(
      error_of_architecture("b=9:"),
      head +
          "`9:` is not a choice for block b; write an expansion and a width, as in b=9:4, or skip");
  EXPECT_EQ(error_of_architecture("b=10:4"),
            head + "10 is not an expansion of block b; the nearest is 9, or skip");
  EXPECT_EQ(error_of_architecture("b=9:5"),
            head + "5 is not a width of block b; the nearest is 4, or skip");
  EXPECT_EQ(error_of_architecture("c=x"),
            head + "`x` is not a choice for block c; write an expansion, as in c=7");
  EXPECT_EQ(error_of_architecture("c=9"),
            head + "9 is not an expansion of block c; the nearest is 8");
  EXPECT_EQ(error_of_architecture("a=4:4"),
            head + "`4:4` is not a choice for block a; write a width, as in a=4");
  EXPECT_EQ(error_of_architecture("d=5"),
            head + "`d` is not a block with a decision; these are: a, b, c");
}

TEST(Bottleneck, MistakesOfFilesHaveTheirRemedy) {
  EXPECT_EQ(
      error_of("expansion = [9, 12, 16]", "expansion = 'same'"),
      "f.toml:17: expansion: can't be \"same\"; remove it for a bottleneck that expands nothing");
  EXPECT_EQ(error_of("expansion = [9, 12, 16]", "expansion = 0"),
            "f.toml:17: expansion: is 0; it must be from 1 to 65535");
  EXPECT_EQ(error_of("expansion = [9, 12, 16]", "expansion = true"),
            "f.toml:17: expansion: must be an integer, a list [8, 16], a range { from = 8, to = "
            "64, step = 8 } "
            "or a share { base = 96, percent = [50, 100], multiple_of = 4 }");
  EXPECT_EQ(error_of("expansion = [9, 12, 16]", "expansion = [9]"),
            "f.toml:17: expansion: leaves no choice; write expansion = 9");
  EXPECT_EQ(error_of("expansion = [9, 12, 16]", "expnsion = [9, 12]"),
            "f.toml:17: expnsion: is not a key that belongs here; did you mean `expansion`?");
  EXPECT_EQ(
      error_of("stride = 2\nexpansion = [7, 8]\nwidth = 5\n",
               "expansion = [7, 8]\nwidth = 5\nresidual = true\n"),
      "f.toml:28: residual: needs the number of channels that reaches block `c`, so that input and "
      "output can be "
      "added; write width = \"same\", or tie its width to the block before it");
  EXPECT_EQ(error_of("'inverted_bottleneck'\nkernel = [3, 5]", "'conv2d'\nkernel = [3, 5]"),
            "f.toml:17: expansion: is not a key that belongs here; known here: activation, first, "
            "kernel, name, "
            "padding, repeat, residual, skip, stride, tie, type, width");
  EXPECT_EQ(error_of("input = [8, 8, 3]", "input = [13000, 13000, 3]"),
            "f.toml:13: name: block `b` can make 13000x13000x16, more than 2^31 elements; no "
            "device holds it");
}

TEST(Bottleneck, EveryLayerCountsAgainstTheLimit) {
  EXPECT_EQ(
      error_of("name = 'd'\n", "name = 'd'\nrepeat = 127\n"),
      "f.toml:30: name: block `d126` brings the network to 513 layers; at most 512 are supported")
      << "2 + 4 + 3 layers, then 4 for each d";
}

TEST(Bottleneck, TheViewHasColumnsForExpansionAndTie) {
  const std::string text = describe(example());
  EXPECT_THAT(
      text,
      testing::HasSubstr(
          "block  what                                                   map  expansion  width  "
          "tie  skip\n"
          "input                                                         8x8             3\n"
          "a      inverted_bottleneck 3x3 stride 1x1 same relu6          8x8             4, 6   g\n"
          "b      inverted_bottleneck 3x5 stride 1x1 same relu6 + input  8x8  9, 12, 16  4, 6   g  "
          "  "
          "identity\n"
          "c      inverted_bottleneck 3x3 stride 2x2 same relu           4x4  7, 8       5\n"
          "d      inverted_bottleneck 3x3 stride 1x1 same + input        4x4  10         same\n"
          "\n4 decisions, 16 networks (16 architectures)\n"));
  const Json json = to_json(view(example()));
  EXPECT_EQ(json["blocks"][1]["expansion"], "9, 12, 16");
  EXPECT_EQ(json["blocks"][1]["tie"], "g");
  EXPECT_TRUE(json["blocks"][0]["expansion"].is_null());
  EXPECT_EQ(json["decisions"][2].dump(),
            R"({"name":"b.expansion","kind":"width","options":[9,12,16]})");
}

}  // namespace
}  // namespace opline::sampler
