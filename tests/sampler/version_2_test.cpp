// Version 2 of the space language: how it is read, written and drawn. Its networks are counted in
// network_set_brute_force_test.cpp.
#include <gmock/gmock.h>

#include <map>
#include <set>

#include "sampler/count/network_set.h"
#include "sampler/count/ops_table.h"
#include "sampler/draw/sample.h"
#include "sampler/draw/space_view.h"
#include "sampler/space/decode.h"
#include "sampler/space/space_json.h"
#include "sampler/space/space_mistakes.h"
#include "src/base/files.h"
#include "tests/error_message.h"
#include "tests/sampler/chi_square.h"
#include "tests/sampler/random_spaces.h"
#include "tests/sampler/version_2_spaces.h"

namespace opline::sampler {
namespace {

using testing::HasSubstr;

constexpr double kLeastP = 1e-4;

Space space_of(const std::string& text) {
  return parse_space("format = 'opline-space'\nversion = 2\ntitle = 't'\n" + text, "f.toml");
}

std::string error_of(const std::string& text) {
  return message_of([&] { (void)space_of(text); });
}

TEST(Version2, TextsAndCanonicalArchitecturesAreOneToOneAndOpsAreThoseOfTheNetwork) {
  for (const Space& space : version_2_spaces()) {
    SCOPED_TRACE(space.name);
    const OpsTable table(space);
    std::map<std::string, Architecture> known;
    for_each_vector(space, [&](const Architecture& vector) {
      const Architecture architecture = canonical(space, vector);
      const std::string text = to_text(space, vector);
      EXPECT_EQ(known.emplace(text, architecture).first->second, architecture) << text;
      EXPECT_EQ(canonical(space, architecture), architecture) << text;
      const network::NetworkOps ops = network::total_ops(decode(space, vector));
      EXPECT_EQ(table.count(vector.options).macs, ops.macs) << text;
      EXPECT_EQ(table.count(vector.options).parameters, ops.parameters) << text;
      EXPECT_EQ(table.count(vector.options, ops.macs).macs, ops.macs) << text;
    });
    std::set<std::vector<std::uint16_t>> different;
    for (const auto& [text, architecture] : known) {
      different.insert(architecture.options);
      EXPECT_EQ(parse_architecture(space, text), architecture) << text;
    }
    EXPECT_EQ(different.size(), known.size());
  }
}

TEST(Version2, UniformNetworksAreUniform) {
  for (const Space& space : version_2_spaces()) {
    SCOPED_TRACE(space.name);
    const NetworkSet set(space);
    std::vector<std::uint64_t> counts(static_cast<std::size_t>(set.size()), 0);
    const Sampler sampler(space, Prior::uniform_networks);
    for (const Sampler::Draw& draw : sampler.draw_many(3, 10 * counts.size()))
      ++counts[static_cast<std::size_t>(set.rank(draw.architecture))];
    EXPECT_GT(uniform_p(counts), kLeastP);
  }
}

TEST(Version2, DrawsOfDecisionsHaveTheirProbabilities) {
  for (const Space& space : version_2_spaces()) {
    SCOPED_TRACE(space.name);
    const NetworkSet set(space);
    std::vector<double> probabilities;
    enumerate(set, 100'000, [&](const Architecture& architecture) {
      probabilities.push_back(set.probability(architecture));
    });
    std::vector<std::uint64_t> counts(probabilities.size(), 0);
    for (const Sampler::Draw& draw : Sampler(space).draw_many(4, 10 * counts.size()))
      ++counts[static_cast<std::size_t>(set.rank(draw.architecture))];
    EXPECT_GT(chi_square_p(counts, probabilities), kLeastP);
  }
}

TEST(Version2, EverySpaceIsShownAndDrawnInEvenOps) {
  for (const Space& space : version_2_spaces()) {
    SCOPED_TRACE(space.name);
    EXPECT_THAT(describe(space), HasSubstr(" networks ("));
    EXPECT_EQ(structure_json(space)["version"], 2);
    EXPECT_TRUE(space_mistakes(space.text, space.name + ".toml").empty());
    for (const Sampler::Draw& draw : Sampler(space, Prior::uniform_log_ops).draw_many(1, 20))
      EXPECT_FALSE(decode(space, draw.architecture).layers().empty());
  }
}

TEST(Version2, WithoutNewConstructsAFileIsTheSameSpaceAsInVersion1) {
  std::string text = load_space("tiny").text;
  text.replace(text.find("version = 1"), 11, "version = 2");
  for (const std::string key : {"kernel", "stride"}) {  // no list may be left
    for (std::size_t at = 0; (at = text.find(key + " = [", at)) != text.npos;) {
      text.replace(text.find(']', at), 1, " }");
      text.replace(text.find(',', at), 2, ", width = ");
      text.replace(at, key.size() + 4, key + " = { height = ");
    }
  }
  const Space space = parse_space(text, "tiny.toml");
  EXPECT_EQ(space.id, load_space("tiny").id);
  EXPECT_TRUE(space.is_version_1());
}

TEST(Version2, TheExamplesOfTheDocumentationAreRight) {
  const std::string page = read_file(OPLINE_SOURCE_DIR "/docs/formats/space.md");
  const std::size_t begin = page.find("version = 2\n");
  const std::size_t start = page.rfind("```toml\n", begin) + 8;
  const Space space =
      parse_space(page.substr(start, page.find("```", start) - start), "example.toml");
  const std::string texts = read_file(OPLINE_SOURCE_DIR "/docs/formats/architecture.md");
  const std::size_t text = texts.find("input=64x64x3");
  const std::string example = texts.substr(text, texts.find('\n', text) - text);
  EXPECT_EQ(to_text(space, parse_architecture(space, example)), example);
  for (const Sampler::Draw& draw : Sampler(space, Prior::uniform_networks).draw_many(1, 50))
    EXPECT_FALSE(decode(space, draw.architecture).layers().empty());
}

constexpr const char* kBlock = "input = [8, 8, 2]\n[[block]]\nname = 'a'\ntype = 'conv2d'\n";

TEST(Version2, EveryMistakeNamesFileLineKeyAndRemedy) {
  const std::string block = kBlock;
  EXPECT_EQ(error_of(block + "kernel = [3, 5]\nwidth = 2\n"),
            "f.toml:8: kernel: is a list, which version 2 does not read as a window; write an "
            "integer, { height = 3, width = 5 } for a window that is not square, or { choices = "
            "[3, 5] } for a decision");
  EXPECT_EQ(error_of(block + "kernel = { choices = [3] }\nwidth = 2\n"),
            "f.toml:8: choices: has fewer than two options; add one, or write the value alone");
  EXPECT_EQ(error_of(block + "kernel = { choices = [3, 3] }\nwidth = 2\n"),
            "f.toml:8: choices: has 3x3 twice; list each option once");
  EXPECT_EQ(error_of(block + "kernel = { choices = [3, 256] }\nwidth = 2\n"),
            "f.toml:8: choices: is 256 in the list; it must be from 1 to 255");
  EXPECT_THAT(error_of(block + "kernel = { choises = [3, 5] }\nwidth = 2\n"),
              HasSubstr("f.toml:8: choises: is not a key that belongs here"));
  EXPECT_EQ(
      error_of(block + "kernel = 3\nwidth = 2\nactivation = { choices = ['relu', 'gelu'] }\n"),
      "f.toml:10: choices: `gelu` is not known; write \"none\", \"relu\", \"relu6\" or "
      "\"hard_swish\"");
  EXPECT_EQ(error_of(block + "kernel = 3\nwidth = { ratio = [2, 1] }\n"),
            "f.toml:9: ratio: must list the ratios in ascending order, each once");
  EXPECT_EQ(error_of(block + "kernel = 3\nwidth = { ratio = 1.234 }\n"),
            "f.toml:9: ratio: 1.234 has more than two decimals; round it");
  EXPECT_EQ(error_of(block + "kernel = 3\nstride = 2\nwidth = 2\nresidual = true\n"),
            "f.toml:11: residual: needs stride 1, so that input and output can be added; write "
            "\"projection\" or \"if_same_shape\", or remove the stride");
  EXPECT_EQ(error_of(block + "kernel = 3\nwidth = 2\nrepeat = { choices = [2, 1] }\n"),
            "f.toml:10: choices: 1 follows 2; list them in ascending order");
  EXPECT_EQ(error_of("input = [8, 2]\n[[block]]\nname = 'a'\ntype = 'conv2d'\n"),
            "f.toml:7: type: `conv2d` is not for an input [length, channels]; known: conv1d, "
            "depthwise_conv1d, depthwise_separable, inverted_bottleneck, resnet_basic, "
            "resnet_bottleneck, branches, average_pool_1d, max_pool_1d, fully_connected, softmax");
  EXPECT_EQ(message_of([] {
              (void)parse_space(
                  "format = 'opline-space'\nversion = 1\ntitle = 't'\ninput = [8, 8, "
                  "1]\n[[block]]\nname = 'a'\ntype = 'resnet_basic'\n",
                  "f.toml");
            }).substr(0, 67),
            "f.toml:7: type: `resnet_basic` is a block type of version 2; known:");
  EXPECT_EQ(error_of("input = [8, 8, 1]\n[[multiplier]]\nname = 'm'\npercent = [50, 100]\n"
                     "multiple_of = 1\nblocks = ['b']\n" +
                     block.substr(block.find("[[block]]")) + "kernel = 3\nwidth = 2\n"),
            "f.toml:9: blocks: `b` is not a block with a width in channels; name blocks as their "
            "`name` is written");
}

TEST(Version2, MistakesOfConvolutionKeysHaveTheirRemedy) {
  const std::string block = std::string(kBlock) + "kernel = 3\n";
  EXPECT_EQ(error_of(block + "width = 4\ngroups = 3\n"),
            "f.toml:10: groups: of 3 do not divide every number of input and output channels that "
            "block `a` can have; give it and the blocks before it widths that are multiples of 3");
  EXPECT_THAT(error_of(block + "width = [4, 7]\ngroups = 2\n"), HasSubstr("groups: of 2 do not"));
  EXPECT_EQ(space_of(block + "width = [4, 6]\ngroups = 2\n").blocks[0].groups, 2);
  EXPECT_EQ(error_of(block + "width = 4\ngroups = { choices = [1, 0] }\n"),
            "f.toml:10: choices: has 0; each must be from 1 to 65535");
  EXPECT_THAT(error_of(block + "width = 4\ndilation = [2, 2]\n"),
              HasSubstr("f.toml:10: dilation: is a list, which version 2 does not read"));
  EXPECT_EQ(error_of(block + "width = 4\ndilation = 5\npadding = 'valid'\n"),
            "f.toml:8: kernel: 11x11 is larger than the 8x8 map that reaches block `a`; use a "
            "smaller kernel or padding = \"same\"");
  EXPECT_EQ(error_of("input = [8, 8, 2]\n[[block]]\nname = 'a'\ntype = 'conv2d'\nkernel = 5\n"
                     "dilation = 200\nwidth = 4\n"),
            "f.toml:9: dilation: needs 400 rows or columns of padding before the map of block `a`; "
            "at most 255 are supported");
  EXPECT_EQ(error_of(block + "width = 4\nsqueeze_excite = 25\n"),
            "f.toml:10: squeeze_excite: must be a table, as { percent = 25 }");
  EXPECT_EQ(error_of(block + "width = 4\nsqueeze_excite = { percent = 100 }\n"),
            "f.toml:10: percent: is 100; it must be from 1 to 99");
  EXPECT_EQ(error_of(block + "width = 4\nsqueeze_excite = { percent = [25, 0] }\n"),
            "f.toml:10: percent: 0 follows 25; list them in ascending order, each once");
  EXPECT_EQ(error_of(block + "width = 4\nsqueeze_excite = { percent = 25, gate = 'tanh' }\n"),
            "f.toml:10: gate: `tanh` is not known; write \"logistic\" or \"hard_sigmoid\"");
  EXPECT_THAT(error_of(block + "width = 4\nsqueeze_excite = { percents = 25 }\n"),
              HasSubstr("percents: is not a key that belongs here"));
  EXPECT_EQ(error_of("input = [8, 8, 2]\n[[block]]\nname = 'a'\ntype = 'depthwise_conv2d'\n"
                     "kernel = 3\ndepth_multiplier = 2\nresidual = 'projection'\n"),
            "f.toml:10: residual: adds input and output, but depth_multiplier makes their numbers "
            "of channels differ; remove one of the two");
}

TEST(Version2, ItsKeysOfConvolutionsAreNotOfVersion1) {
  const auto mistake = [](const std::string& line) {
    return message_of([&] {
      (void)parse_space("format = 'opline-space'\nversion = 1\ntitle = 't'\n" +
                            std::string(kBlock) + "kernel = 3\nwidth = 2\n" + line,
                        "f.toml");
    });
  };
  EXPECT_EQ(mistake("activation = 'hard_swish'\n"),
            "f.toml:10: activation: `hard_swish` is an activation of version 2; write version = 2");
  EXPECT_THAT(mistake("groups = 2\n"),
              HasSubstr("f.toml:10: groups: is not a key that belongs here"));
  EXPECT_THAT(mistake("dilation = 2\n"), HasSubstr("is not a key that belongs here"));
  EXPECT_THAT(mistake("squeeze_excite = { percent = 25 }\n"),
              HasSubstr("is not a key that belongs here"));
}

TEST(Version2, SqueezeAndExcitationIsWhatItsPapersDraw) {
  const Space space =
      space_of(std::string(kBlock) +
               "kernel = 3\nwidth = 20\nsqueeze_excite = { percent = 25, multiple_of = 4, gate = "
               "'hard_sigmoid' }\n");
  EXPECT_EQ(decode(space, {}).canonical_text(),
            "input 8x8x2\n"
            "conv2d t0 3x3 s1x1 same -> 8x8x20 relu\n"
            "mean t1 -> 1x1x20\n"
            "conv2d t2 1x1 s1x1 same -> 1x1x4 relu\n"
            "conv2d t3 1x1 s1x1 same -> 1x1x20\n"
            "add t4 constant 1x1x1 -> 1x1x20 relu6\n"
            "mul t5 constant 1x1x1 -> 1x1x20\n"
            "mul t1 t6 -> 8x8x20\n");
}

TEST(Version2, BitsAreNotADecision) {
  EXPECT_EQ(error_of("weight_bits = { choices = [8, 4] }\n" + std::string(kBlock)),
            "f.toml:4: weight_bits: can't be a decision: all networks of a space have the same; "
            "write 8 or 4, and a space for each");
}

TEST(Version2, NamesOfItemsAreDifferent) {
  const std::string block = "[[block]]\ntype = 'conv2d'\nkernel = 3\nwidth = 2\nname = ";
  const std::string stage = block + "'s'\nrepeat = { choices = [1, 2] }\n";
  EXPECT_THAT(error_of("input = [8, 8, 2]\n" + stage + block + "'s'\n"),
              HasSubstr("`s` names two of a block, a stage, a multiplier and the input"));
  EXPECT_THAT(error_of("input = { choices = [[8, 8, 2], [4, 4, 2]] }\n" + block + "'input'\n"),
              HasSubstr("`input` names two"));
}

TEST(Version2, BranchesThatCannotBeJoinedAreRefused) {
  const std::string head =
      "input = [8, 8, 2]\n[[block]]\nname = 'a'\ntype = 'branches'\njoin = 'add'\n";
  const auto branch = [](const std::string& blocks) {
    return "[[block.branch]]\nblock = [" + blocks + "]\n";
  };
  const std::string conv = "{ type = 'conv2d', kernel = 3, width = ";
  EXPECT_THAT(error_of(head + branch(conv + "4 }") + branch(conv + "6 }")),
              HasSubstr("f.toml:8: join: adds branches of block `a` whose numbers of channels can "
                        "differ"));
  EXPECT_THAT(error_of(head + branch(conv + "[4, 6] }") + branch(conv + "[4, 6] }")),
              HasSubstr("whose numbers of channels can differ"));
  EXPECT_THAT(error_of(head + branch(conv + "4, stride = 2 }") + branch(conv + "4 }")),
              HasSubstr("branch: the branches of block `a` end in maps of 4x4 and 8x8"));
  EXPECT_THAT(error_of(head + branch(conv + "4 }")), HasSubstr("branch: has 1 branches; write 2"));
  EXPECT_THAT(error_of(head + branch("") + branch("")),
              HasSubstr("branch: passes the input in two branches"));
  EXPECT_THAT(error_of(head + branch(conv + "4, skip = 'identity' }") + branch(conv + "4 }")),
              HasSubstr("skip: is not a key that belongs here"));
  EXPECT_THAT(error_of(head + branch("{ type = 'softmax' }") + branch(conv + "4 }")),
              HasSubstr("type: `softmax` can't be within branches"));
  EXPECT_THAT(error_of(head +
                       branch(conv + "4 }, { type = 'conv2d', kernel = 1, width = { ratio = "
                                     "2 } }") +
                       branch(conv + "8 }")),
              HasSubstr("only the first block of a branch has that input"));
  EXPECT_EQ(space_of(head + branch(conv + "2 }") + branch("")).blocks[0].out, (Map{8, 8}))
      << "2 channels reach the block";
  const Space space = space_of(head + branch(conv + "4, stride = 2 }, " + conv + "4 }") +
                               branch(conv + "4, stride = 2 }"));
  EXPECT_EQ(space.blocks[0].branches[0][1].in, (Map{4, 4})) << "what a view shows of inner blocks";
}

TEST(Version2, MistakesOfAnArchitectureHaveTheirRemedy) {
  const Space space = space_of(std::string(kBlock) +
                               "repeat = { choices = [1, 2] }\nkernel = { choices = [3, 5] }\n"
                               "width = [2, 3]\n");
  const auto mistake = [&](const std::string& text) {
    return message_of([&] { (void)parse_architecture(space, text); });
  };
  EXPECT_EQ(to_text(space, {{1, 1, 0, 0, 1}}), "a=2 a1=k5:2 a2=k3:3");
  EXPECT_EQ(mistake("a=2 a1=k5:2"), "architecture of f: block a2 is missing; add a2=...");
  EXPECT_EQ(mistake("a=1 a1=k5:2 a2=k3:2"),
            "architecture of f: block a2 is there, but a.repeat is 1; remove it");
  EXPECT_EQ(
      mistake("a=3 a1=k5:2"),
      "architecture of f: `3` is not a number of repetitions of a; write one of 1, 2, as in 1");
  EXPECT_EQ(mistake("a=1 a1=k7:2"),
            "architecture of f: `k7` is not a kernel of block a1; write one of 3, 5, as in k3");
  EXPECT_EQ(
      mistake("a=1 a1=2"),
      "architecture of f: `2` is not a choice for block a1; write a kernel and a width, as in "
      "a1=k3:2");
}

TEST(Version2, OptionsAreRestrictedByTheirText) {
  const Space space = space_of(std::string(kBlock) +
                               "repeat = { choices = [1, 2, 3] }\nkernel = { choices = [3, 5] }\n"
                               "width = [2, 3]\n");
  EXPECT_EQ(parse_allowed(space, "a.repeat=2..3").options, (std::vector<std::uint16_t>{1, 2}));
  EXPECT_EQ(parse_allowed(space, "a1.kernel=5").options, (std::vector<std::uint16_t>{1}));
  EXPECT_EQ(message_of([&] { (void)parse_allowed(space, "a1.kernel=7"); }, ErrorCode::usage),
            "`7` is not an option of a1.kernel; it has 3, 5");
  Distribution distribution(Prior::uniform_networks);
  distribution.constraint.where = {parse_allowed(space, "a.repeat=2")};
  EXPECT_EQ(Sampler(space, distribution).networks(), BigCount(4 * 4));
}

}  // namespace
}  // namespace opline::sampler
