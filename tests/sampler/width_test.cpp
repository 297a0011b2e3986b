// Widths as shares of a base, and widths that blocks share.
#include <gmock/gmock.h>

#include "sampler/space/space.h"
#include "sampler/space/width_reader.h"
#include "tests/error_message.h"

namespace opline::sampler {
namespace {

using testing::ElementsAre;

constexpr const char* kHead =
    "format = \"opline-space\"\n"  // line 1
    "version = 1\n"                // 2
    "title = \"t\"\n"              // 3
    "input = [8, 8, 3]\n"          // 4
    "[[block]]\n"                  // 5
    "name = \"a\"\n"               // 6
    "type = \"conv2d\"\n"          // 7
    "kernel = 3\n";                // 8

Space space_of(const std::string& rest) { return parse_space(kHead + rest, "f.toml"); }

std::string error_of(const std::string& rest) {
  return message_of([&] { (void)space_of(rest); });
}

std::vector<int> options_of(const std::string& width) {
  return space_of("width = " + width + "\n").decisions.at(0).options;
}

TEST(Share, IsTheNearestMultipleHalvesUpAndAtLeastOne) {
  EXPECT_EQ(share_of(24, 100, 1), 24);
  EXPECT_EQ(share_of(25, 50, 1), 13) << "12.5";
  EXPECT_EQ(share_of(24, 25, 4), 8) << "6 is as near to 4 as to 8";
  EXPECT_EQ(share_of(100, 49, 50), 50);
  EXPECT_EQ(share_of(16, 10, 4), 4) << "1.6 is nearest to 0";
  EXPECT_EQ(share_of(65535, 1000, 65535), 655350) << "no overflow";
}

TEST(Share, PercentagesAreAListOrARange) {
  EXPECT_THAT(options_of("{ base = 96, percent = [10, 50, 100], multiple_of = 1 }"),
              ElementsAre(10, 48, 96));
  EXPECT_THAT(
      options_of("{ base = 96, percent = { from = 20, to = 100, step = 40 }, multiple_of = 8 }"),
      ElementsAre(16, 56, 96));
  EXPECT_THAT(options_of("{ base = 10, percent = [50, 150], multiple_of = 1 }"),
              ElementsAre(5, 15));
}

TEST(Share, WhatRoundsToOneWidthIsOneOption) {
  EXPECT_THAT(
      options_of("{ base = 16, percent = { from = 10, to = 100, step = 10 }, multiple_of = 4 }"),
      ElementsAre(4, 8, 12, 16));
}

TEST(Share, IsTheSameSpaceAsTheListOfItsWidths) {
  EXPECT_EQ(space_of("width = { base = 16, percent = [25, 100], multiple_of = 4 }\n").id,
            space_of("width = [4, 16]\n").id);
}

TEST(Share, MistakesHaveTheirRemedy) {
  const auto error = [](const std::string& width) { return error_of("width = " + width + "\n"); };
  EXPECT_EQ(error("{ base = 16, percent = [50, 100] }"),
            "f.toml:9: multiple_of: is missing; add it as an integer");
  EXPECT_EQ(error("{ percent = [50, 100], multiple_of = 4 }"),
            "f.toml:9: base: is missing; add it as an integer");
  EXPECT_EQ(error("{ base = 16, multiple_of = 4 }"),
            "f.toml:9: percent: is missing; add it as a table");
  EXPECT_EQ(error("{ base = 16, percent = [50, 100], multiple_of = 0 }"),
            "f.toml:9: multiple_of: is 0; it must be from 1 to 65535");
  EXPECT_EQ(error("{ base = 0, percent = [50, 100], multiple_of = 4 }"),
            "f.toml:9: base: is 0; it must be from 1 to 65535");
  EXPECT_EQ(error("{ base = 16, percent = [], multiple_of = 4 }"),
            "f.toml:9: percent: is an empty list; list at least two percentages");
  EXPECT_EQ(error("{ base = 16, percent = [0, 50], multiple_of = 4 }"),
            "f.toml:9: percent: 0 is not a percentage; it must be from 1 to 1000");
  EXPECT_EQ(error("{ base = 16, percent = [50, 1001], multiple_of = 4 }"),
            "f.toml:9: percent: 1001 is not a percentage; it must be from 1 to 1000");
  EXPECT_EQ(error("{ base = 16, percent = [100, 50], multiple_of = 4 }"),
            "f.toml:9: percent: 50 follows 100; list the percentages in ascending order, "
            "each once");
  EXPECT_EQ(error("{ base = 16, percent = { from = 10, to = 95, step = 10 }, multiple_of = 4 }"),
            "f.toml:9: to: is 95, but steps of 10 from 10 end on 90; write that, or another step");
  EXPECT_EQ(error("{ base = 16, percent = { from = 10, to = 100, setp = 10 }, multiple_of = 4 }"),
            "f.toml:9: setp: is not a key that belongs here; did you mean `step`?");
  EXPECT_EQ(error("{ base = 16, percent = [10, 20], multiple_of = 4 }"),
            "f.toml:9: width: leaves no choice; write width = 4");
  EXPECT_EQ(error("{ base = 65535, percent = [50, 200], multiple_of = 1 }"),
            "f.toml:9: percent: 200 % of 65535 is 131070; a width is at most 65535");
  EXPECT_EQ(
      error("{ base = 16, percent = [50, 100], multiple_of = 4, from = 3 }"),
      "f.toml:9: from: is not a key that belongs here; known here: base, multiple_of, percent");
}

TEST(Tie, RepetitionsAndBlocksShareOneDecision) {
  const Space space = space_of(
      "width = [4, 8]\nrepeat = 2\ntie = \"g\"\n"
      "[[block]]\nname = \"p\"\ntype = \"max_pool_2d\"\nkernel = 2\n"
      "[[block]]\nname = \"b\"\ntype = \"conv2d\"\nkernel = 1\nwidth = { from = 4, to = 8, step = "
      "4 }\n"
      "tie = \"g\"\nresidual = true\nskip = \"identity\"\n"
      "[[block]]\nname = \"c\"\ntype = \"conv2d\"\nkernel = 1\nwidth = [4, 8]\n");
  EXPECT_EQ(space.canonical_text(),
            "opline-space 1\n"
            "input 8x8x3\n"
            "a1 conv2d 3x3 s1x1 same relu width 4,8 tie g\n"
            "a2 conv2d 3x3 s1x1 same relu width 4,8 tie g\n"
            "p max_pool_2d 2x2 s2x2 same none width same\n"
            "b conv2d 1x1 s1x1 same relu width 4,8 tie g residual skip\n"
            "c conv2d 1x1 s1x1 same relu width 4,8\n");
  ASSERT_EQ(space.decisions.size(), 3U);
  EXPECT_EQ(space.decisions[0].name, "g.width");
  EXPECT_THAT(space.decisions[0].blocks, ElementsAre(0, 1, 3));
  EXPECT_EQ(space.decisions[1].name, "b.skip");
  EXPECT_EQ(space.decisions[2].name, "c.width");
  EXPECT_THAT(space.decisions[2].blocks, ElementsAre(4));
}

TEST(Tie, MistakesHaveTheirRemedy) {
  const std::string second =
      "[[block]]\nname = \"b\"\ntype = \"conv2d\"\nkernel = 3\nwidth = [4, 9]\n";
  EXPECT_EQ(error_of("width = [4, 8]\ntie = \"g\"\n" + second + "tie = \"g\"\n"),
            "f.toml:15: width: has other options than that of the block at f.toml:5, to which `g` "
            "ties it; "
            "make them equal");
  EXPECT_EQ(error_of("width = [4, 9]\ntie = \"g\"\n" + second),
            "f.toml:10: tie: `g` ties block `a` to no other; give another block the same tie, or "
            "remove it");
  EXPECT_EQ(error_of("width = [4, 9]\ntie = \"b\"\n" + second + "tie = \"b\"\n"),
            "f.toml:10: tie: `b` is also the block at f.toml:11; give the tie a name of its own");
  EXPECT_EQ(error_of("width = 4\ntie = \"g\"\n"),
            "f.toml:10: tie: shares the decision of a width, but the width of this block is not a "
            "decision; "
            "remove it");
  EXPECT_EQ(error_of("width = [4, 8]\ntie = \"G\"\n"),
            "f.toml:10: tie: must be 1 to 40 lower-case letters, digits and _, a letter first");
  EXPECT_EQ(error_of("width = 4\n[[block]]\nname = \"b\"\ntype = \"softmax\"\ntie = \"g\"\n"),
            "f.toml:13: tie: is not a key that belongs here; did you mean `type`?");
}

TEST(Residual, NeedsTheChannelsThatComeInWhateverIsDecided) {
  const auto second = [](const std::string& width) {
    return "[[block]]\nname = \"b\"\ntype = \"conv2d\"\nkernel = 3\nresidual = true\nwidth = " +
           width + "\n";
  };
  const std::string tied = "tie = \"g\"\n";
  const std::string error =
      "f.toml:14: residual: needs the number of channels that reaches block `b`, so that input and "
      "output "
      "can be "
      "added; write width = \"same\", or tie its width to the block before it";
  EXPECT_EQ(space_of("width = 4\n\n" + second("4")).blocks[1].residual, Residual::identity)
      << "fixed and equal";
  EXPECT_EQ(error_of("width = 4\n\n" + second("5")).substr(12), error.substr(12));
  EXPECT_EQ(space_of("width = [4, 8]\n" + tied + second("[4, 8]") + tied).blocks[1].residual,
            Residual::identity);
  EXPECT_EQ(error_of("width = [4, 8]\n" + second("[4, 8]")), error)
      << "equal options, two decisions";
  EXPECT_EQ(error_of("width = [4, 8]\n" + tied + "skip = \"identity\"\n" + second("[4, 8]") + tied)
                .substr(12),
            error.substr(12))
      << "where `a` is skipped, 3 channels come in";
  EXPECT_EQ(
      space_of("width = [4, 8]\nskip = \"identity\"\n" + second("\"same\"")).blocks[1].residual,
      Residual::identity);
}

}  // namespace
}  // namespace opline::sampler
