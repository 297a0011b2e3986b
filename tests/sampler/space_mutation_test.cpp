// Damaged space files and architecture texts: an Error that blames the input, or success; never
// anything else.
#include <gmock/gmock.h>

#include "sampler/draw/sample.h"
#include "sampler/draw/space_view.h"
#include "sampler/space/decode.h"
#include "src/base/error.h"
#include "tests/error_message.h"
#include "tests/fuzz/mutator.h"
#include "tests/fuzz/space_corpus.h"

namespace opline::sampler {
namespace {

void use(const Space& space) {
  EXPECT_FALSE(describe(space).empty());
  EXPECT_NO_THROW((void)opline::to_text(to_json(view(space))));
  for (std::uint64_t i = 0; i < 3; ++i) {
    const Architecture drawn = sample(space, Prior::uniform_decisions, 1, i);
    EXPECT_FALSE(decode(space, drawn).layers().empty());
    EXPECT_EQ(parse_architecture(space, to_text(space, drawn)), drawn);
  }
}

constexpr std::uint64_t kSeed = 2024;
const fuzz::Corpus kCorpus{.seeds = {}, .fragments = fuzz::kSpaceFragments};

struct Tally {
  int refused = 0;
  int accepted = 0;
};

Tally damage(const std::string& name, std::uint64_t rounds) {
  const std::string text = fuzz::without_comments(load_space(name).text);
  Tally tally;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    const std::string mutant = fuzz::Mutator(kCorpus, kSeed, i).mutate(text);
    const auto refusal = refusal_of([&] { use(parse_space(mutant, "mutant.toml")); });
    ++(refusal ? tally.refused : tally.accepted);
    EXPECT_THAT(refusal.value_or("mutant.toml:"), testing::StartsWith("mutant.toml:")) << mutant;
  }
  return tally;
}

TEST(SpaceMutation, DamagedFilesAreRefusedWithAPlaceOrWorkInFull) {
  for (const char* name : {"kws", "tiny", "vww50"}) {
    const Tally tally = damage(name, 4000);
    EXPECT_GT(tally.refused, 1000) << name;
    EXPECT_GT(tally.accepted, 200) << name << ": mutations that are all fatal would test little";
  }
}

TEST(SpaceMutation, DamagedArchitecturesAreRefusedOrRoundTrip) {
  for (const char* name : {"kws", "vww50"}) {
    const Space space = load_space(name);
    const std::string text = to_text(space, sample(space, Prior::uniform_decisions, 1, 0));
    for (std::uint64_t i = 0; i < 4000; ++i) {
      const std::string mutant = fuzz::Mutator(kCorpus, kSeed, i).mutate(text);
      refusal_of([&] {
        const Architecture read = parse_architecture(space, mutant);
        EXPECT_EQ(parse_architecture(space, to_text(space, read)), read) << mutant;
      });
    }
  }
}

}  // namespace
}  // namespace opline::sampler
