#include "sampler/space/architecture.h"

#include <gmock/gmock.h>

#include <set>

#include "sampler/draw/sample.h"
#include "tests/error_message.h"

namespace opline::sampler {
namespace {

constexpr const char* kHead =
    "format = 'opline-space'\nversion = 1\ntitle = 't'\ninput = [8, 8, 3]\n";

Space small_space() {
  return parse_space(
      std::string(kHead) +
          "[[block]]\nname = 'conv'\ntype = 'conv2d'\nkernel = 3\nwidth = [3, 4, 8]\n"
          "[[block]]\nname = 'ds'\ntype = 'depthwise_separable'\nkernel = 3\nwidth = [5, 6]\n"
          "skip = 'identity'\n"
          "[[block]]\nname = 'res'\ntype = 'conv2d'\nkernel = 1\nwidth = 'same'\nresidual = true\n"
          "skip = 'identity'\n"
          "[[block]]\nname = 'last'\ntype = 'fully_connected'\nwidth = 2\n",
      "small.toml");
}

std::string error_of(const Space& space, const std::string& text) {
  return message_of([&] { (void)parse_architecture(space, text); });
}

TEST(Architecture, TextNamesTheChoiceOfEveryBlockThatHasOne) {
  const Space space = small_space();  // decisions: conv.width ds.skip ds.width res.skip
  EXPECT_EQ(to_text(space, {{2, 0, 1, 0}}), "conv=8 ds=6 res=keep");
  EXPECT_EQ(to_text(space, {{0, 1, 1, 1}}), "conv=3 ds=skip res=skip");
}

TEST(Architecture, ParsesInAnyOrderAndWithAnyBlanks) {
  const Space space = small_space();
  EXPECT_EQ(parse_architecture(space, "conv=8 ds=6 res=keep"), (Architecture{{2, 0, 1, 0}}));
  EXPECT_EQ(parse_architecture(space, "\t res=skip\n ds=skip  conv=4\r\n"),
            (Architecture{{1, 1, 0, 1}}));
}

TEST(Architecture, WidthOfASkippedBlockDoesNotMatter) {
  const Space space = small_space();
  const Architecture drawn{{0, 1, 1, 0}};
  EXPECT_FALSE(is_active(space, drawn, 2));
  EXPECT_TRUE(is_active(space, drawn, 0));
  EXPECT_TRUE(is_active(space, drawn, 1));
  EXPECT_TRUE(is_active(space, Architecture{{0, 0, 1, 0}}, 2));
  EXPECT_EQ(canonical(space, drawn), (Architecture{{0, 1, 0, 0}}));
  EXPECT_EQ(to_text(space, drawn), to_text(space, canonical(space, drawn)));
}

TEST(Architecture, TextAndCanonicalArchitectureAreOneToOne) {
  const Space space = small_space();
  std::set<std::string> texts;
  for (std::uint16_t i = 0; i < 3 * 2 * 2 * 2; ++i) {
    const Architecture any{
        {static_cast<std::uint16_t>(i / 8), static_cast<std::uint16_t>(i / 4 % 2),
         static_cast<std::uint16_t>(i / 2 % 2), static_cast<std::uint16_t>(i % 2)}};
    texts.insert(to_text(space, any));
    EXPECT_EQ(parse_architecture(space, to_text(space, any)), canonical(space, any));
  }
  EXPECT_EQ(texts.size(), 3U * (2 + 1) * 2);
}

TEST(Architecture, EveryMistakeHasItsRemedy) {
  const Space space = small_space();
  const std::string head = "architecture of small: ";
  EXPECT_EQ(error_of(space, ""), head + "block conv is missing; add conv=...");
  EXPECT_EQ(error_of(space, "conv=8 res=keep"), head + "block ds is missing; add ds=...");
  EXPECT_EQ(error_of(space, "conv=8 conv=8"), head + "block conv is there twice; remove one");
  EXPECT_EQ(error_of(space, "last=2"),
            head + "`last` is not a block with a decision; these are: conv, ds, res");
  EXPECT_EQ(error_of(space, "conv"), head + "`conv` is not of the form block=choice");
  EXPECT_EQ(error_of(space, "conv=7"), head + "7 is not a width of block conv; the nearest is 8");
  EXPECT_EQ(error_of(space, "ds=-2147483648"),
            head + "-2147483648 is not a width of block ds; the nearest is 5, or skip");
  EXPECT_EQ(error_of(space, "conv=skip"),
            head + "`skip` is not a choice for block conv; write a width, as in conv=3");
  EXPECT_EQ(error_of(space, "ds=6x"),
            head + "`6x` is not a choice for block ds; write a width, as in ds=5, or skip");
  EXPECT_EQ(
      error_of(space, "ds=99999999999"),
      head + "`99999999999` is not a choice for block ds; write a width, as in ds=5, or skip");
  EXPECT_EQ(error_of(space, "res=4"),
            head + "`4` is not a choice for block res; write keep or skip");
}

TEST(Architecture, ASpaceWithoutDecisionsHasOne) {
  const Space space = parse_space(
      std::string(kHead) + "[[block]]\nname = 'conv'\ntype = 'conv2d'\nkernel = 3\nwidth = 3\n",
      "one.toml");
  EXPECT_EQ(to_text(space, {}), "fixed");
  EXPECT_EQ(parse_architecture(space, " fixed "), Architecture{});
  EXPECT_EQ(sample(space, Prior::uniform_decisions, 1, 7), Architecture{});
  EXPECT_EQ(error_of(space, "conv=3"), "architecture of one: it has no decisions; write fixed");
}

TEST(Architecture, WhatIsNoArchitectureOfTheSpaceIsABug) {
  const Space space = small_space();
  EXPECT_THROW((void)to_text(space, {{0, 0, 0}}), Error);
  EXPECT_THROW((void)canonical(space, {{3, 0, 0, 0}}), Error);
}

}  // namespace
}  // namespace opline::sampler
