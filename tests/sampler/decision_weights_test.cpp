#include "sampler/draw/decision_weights.h"

#include <gmock/gmock.h>

#include "sampler/draw/sample.h"
#include "tests/error_message.h"
#include "tests/sampler/chi_square.h"
#include "tests/sampler/small_spaces.h"

namespace opline::sampler {
namespace {

using testing::HasSubstr;

Space small() { return parse_space(kSmallSpace, "small.toml"); }

std::string file(const std::string& weights) {
  return "format = \"opline-weights\"\nversion = 1\ntitle = \"learnt\"\n[weights]\n" + weights;
}

DecisionWeights read(const std::string& weights) {
  return parse_weights(file(weights), "w.toml", small());
}

TEST(DecisionWeights, AreDrawnInProportion) {
  const Space space = small();
  const Sampler sampler(space,
                        Distribution(read("conv.width = [1, 0, 3]\nblock1.skip = [0.9, 0.1]\n"
                                          "stage.width = [2.5e-3, 7.5e-3]")));
  std::vector<std::vector<std::uint64_t>> counts;
  for (const Decision& decision : space.decisions) counts.emplace_back(decision.options.size(), 0);
  for (const Sampler::Draw& draw : sampler.draw_many(7, 20'000)) {
    for (std::size_t d = 0; d < counts.size(); ++d) {
      if (is_active(space, draw.architecture, d)) ++counts[d][draw.architecture.options[d]];
    }
  }
  EXPECT_EQ(counts[0][1], 0U) << "weight 0 is never drawn";
  const auto p = [&](const char* name, const std::vector<double>& shares) {
    for (std::size_t d = 0; d < counts.size(); ++d) {
      if (space.decisions[d].name == name) return chi_square_p(counts[d], shares);
    }
    return 0.0;
  };
  EXPECT_GT(chi_square_p({counts[0][0], counts[0][2]}, {0.25, 0.75}), 1e-4);
  EXPECT_GT(p("block1.skip", {0.9, 0.1}), 1e-4);
  EXPECT_GT(p("block2.skip", {0.5, 0.5}), 1e-4) << "not named: uniform";
  EXPECT_GT(p("stage.width", {0.25, 0.75}), 1e-4);
}

TEST(DecisionWeights, LastOptionWithAWeightIsReached) {
  const Space space = small();
  const Sampler sampler(space, Distribution(read("conv.width = [0, 1, 0]")));
  for (const Sampler::Draw& draw : sampler.draw_many(7, 500))
    EXPECT_EQ(draw.architecture.options[0], 1);
}

TEST(DecisionWeights, AllowedOptionsShareTheWeight) {
  Distribution distribution(read("conv.width = [1, 2, 6]"));
  distribution.constraint.where = {parse_allowed(small(), "conv.width=4..8")};
  std::vector<std::uint64_t> counts(3, 0);
  for (const Sampler::Draw& draw : Sampler(small(), distribution).draw_many(7, 9'000)) {
    ++counts[draw.architecture.options[0]];
  }
  EXPECT_EQ(counts[2], 0U);
  EXPECT_GT(chi_square_p({counts[0], counts[1]}, {1.0 / 3, 2.0 / 3}), 1e-4);
  distribution = Distribution(read("conv.width = [0, 0, 6]"));
  distribution.constraint.where = {parse_allowed(small(), "conv.width=4..8")};
  EXPECT_THROW(Sampler(small(), distribution), Error);
}

TEST(DecisionWeights, DigestIsOfWhatIsDrawn) {
  const std::string digest = read("conv.width = [1, 0, 3]").digest;
  EXPECT_EQ(digest.size(), 16U);
  EXPECT_EQ(read("# a comment\nconv.width = [ 1.0, 0, 3e0 ]").digest, digest);
  EXPECT_NE(read("conv.width = [1, 0, 4]").digest, digest);
  EXPECT_NE(read("block1.width = [1, 0, 3]").digest, digest);
  EXPECT_EQ(Distribution(read("conv.width = [1, 0, 3]")).name(small()),
            "decision-weights " + digest);
}

TEST(DecisionWeights, MistakesAreNamed) {
  const auto message = [](const std::string& text) {
    return message_of([&] { (void)parse_weights(text, "w.toml", small()); });
  };
  EXPECT_THAT(message(file("conv.skip = [1, 2]")),
              HasSubstr("w.toml:5: skip: `conv.skip` is not a decision of small"));
  EXPECT_THAT(
      message(file("conv.width = [1, 2]")),
      HasSubstr(
          "w.toml:5: width: has 2 weights, but conv.width has 3 options (4..12 step 4); write "
          "one an option"));
  EXPECT_THAT(message(file("conv.width = [0, 0, 0]")), HasSubstr("no weight above 0"));
  EXPECT_THAT(message(file("conv.width = [1, -1, 0]")),
              HasSubstr("has -1; each must be from 0 to"));
  EXPECT_THAT(message(file("conv.width = [1, nan, 0]")), HasSubstr("has nan"));
  EXPECT_THAT(message(file("conv.width = [1, inf, 0]")), HasSubstr("has inf"));
  EXPECT_THAT(message(file("conv.width = 1")), HasSubstr("must be a list of numbers"));
  EXPECT_THAT(message(file("conv = 1")), HasSubstr("conv: must be a table"));
  EXPECT_THAT(message("format = \"opline-space\"\nversion = 1\n"), HasSubstr("w.toml:1: format"));
  EXPECT_THAT(message("format = \"opline-weights\"\nversion = 2\n"), HasSubstr("update opline"));
  EXPECT_THAT(message("tittle = 1\n" + file("")), HasSubstr("did you mean `title`?"));
  EXPECT_THAT(message("format = \"opline-weights\"\nversion = 1\ntitel = \"t\"\n[weights]\n"),
              HasSubstr("w.toml:3: titel: is not a key that belongs here; did you mean `title`?"));
}

}  // namespace
}  // namespace opline::sampler
