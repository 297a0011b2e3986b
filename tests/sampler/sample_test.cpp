#include "sampler/draw/sample.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>

#include "src/base/files.h"
#include "src/base/random.h"
#include "tests/error_message.h"
#include "tests/sampler/chi_square.h"

namespace opline::sampler {
namespace {

constexpr Prior kPrior = Prior::uniform_decisions;

TEST(Sample, UniformDecisionsIsItsDefinition) {
  for (const char* name : {"kws", "tiny"}) {
    const Space space = load_space(name);
    for (const std::uint64_t index : {0ULL, 1ULL, 999ULL, 0xFFFF'FFFF'FFFFULL}) {
      RandomStream stream(42, index);
      Architecture drawn;
      for (const Decision& decision : space.decisions) {
        drawn.options.push_back(static_cast<std::uint16_t>(
            stream.below(static_cast<std::uint32_t>(decision.options.size()))));
      }
      EXPECT_EQ(sample(space, kPrior, 42, index), canonical(space, drawn));
    }
  }
}

TEST(Sample, ThreadsAndOrderChangeNothing) {
  const Space kws = load_space("kws");
  const std::vector<Architecture> alone = sample_many(kws, kPrior, 5, 10, 1001, 1);
  ASSERT_EQ(alone.size(), 1001U);
  for (const unsigned threads : {2U, 3U, 7U, 64U}) {
    EXPECT_EQ(sample_many(kws, kPrior, 5, 10, 1001, threads), alone) << threads << " threads";
  }
  EXPECT_EQ(sample_many(kws, kPrior, 5, 10, 3, 8),
            std::vector<Architecture>(alone.begin(), alone.begin() + 3));
  EXPECT_TRUE(sample_many(kws, kPrior, 5, 10, 0, 4).empty());
  for (std::size_t i = alone.size(); i-- > 0;) EXPECT_EQ(sample(kws, kPrior, 5, 10 + i), alone[i]);
}

TEST(Sample, SeedsAndIndicesDiffer) {
  const Space kws = load_space("kws");
  std::set<std::string> texts;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const Architecture& one : sample_many(kws, kPrior, seed, 0, 20))
      texts.insert(to_text(kws, one));
  }
  // Only small networks repeat by chance: one draw in 512 skips every block, which leaves 63
  // networks.
  EXPECT_GT(texts.size(), 397U);
}

/// Smallest and largest of many p-values lie within what 5 sigma allow: neither uneven nor too
/// even.
void expect_plausible(const std::vector<double>& p_values) {
  EXPECT_GT(*std::min_element(p_values.begin(), p_values.end()), 1e-6);
  EXPECT_LT(*std::max_element(p_values.begin(), p_values.end()), 1 - 1e-6);
}

TEST(Sample, MarginalsAreUniform) {
  for (const char* name : {"kws", "tiny"}) {
    const Space space = load_space(name);
    std::vector<std::vector<std::uint64_t>> counts;
    for (const Decision& decision : space.decisions)
      counts.emplace_back(decision.options.size(), 0);
    for (const Architecture& one : sample_many(space, kPrior, 11, 0, 20'000)) {
      for (std::size_t i = 0; i < counts.size(); ++i) {
        if (is_active(space, one, i)) ++counts[i][one.options[i]];
      }
    }
    std::vector<double> p_values;
    for (const auto& cells : counts) p_values.push_back(uniform_p(cells));
    expect_plausible(p_values);
  }
}

TEST(Sample, DecisionsAreIndependentOfEachOther) {
  const Space kws = load_space("kws");
  const std::vector<Architecture> drawn = sample_many(kws, kPrior, 12, 0, 20'000);
  std::vector<double> p_values;
  for (std::size_t i = 0; i < kws.blocks.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!kws.blocks[i].skip || !kws.blocks[j].skip) continue;
      std::vector<std::uint64_t> cells(4, 0);
      for (const Architecture& one : drawn) {
        ++cells[2U * one.options[*kws.blocks[i].skip] + one.options[*kws.blocks[j].skip]];
      }
      p_values.push_back(uniform_p(cells));
    }
  }
  ASSERT_EQ(p_values.size(), 36U);
  expect_plausible(p_values);
}

TEST(Sample, NeighbouringSamplesAreIndependent) {
  const Space kws = load_space("kws");
  const std::vector<Architecture> drawn = sample_many(kws, kPrior, 13, 0, 64'001);
  std::vector<std::uint64_t> cells(
      64,
      0);  // octants of conv1.width (of the first 56 options) before and after
  for (std::size_t i = 0; i + 1 < drawn.size(); ++i) {
    const unsigned before = drawn[i].options[0];
    const unsigned after = drawn[i + 1].options[0];
    if (before < 56 && after < 56) ++cells[before / 7 * 8 + after / 7];
  }
  expect_plausible({uniform_p(cells)});
}

TEST(Sample, TheTestOfUniformitySeesALoadedDie) {
  EXPECT_LT(uniform_p({10'300, 9'700}), 1e-4);
  EXPECT_GT(uniform_p({10'050, 9'950}), 0.1);
  EXPECT_DOUBLE_EQ(uniform_p({10'000, 10'000}), 1);
}

TEST(Sample, NamesOfPriorsAreFrozen) {
  EXPECT_EQ(to_string(Prior::uniform_decisions), "uniform-decisions");
  EXPECT_EQ(prior_from_string("uniform-decisions"), Prior::uniform_decisions);
  EXPECT_EQ(static_cast<int>(Prior::uniform_decisions), 1);
  EXPECT_EQ(message_of([] { (void)prior_from_string("uniform"); }, ErrorCode::usage),
            "unknown prior `uniform`; known: uniform-decisions, uniform-networks, uniform-log-ops, "
            "or a .toml file of decision weights");
}

std::string golden_text(const std::string& name) {
  const Space space = load_space(name);
  std::string text =
      "# Written by tests/sampler/sample_test.cpp; to rewrite: OPLINE_HOME=. "
      "OPLINE_REWRITE_GOLDENS=1 "
      "build/release/tests/sampler_test --gtest_filter=*Golden*\n";
  text += fmt::format("space {} {}\nprior {}\nseed 1\n", name, space.id, to_string(kPrior));
  for (std::uint64_t i = 0; i < 20; ++i)
    text += fmt::format("{} {}\n", i, to_text(space, sample(space, kPrior, 1, i)));
  return text;
}

/// What a seed draws, and the identity of a shipped space, are promises to every study that was
/// ever stored.
TEST(Sample, GoldenArchitecturesOfSeedOne) {
  for (const std::string& name : space_names()) {
    const std::string path =
        std::string(OPLINE_SOURCE_DIR) + "/tests/sampler/golden/" + name + "_seed1.txt";
    const std::string text = golden_text(name);
    if (std::getenv("OPLINE_REWRITE_GOLDENS") != nullptr) write_file_atomically(path, text);
    EXPECT_EQ(text, read_file(path)) << path;
  }
}

}  // namespace
}  // namespace opline::sampler
