#include "sampler/space/space_mistakes.h"

#include <gmock/gmock.h>

#include <sstream>

#include "sampler/space/space.h"
#include "tests/error_message.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/space_corpus.h"

namespace opline::sampler {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

TEST(SpaceMistakes, EveryBlockAndTheHeadAreNamed) {
  EXPECT_THAT(
      space_mistakes(R"(format = "opline-space"
version = 1
title = 3
input = [8, 8]
[[block]]
name = "a"
type = "conv2d"
kernell = 3
width = 4
[[block]]
name = "b"
type = "conv2d"
kernel = 3
width = [8, 4]
[[block]]
name = "c"
type = "conv3d"
[[block]]
name = "d"
type = "softmax"
)",
                     "s.toml"),
      ElementsAre(
          StartsWith("s.toml:3: title: "), StartsWith("s.toml:4: input: "),
          StartsWith("s.toml:8: kernell: is not a key that belongs here; did you mean `kernel`?"),
          StartsWith("s.toml:14: width: "), StartsWith("s.toml:17: type: ")));
}

TEST(SpaceMistakes, EveryUnknownKeyIsAMistakeOfItsOwn) {
  EXPECT_THAT(space_mistakes(R"(format = "opline-space"
version = 2
title = "t"
input = [8, 8, 1]
[[block]]
name = "a"
type = "inverted_bottleneck"
kernel = 3
expansion = { ratio = { choices = [3, 6] } }
squeeze_excite = { percent = { choices = [0, 25] } }
width = 4
)",
                             "s.toml"),
              ElementsAre("s.toml:9: choices: is not a key that belongs here; write a value or a "
                          "list here, no table",
                          "s.toml:10: choices: is not a key that belongs here; write a value or a "
                          "list here, no table"));
}

TEST(SpaceMistakes, EveryKeyOfABlockIsNamed) {
  EXPECT_THAT(space_mistakes(R"(format = "opline-space"
version = 1
title = "t"
input = [8, 8, 1]
[[block]]
name = "A"
type = "inverted_bottleneck"
first = 2
kernel = 0
stride = [1, 2, 3]
padding = "full"
expansion = "same"
width = [8, 4]
tie = "T"
activation = "gelu"
residual = 1
skip = true
)",
                             "s.toml"),
              ElementsAre(StartsWith("s.toml:6: name: "), StartsWith("s.toml:8: first: "),
                          StartsWith("s.toml:9: kernel: "), StartsWith("s.toml:10: stride: "),
                          StartsWith("s.toml:11: padding: "), StartsWith("s.toml:12: expansion: "),
                          StartsWith("s.toml:13: width: "), StartsWith("s.toml:14: tie: "),
                          StartsWith("s.toml:15: activation: "),
                          StartsWith("s.toml:16: residual: "), StartsWith("s.toml:17: skip: ")));
}

TEST(SpaceMistakes, NothingIsMadeUpBecauseOfAnotherMistake) {
  EXPECT_THAT(space_mistakes(R"(format = "opline-space"
version = 1
title = "t"
input = [8, 8, 1]
[[block]]
name = "a"
type = "conv2d"
kernell = 3
widht = { from = 8, to = 16, step = 8 }
tie = "t"
stride = 0
)",
                             "s.toml"),
              ElementsAre(StartsWith("s.toml:8: kernell: is not a key"),
                          StartsWith("s.toml:9: widht: is not a key"),
                          StartsWith("s.toml:11: stride: is 0")))
      << "kernel and width are not missing, and the tie may be right";
  EXPECT_THAT(
      space_mistakes("format = \"opline-space\"\nversion = 1\ntitle = \"t\"\ninput = [8, 8, 1]\n",
                     "s.toml"),
      ElementsAre(StartsWith("s.toml:1: block: is missing")));
}

TEST(SpaceMistakes, NamesTiesAndResidualsAreToldTogether) {
  EXPECT_THAT(space_mistakes(R"(format = "opline-space"
version = 1
title = "t"
input = [8, 8, 1]
[[block]]
name = "a"
type = "conv2d"
kernel = 3
width = [4, 8]
tie = "alone"
[[block]]
name = "a"
type = "conv2d"
kernel = 3
width = [4, 8]
residual = true
[[block]]
name = "c"
type = "conv2d"
kernel = 3
width = [4, 8]
tie = "a"
)",
                             "s.toml"),
              ElementsAre(StartsWith("s.toml:12: name: `a` is also the block"),
                          StartsWith("s.toml:16: residual: needs the number of channels"),
                          StartsWith("s.toml:22: tie: `a` is also the block"),
                          StartsWith("s.toml:10: tie: `alone` ties block `a` to no other")));
}

TEST(SpaceMistakes, HowBlocksGoTogetherIsToldOnceTheyAreRight) {
  EXPECT_THAT(space_mistakes(R"(format = "opline-space"
version = 1
title = "t"
input = [8, 8, 1]
[[block]]
name = "a"
type = "conv2d"
kernel = 9
padding = "valid"
width = 4
)",
                             "s.toml"),
              ElementsAre(StartsWith("s.toml:8: kernel: 9x9 is larger than the 8x8 map")));
  EXPECT_THAT(space_mistakes("format = 1", "s.toml"), ElementsAre(StartsWith("s.toml:1: format")));
  EXPECT_THAT(space_mistakes("= 1", "s.toml"), ElementsAre(StartsWith("s.toml:1: not valid TOML")));
}

TEST(SpaceMistakes, ThereAreSomeExactlyWhereLoadingFails) {
  const fuzz::Corpus corpus{.seeds = {fuzz::without_comments(load_space("kws").text),
                                      fuzz::without_comments(load_space("vww50").text)},
                            .fragments = fuzz::kSpaceFragments};
  int refused = 0;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const std::string text = fuzz::Mutator(corpus, 51, i).mutant();
    const std::vector<std::string> mistakes = space_mistakes(text, "mutant.toml");
    const auto first = refusal_of([&] { (void)parse_space(text, "mutant.toml"); });
    EXPECT_EQ(mistakes.empty(), !first) << text;
    if (!first) continue;
    ++refused;
    std::istringstream lines(*first);
    for (std::string line; std::getline(lines, line);)
      EXPECT_THAT(mistakes, testing::Contains(line)) << "what loading says is among them\n" << text;
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace opline::sampler
