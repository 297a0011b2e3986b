#include <gmock/gmock.h>

#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "sampler/space/space.h"
#include "src/base/files.h"
#include "tests/error_message.h"

namespace opline::sampler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kBase =
    "format = \"opline-space\"\n"   // line 1
    "version = 1\n"                 // 2
    "title = \"a title\"\n"         // 3
    "input = [8, 6, 3]\n"           // 4
    "[[block]]\n"                   // 5
    "name = \"conv\"\n"             // 6
    "type = \"conv2d\"\n"           // 7
    "kernel = 3\n"                  // 8
    "width = [4, 8]\n"              // 9
    "[[block]]\n"                   // 10
    "name = \"pool\"\n"             // 11
    "type = \"max_pool_2d\"\n"      // 12
    "kernel = 2\n"                  // 13
    "[[block]]\n"                   // 14
    "name = \"classes\"\n"          // 15
    "type = \"fully_connected\"\n"  // 16
    "width = 4\n";                  // 17

std::string edited(const std::string& from, const std::string& to) {
  std::string text = kBase;
  const std::size_t position = text.find(from);
  EXPECT_NE(position, text.npos) << "not in the base text: " << from;
  return text.replace(position, from.size(), to);
}

std::string error_of(const std::string& text) {
  return message_of([&] { (void)parse_space(text, "f.toml"); });
}

TEST(SpaceFile, FillsInTheDocumentedDefaults) {
  const Space space = parse_space(kBase, "some/where/mine.toml");
  EXPECT_EQ(space.name, "mine");
  EXPECT_EQ(space.title, "a title");
  EXPECT_EQ(space.description, "");
  EXPECT_EQ(space.text, kBase);
  EXPECT_EQ(space.canonical_text(),
            "opline-space 1\n"
            "input 8x6x3\n"
            "conv conv2d 3x3 s1x1 same relu width 4,8\n"
            "pool max_pool_2d 2x2 s2x2 same none width same\n"
            "classes fully_connected none width 4\n");
  EXPECT_EQ(space.blocks[1].where, "some/where/mine.toml:10");
  EXPECT_EQ(space.blocks[1].out, (Map{4, 3}));
  ASSERT_EQ(space.decisions.size(), 1U);
  EXPECT_EQ(space.decisions[0].name, "conv.width");
  EXPECT_THAT(space.decisions[0].options, ElementsAre(4, 8));
}

TEST(SpaceFile, ReadsEveryWayToWriteAProperty) {
  const Space space =
      parse_space(edited("kernel = 3\nwidth = [4, 8]\n",
                         "kernel = [3, 1]\nstride = [2, 1]\nactivation = \"relu6\"\nwidth = "
                         "{ from = 4, to = 10, step = 2 }\n"
                         "skip = \"identity\"\nrepeat = 2\nfirst = 0\n"),
                  "f.toml");
  EXPECT_EQ(space.canonical_text(),
            "opline-space 1\n"
            "input 8x6x3\n"
            "conv0 conv2d 3x1 s2x1 same relu6 width 4,6,8,10 skip\n"
            "conv1 conv2d 3x1 s2x1 same relu6 width 4,6,8,10 skip\n"
            "pool max_pool_2d 2x2 s2x2 same none width same\n"
            "classes fully_connected none width 4\n");
  std::vector<std::string> names;
  for (const Decision& decision : space.decisions) names.push_back(decision.name);
  EXPECT_THAT(names, ElementsAre("conv0.skip", "conv0.width", "conv1.skip", "conv1.width"));
  EXPECT_EQ(space.blocks[1].out, (Map{2, 6}));
}

TEST(SpaceFile, IdentityIgnoresWhatDoesNotChangeTheNetworks) {
  const std::string id = parse_space(kBase, "f.toml").id;
  EXPECT_EQ(
      parse_space(edited("title = \"a title\"", "title = 'b'  # c\ndescription = 'd'"), "g.toml")
          .id,
      id);
  EXPECT_EQ(parse_space(edited("[4, 8]", "{ from = 4, to = 8, step = 4 }"), "f.toml").id, id);
  EXPECT_EQ(
      parse_space(edited("kernel = 3", "padding = 'same'\nkernel = [3, 3]\nstride = 1"), "f.toml")
          .id,
      id);
  EXPECT_NE(parse_space(edited("[4, 8]", "[4, 9]"), "f.toml").id, id);
  EXPECT_NE(parse_space(edited("\"conv\"", "\"first\""), "f.toml").id, id)
      << "architecture texts have the names";
  EXPECT_NE(parse_space(edited("kernel = 3", "kernel = 3\nskip = 'identity'"), "f.toml").id, id);
}

struct Mistake {
  const char* from;
  const char* to;
  const char* message;
};

constexpr const char* kTypes =
    "conv2d, depthwise_conv2d, depthwise_separable, inverted_bottleneck, average_pool_2d, "
    "max_pool_2d, "
    "fully_connected, softmax";

TEST(SpaceFile, EveryMistakeNamesFileLineKeyAndRemedy) {
  const std::vector<Mistake> mistakes = {
      // the head
      {"\"opline-space\"", "\"opline-board\"",
       "f.toml:1: format: is `opline-board`; a search space begins with format = \"opline-space\""},
      {"version = 1", "version = 3",
       "f.toml:2: version: is 3, but this opline reads versions 1 and 2; update opline"},
      {"version = 1", "version = 0",
       "f.toml:2: version: is 0; it must be from 1 to 9223372036854775807"},
      {"title", "tilte", "f.toml:3: tilte: is not a key that belongs here; did you mean `title`?"},
      {"title = \"a title\"\n", "", "f.toml:1: title: is missing; add it as a string"},
      {"[8, 6, 3]", "[8, 6]", "f.toml:4: input: must be [height, width, channels]"},
      {"[8, 6, 3]", "[8, 0, 3]", "f.toml:4: input: has the extent 0; each must be from 1 to 65535"},
      {"[8, 6, 3]", "[65535, 65535, 3]",
       "f.toml:4: input: has more than 2^31 elements; no device holds it"},
      {"version = 1", "version = 1\nweight_bits = 2",
       "f.toml:3: weight_bits: is 2; it must be 8 or 4"},
      {"version = 1", "version = 1\nactivation_bits = 4",
       "f.toml:3: activation_bits: is 4 with weights of 8 bits, which no kernel has; add "
       "weight_bits = 4"},
      {"version = 1", "version = 1\nweigth_bits = 4",
       "f.toml:3: weigth_bits: is not a key that belongs here; did you mean `weight_bits`?"},
      // a block on its own
      {"name = \"conv\"", "name = \"Conv 1\"",
       "f.toml:6: name: must be 1 to 40 lower-case letters, digits and _, a letter first"},
      {"width = [4, 8]", "wdith = [4, 8]",
       "f.toml:9: wdith: is not a key that belongs here; did you mean `width`?"},
      {"width = [4, 8]\n", "",
       "f.toml:5: width: is missing; add it as an integer, \"same\", a list [8, 16], a range { "
       "from = 8, "
       "to = 64, step = 8 } or a share { base = 96, percent = [50, 100], multiple_of = 4 }"},
      {"width = [4, 8]", "width = 4.5",
       "f.toml:9: width: must be an integer, \"same\", a list [8, 16], a range { from = 8, to = "
       "64, step = "
       "8 } or a share { base = 96, percent = [50, 100], multiple_of = 4 }"},
      {"width = [4, 8]", "width = 0", "f.toml:9: width: is 0; it must be from 1 to 65535"},
      {"width = [4, 8]", "width = []",
       "f.toml:9: width: is an empty list; list at least two widths"},
      {"width = [4, 8]", "width = [8]", "f.toml:9: width: leaves no choice; write width = 8"},
      {"width = [4, 8]", "width = [8, 4]",
       "f.toml:9: width: 4 follows 8; list the widths in ascending order, each once"},
      {"width = [4, 8]", "width = [4, 4]",
       "f.toml:9: width: 4 follows 4; list the widths in ascending order, each once"},
      {"width = [4, 8]", "width = [4, 65536]",
       "f.toml:9: width: 65536 is not a width; it must be from 1 to 65535"},
      {"width = [4, 8]", "width = { from = 8, to = 4, step = 4 }",
       "f.toml:9: to: is 4, below from = 8: the range is empty; swap them"},
      {"width = [4, 8]", "width = { from = 4, to = 9, step = 4 }",
       "f.toml:9: to: is 9, but steps of 4 from 4 end on 8; write that, or another step"},
      {"width = [4, 8]", "width = { from = 4, to = 4, step = 4 }",
       "f.toml:9: width: leaves no choice; write width = 4"},
      {"width = [4, 8]", "width = { from = 4, to = 8, step = 0 }",
       "f.toml:9: step: is 0; it must be from 1 to 65535"},
      {"width = [4, 8]", "width = { from = 4, to = 8 }",
       "f.toml:9: step: is missing; add it as an integer"},
      {"width = [4, 8]", "width = { from = 4, to = 8, setp = 4 }",
       "f.toml:9: setp: is not a key that belongs here; did you mean `step`?"},
      {"width = [4, 8]", "width = { from = 1, to = 65535, step = 1 }",
       "f.toml:9: width: has 65535 options; at most 4096 are supported, use a larger step"},
      {"kernel = 3", "kernel = 0", "f.toml:8: kernel: is 0; it must be from 1 to 255"},
      {"kernel = 3", "kernel = [3, 256]",
       "f.toml:8: kernel: is 256 along an axis; it must be from 1 to 255"},
      {"kernel = 3", "kernel = [3]",
       "f.toml:8: kernel: must be an integer for both axes or a list [height, width]"},
      {"kernel = 3\n", "",
       "f.toml:5: kernel: is missing; add it as an integer or a list [height, width]"},
      {"kernel = 3", "kernel = \"global\"",
       "f.toml:8: kernel: must be an integer or a list [height, width]; only pools can be "
       "\"global\""},
      {"kernel = 3", "kernel = 3\npadding = \"SAME\"",
       "f.toml:9: padding: `SAME` is not known; write \"same\" or \"valid\""},
      {"kernel = 3", "kernel = 3\nactivation = \"tanh\"",
       "f.toml:9: activation: `tanh` is not known; write \"none\", \"relu\" or \"relu6\""},
      {"kernel = 3", "kernel = 3\nskip = \"zero\"",
       "f.toml:9: skip: `zero` is not known; write \"identity\", or remove it for a block that is "
       "always "
       "there"},
      {"kernel = 3", "kernel = 3\nskip = true", "f.toml:9: skip: must be a string in quotes"},
      {"kernel = 3", "kernel = 3\nrepeat = 0", "f.toml:9: repeat: is 0; it must be from 1 to 512"},
      {"kernel = 3", "kernel = 3\nfirst = 2",
       "f.toml:9: first: numbers repetitions, but repeat is missing; add it or remove first"},
      {"kernel = 3", "kernel = 3\nresidual = true",
       "f.toml:9: residual: needs the number of channels that reaches block `conv`, so that input "
       "and output "
       "can be "
       "added; write width = \"same\", or tie its width to the block before it"},
      {"kernel = 3\nwidth = [4, 8]", "kernel = 3\nstride = 2\nresidual = true\nwidth = \"same\"",
       "f.toml:10: residual: needs stride 1, so that input and output can be added; remove it or "
       "the stride"},
      {"kernel = 2", "kernel = 2\nwidth = 3",
       "f.toml:14: width: is not a key that belongs here; known here: first, kernel, name, "
       "padding, repeat, "
       "stride, "
       "type"},
      {"kernel = 2", "kernel = \"all\"",
       "f.toml:13: kernel: must be an integer, a list [height, width] or \"global\""},
      {"kernel = 2", "kernel = \"global\"\nstride = 2",
       "f.toml:14: stride: has no meaning beside kernel = \"global\"; remove it"},
      {"width = 4\n", "width = \"same\"\n",
       "f.toml:17: width: can't be \"same\" here: a fully connected layer flattens its map; write "
       "an "
       "integer"},
      // a block and its neighbours
      {"\"pool\"", "\"conv\"",
       "f.toml:11: name: `conv` is also the block at f.toml:5; give each block a name of its own"},
      {"\"pool\"\ntype", "\"classes\"\ntype",
       "f.toml:15: name: `classes` is also the block at f.toml:10; give each block a name of its "
       "own"},
      {"kernel = 2", "kernel = [3, 7]\npadding = \"valid\"",
       "f.toml:13: kernel: 3x7 is larger than the 8x6 map that reaches block `pool`; use a smaller "
       "kernel or "
       "padding "
       "= \"same\""},
      {"kernel = 2", "kernel = 3\npadding = \"valid\"\nrepeat = 3",
       "f.toml:13: kernel: 3x3 is larger than the 2x2 map that reaches block `pool2`; use a "
       "smaller kernel "
       "or padding "
       "= \"same\""},
      {"kernel = 3", "kernel = 3\npadding = \"valid\"\nskip = \"identity\"",
       "f.toml:9: padding: \"valid\" makes 6x4 of the map of block `conv`, but its skip branch "
       "8x6; write "
       "\"same\""},
      {"kernel = 3\nwidth = [4, 8]",
       "kernel = 3\npadding = \"valid\"\nresidual = true\nwidth = \"same\"",
       "f.toml:9: padding: \"valid\" makes 6x4 of the map of block `conv`, but its residual branch "
       "8x6; "
       "write "
       "\"same\""},
      {"kernel = 3", "kernel = 3\nrepeat = 512",
       "f.toml:12: name: block `pool` brings the network to 513 layers; at most 512 are supported"},
  };
  for (const Mistake& mistake : mistakes)
    EXPECT_EQ(error_of(edited(mistake.from, mistake.to)), mistake.message);
  EXPECT_EQ(error_of(edited("max_pool_2d", "maxpool")),
            std::string("f.toml:12: type: `maxpool` is not a block type; known: ") + kTypes);
}

TEST(SpaceFile, RefusesWhatIsWrongAsAWhole) {
  const std::string head = "format = 'opline-space'\nversion = 1\ntitle = ''\n";
  EXPECT_EQ(error_of(head + "input = [8, 8, 3]\n"),
            "f.toml:1: block: is missing; describe the backbone by one [[block]] after the other");
  EXPECT_EQ(
      error_of(head +
               "input = [8, 8, 3]\n[[block]]\nname = 'a'\ntype = 'conv2d'\nkernel = 1\nwidth = 4\n"
               "skip = 'identity'\nrepeat = 2\n"),
      "f.toml:5: block: can all be skipped, which leaves no layer; remove the skip of one");
  EXPECT_EQ(
      error_of(head + "input = [600, 600, 3]\n[[block]]\nname = 'a'\ntype = 'average_pool_2d'\n"
                      "kernel = 'global'\n"),
      "f.toml:8: kernel: \"global\" is 600x600 at block `a`, at most 255 are supported an axis; "
      "pool in two "
      "steps");
  EXPECT_EQ(error_of(head +
                     "input = [6000, 6000, 3]\n[[block]]\nname = 'a'\ntype = 'conv2d'\nkernel = 1\n"
                     "width = [4, 60]\n"),
            "f.toml:6: name: block `a` can make 6000x6000x60, more than 2^31 elements; no device "
            "holds it");
  EXPECT_THAT(error_of("format = 'opline-space'\nversion = \n"),
              HasSubstr("f.toml:2: not valid TOML"));
  EXPECT_EQ(error_of("title = 'x'\n"), "f.toml:1: format: is missing; add it as a string");
}

TEST(SpaceFile, ShippedSpacesAreKnownByNameAndByPath) {
  EXPECT_THAT(space_names(),
              testing::IsSupersetOf({"ad", "cifar10", "kws", "tiny", "vww160", "vww50"}));
  for (const std::string& name : space_names()) {
    const Space space = load_space(name);
    EXPECT_EQ(space.name, name);
    EXPECT_EQ(load_space(resource("data/spaces/" + name + ".toml").string()).id, space.id);
    EXPECT_EQ(space.text, read_file(resource("data/spaces/" + name + ".toml")));
  }
}

TEST(SpaceFile, UnknownNameListsTheKnownOnes) {
  const std::string message = message_of([] { (void)load_space("kwz"); }, ErrorCode::usage);
  EXPECT_THAT(message, HasSubstr("unknown search space `kwz`; did you mean `kws`?; known: "));
  EXPECT_THAT(message, HasSubstr("kws, "));
  EXPECT_THAT(message_of([] { (void)load_space("no/such.toml"); }, ErrorCode::io),
              HasSubstr("no/such.toml"));
}

std::string fenced(const std::string& page, const std::string& opening) {
  const std::size_t begin = page.find(opening) + opening.size();
  return page.substr(begin, page.find("```\n", begin) - begin);
}

TEST(SpaceFile, TheExampleOfTheManualIsWhatItSays) {
  const std::string page = read_file(std::string(OPLINE_SOURCE_DIR) + "/docs/formats/space.md");
  const Space space = parse_space(fenced(page, "```toml\n"), "space.md");
  EXPECT_EQ(space.canonical_text(),
            fenced(page, "```\nopline-space 1\n").insert(0, "opline-space 1\n"));
}

TEST(SpaceFile, Kws4IsKwsInFourBits) {
  const Space eight = load_space("kws"), four = load_space("kws4");
  EXPECT_EQ(four.bits, (network::Bits{4, 4}));
  EXPECT_NE(four.id, eight.id);
  const Architecture widest = sample_many(eight, Prior::uniform_decisions, 1, 0, 1).front();
  EXPECT_EQ(decode(four, widest).canonical_text(),
            network::with_bits(decode(eight, widest), {4, 4}).canonical_text());
}

TEST(SpaceFile, KwsIsThePapersBackbone) {
  const Space kws = load_space("kws");
  ASSERT_EQ(kws.blocks.size(), 13U);
  ASSERT_EQ(kws.decisions.size(), 19U);
  std::size_t widths = 0;
  for (const Decision& decision : kws.decisions) {
    if (decision.kind == DecisionKind::skip) continue;
    ++widths;
    ASSERT_EQ(decision.options.size(), 63U);
    for (std::size_t i = 0; i < 63; ++i)
      EXPECT_EQ(decision.options[i], 28 + 4 * static_cast<int>(i));
  }
  EXPECT_EQ(widths, 10U);
  EXPECT_EQ(kws.blocks[0].out, (Map{49, 10}));
  for (std::size_t i = 1; i <= 9; ++i) {
    EXPECT_EQ(kws.blocks[i].name, "block" + std::to_string(i));
    EXPECT_EQ(kws.blocks[i].out, (Map{25, 5}));
    EXPECT_TRUE(kws.blocks[i].skip.has_value());
  }
}

}  // namespace
}  // namespace opline::sampler
