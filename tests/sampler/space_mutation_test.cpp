// Damaged space files and architecture texts: an Error that blames the input, or success; never anything
// else.
#include <gmock/gmock.h>

#include <sstream>

#include "sampler/decode.h"
#include "sampler/sample.h"
#include "sampler/space_view.h"
#include "src/base/error.h"
#include "src/base/random.h"

namespace opline::sampler {
namespace {

const std::vector<std::string> kFragments = {"0",
                                             "1",
                                             "-1",
                                             "2",
                                             "255",
                                             "256",
                                             "512",
                                             "65535",
                                             "65536",
                                             "9223372036854775807",
                                             "1e9",
                                             "nan",
                                             "true",
                                             "''",
                                             "\"same\"",
                                             "\"valid\"",
                                             "\"global\"",
                                             "\"identity\"",
                                             "[]",
                                             "[1]",
                                             "[1, 2]",
                                             "[2, 1]",
                                             "[1, 1, 1]",
                                             "{}",
                                             "{ from = 1, to = 65535, step = 1 }",
                                             "{ from = 9, to = 1, step = 2 }",
                                             "1979-05-27",
                                             "\n[[block]]\n",
                                             "\n[block]\n",
                                             "residual = true\n",
                                             "skip = \"identity\"\n",
                                             "repeat = 512\n",
                                             "tie = \"stage2\"\n",
                                             "expansion = [4, 8]\n",
                                             "{ base = 24, percent = [10, 90], multiple_of = 4 }",
                                             "stride = 2\n",
                                             "\"softmax\"",
                                             "\"conv2d\"",
                                             "\"depthwise_conv2d\"",
                                             "\"inverted_bottleneck\"",
                                             "\"fully_connected\"",
                                             "\"average_pool_2d\"",
                                             "#",
                                             "\"",
                                             "\xff",
                                             "=",
                                             ","};

class Mutator {
 public:
  explicit Mutator(std::uint64_t index) : random_(2024, index) {}

  std::string mutate(const std::string& text) {
    std::string result = text;
    for (std::uint32_t i = 0, count = 1 + random_.below(2); i < count; ++i) result = once(std::move(result));
    return result;
  }

 private:
  std::size_t pick(std::size_t bound) { return random_.below(static_cast<std::uint32_t>(bound)); }

  std::string once(std::string text) {
    if (text.empty()) return text;
    switch (random_.below(4)) {
      case 0: {  // a byte
        text[pick(text.size())] = static_cast<char>(random_.below(256));
        return text;
      }
      case 1: {  // a piece out
        const std::size_t begin = pick(text.size());
        return text.erase(begin, 1 + pick(40));
      }
      case 2: {  // a line again, elsewhere
        const std::size_t begin = text.rfind('\n', pick(text.size())) + 1;
        const std::string line = text.substr(begin, text.find('\n', begin) - begin) + "\n";
        return text.insert(text.rfind('\n', pick(text.size())) + 1, line);
      }
      default: {  // another value
        const std::size_t equals = text.find('=', pick(text.size()));
        if (equals == text.npos) return text;
        const std::size_t end = std::min(text.find('\n', equals), text.size());
        return text.replace(equals + 1, end - equals - 1, " " + kFragments[pick(kFragments.size())]);
      }
    }
  }

  RandomStream random_;
};

/// The text without comments, so that most mutations hit something that counts.
std::string bare(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  std::string result;
  while (std::getline(lines, line)) {
    line = line.substr(0, line.find('#'));
    if (!line.empty()) result += line + "\n";
  }
  return result;
}

void use(const Space& space) {
  EXPECT_FALSE(describe(space).empty());
  EXPECT_NO_THROW((void)opline::to_text(to_json(view(space))));
  for (std::uint64_t i = 0; i < 3; ++i) {
    const Architecture drawn = sample(space, Prior::uniform_decisions, 1, i);
    EXPECT_FALSE(decode(space, drawn).layers().empty());
    EXPECT_EQ(parse_architecture(space, to_text(space, drawn)), drawn);
  }
}

struct Tally {
  int refused = 0;
  int accepted = 0;
};

Tally damage(const std::string& name, std::uint64_t rounds) {
  const std::string text = bare(load_space(name).text);
  Tally tally;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    const std::string mutant = Mutator(i).mutate(text);
    try {
      use(parse_space(mutant, "mutant.toml"));
      ++tally.accepted;
    } catch (const Error& error) {
      ++tally.refused;
      EXPECT_EQ(error.code(), ErrorCode::input) << error.what() << "\n" << mutant;
      EXPECT_THAT(error.what(), testing::StartsWith("mutant.toml:")) << mutant;
    }
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
      const std::string mutant = Mutator(i).mutate(text);
      try {
        const Architecture read = parse_architecture(space, mutant);
        EXPECT_EQ(parse_architecture(space, to_text(space, read)), read) << mutant;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::input) << mutant;
      }
    }
  }
}

}  // namespace
}  // namespace opline::sampler
