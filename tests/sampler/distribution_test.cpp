// What is drawn, against exact distributions: spaces that can be enumerated, and marginals.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "sampler/count/network_set.h"
#include "sampler/count/ops_table.h"
#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "tests/error_message.h"
#include "tests/sampler/chi_square.h"
#include "tests/sampler/small_spaces.h"

namespace opline::sampler {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kSeed = 20;
constexpr double kLeastP =
    1e-4;  // the draws are the same in every run, so a test that passes keeps passing

Space small() { return parse_space(kSmallSpace, "small.toml"); }

/// Every network of a space with what the priors give it.
struct Enumerated {
  explicit Enumerated(const Space& space) : set(space) {
    enumerate(set, 100'000, [&](const Architecture& one) {
      architectures.push_back(one);
      decisions.push_back(set.probability(one));
    });
  }
  [[nodiscard]] std::size_t rank(const Architecture& one) const {
    return static_cast<std::size_t>(set.rank(one));
  }

  NetworkSet set;
  std::vector<Architecture> architectures;  ///< By rank.
  std::vector<double> decisions;            ///< Probability under uniform-decisions.
};

std::vector<std::uint64_t> ranks_of(const Enumerated& all,
                                    const std::vector<Sampler::Draw>& draws) {
  std::vector<std::uint64_t> counts(all.architectures.size(), 0);
  for (const Sampler::Draw& draw : draws) ++counts[all.rank(draw.architecture)];
  return counts;
}

/// Probabilities of those that hold, made to add up to 1.
std::vector<double> given(const Enumerated& all, std::vector<double> probabilities,
                          const std::function<bool(const Architecture&)>& holds) {
  double sum = 0;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    if (!holds(all.architectures[i])) probabilities[i] = 0;
    sum += probabilities[i];
  }
  for (double& probability : probabilities) probability /= sum;
  return probabilities;
}

/// Counts and probabilities without the cells that are impossible, which must be empty.
double p_of_possible(const std::vector<std::uint64_t>& counts,
                     const std::vector<double>& probabilities) {
  std::vector<std::uint64_t> seen;
  std::vector<double> expected;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (probabilities[i] == 0) {
      EXPECT_EQ(counts[i], 0U) << "network " << i << " may not be drawn";
      continue;
    }
    seen.push_back(counts[i]);
    expected.push_back(probabilities[i]);
  }
  return chi_square_p(seen, expected);
}

TEST(UniformNetworks, RanksAreUniform) {
  const Space space = small();
  const Enumerated all(space);
  ASSERT_GT(all.architectures.size(), 200U);
  const std::vector<Sampler::Draw> draws =
      Sampler(space, Prior::uniform_networks).draw_many(kSeed, 40'000);
  EXPECT_GT(uniform_p(ranks_of(all, draws)), kLeastP);
  // and not by accident: the other prior is far from it
  const std::vector<Sampler::Draw> others =
      Sampler(space, Prior::uniform_decisions).draw_many(kSeed, 40'000);
  EXPECT_LT(uniform_p(ranks_of(all, others)), 1e-12);
  EXPECT_GT(chi_square_p(ranks_of(all, others), all.decisions), kLeastP);
}

TEST(UniformNetworks, EveryDecisionHasItsExactMarginal) {
  const Space space = small();
  const Enumerated all(space);
  const std::vector<Sampler::Draw> draws =
      Sampler(space, Prior::uniform_networks).draw_many(kSeed + 1, 20'000);
  for (std::size_t d = 0; d < space.decisions.size(); ++d) {
    const std::size_t options = space.decisions[d].options.size();
    std::vector<double> exact(options + 1, 0);  // the last: it does not matter
    const auto cell = [&](const Architecture& one) {
      return is_active(space, one, d) ? one.options[d] : options;
    };
    for (const Architecture& one : all.architectures)
      exact[cell(one)] += 1.0 / static_cast<double>(all.architectures.size());
    std::vector<std::uint64_t> counts(options + 1, 0);
    for (const Sampler::Draw& draw : draws) ++counts[cell(draw.architecture)];
    EXPECT_GT(p_of_possible(counts, exact), kLeastP) << space.decisions[d].name;
  }
}

TEST(UniformNetworks, LargeSpacesFillTheirRanksEvenly) {
  for (const char* name : {"kws", "vww50", "cifar10"}) {
    const Space space = load_space(name);
    const NetworkSet set(space);
    std::vector<std::uint64_t> counts(50, 0);
    for (const Sampler::Draw& draw :
         Sampler(space, Prior::uniform_networks).draw_many(kSeed, 5'000)) {
      ++counts[static_cast<std::size_t>(set.rank(draw.architecture) * 50 / set.size())];
    }
    EXPECT_GT(uniform_p(counts), kLeastP) << name;
  }
}

TEST(WithoutReplacement, DrawsEveryNetworkOnceAndThenNoMore) {
  const Space space = small();
  const Enumerated all(space);
  Distribution distribution = Prior::uniform_networks;
  distribution.without_replacement = true;
  const Sampler sampler(space, distribution);
  const std::size_t count = all.architectures.size();
  EXPECT_EQ(sampler.networks(), BigCount(count));
  const std::vector<Sampler::Draw> draws = sampler.draw_many(kSeed, count);
  EXPECT_THAT(ranks_of(all, draws), testing::Each(1U));
  EXPECT_FALSE(std::is_sorted(draws.begin(), draws.end(), [&](const auto& a, const auto& b) {
    return all.rank(a.architecture) < all.rank(b.architecture);
  }));
  EXPECT_THAT(message_of([&] { (void)sampler.draw(kSeed, count); }, ErrorCode::usage),
              HasSubstr("without replacement sample"));
}

TEST(WithoutReplacement, LargeSpacesDoNotRepeat) {
  for (const char* name : {"kws", "vww160"}) {
    const Space space = load_space(name);
    Distribution distribution = Prior::uniform_networks;
    distribution.without_replacement = true;
    std::set<std::string> texts;
    for (const Sampler::Draw& draw : Sampler(space, distribution).draw_many(kSeed, 3000)) {
      texts.insert(to_text(space, draw.architecture));
    }
    EXPECT_EQ(texts.size(), 3000U);
  }
}

TEST(WithoutReplacement, IsRefusedWhereItIsNotDefined) {
  for (const Prior prior : {Prior::uniform_decisions, Prior::uniform_log_ops}) {
    Distribution distribution = prior;
    distribution.without_replacement = true;
    EXPECT_THROW(Sampler(small(), distribution), Error) << to_string(prior);
  }
}

/// Distributions of every kind over `space`.
std::vector<Distribution> distributions(const Space& space) {
  std::vector<Distribution> all = {Prior::uniform_decisions, Prior::uniform_networks,
                                   Prior::uniform_log_ops};
  all.emplace_back(parse_weights(
      "format = \"opline-weights\"\nversion = 1\ntitle = \"w\"\n[weights]\n" +
          space.decisions[0].name + " = [" +
          [&] {
            std::string list;
            for (std::size_t i = 0; i < space.decisions[0].options.size(); ++i) {
              list += std::to_string(i) + ", ";
            }
            return list;
          }() +
          "]\n",
      "w.toml", space));
  Distribution without = Prior::uniform_networks;
  without.without_replacement = true;
  all.push_back(without);
  for (std::size_t i = 0, plain = all.size(); i < plain; ++i) {
    Distribution constrained = all[i];
    constrained.constraint.ops = {4'000, 20'000};
    constrained.constraint.sram_bytes.max = 1610;
    all.push_back(constrained);
  }
  return all;
}

TEST(Sampler, TheSameSampleAcrossThreadsShardsAndOrder) {
  const Space space = small();
  for (const Distribution& distribution : distributions(space)) {
    const Sampler sampler(space, distribution, 3);
    const std::size_t count = distribution.without_replacement ? 60 : 700;
    const std::vector<Sampler::Draw> alone = sampler.draw_many(kSeed, count);
    const auto expect_same = [&](const Sampler::Draw& draw, std::size_t index) {
      EXPECT_EQ(draw.architecture, alone[index].architecture)
          << sampler.name() << ", sample " << index;
      EXPECT_EQ(draw.tries, alone[index].tries) << sampler.name() << ", sample " << index;
    };
    for (const unsigned threads : {2U, 5U}) {
      const std::vector<Sampler::Draw> together =
          Sampler(space, distribution).draw_many(kSeed, count, {}, threads);
      for (std::size_t i = 0; i < count; ++i) expect_same(together[i], i);
    }
    std::vector<bool> drawn(count, false);
    for (const std::uint64_t number : {1ULL, 2ULL, 3ULL}) {
      const Shard shard{number, 3};
      const std::vector<Sampler::Draw> part =
          sampler.draw_many(kSeed, shard.share(count), shard, 2);
      for (std::size_t i = 0; i < part.size(); ++i) {
        const std::size_t index = shard.index(i);
        ASSERT_TRUE(index < count && shard.has(index) && !drawn[index]);
        drawn[index] = true;
        expect_same(part[i], index);
      }
    }
    EXPECT_THAT(drawn, testing::Each(true)) << "the shards are the whole";
    for (const std::size_t i : {std::size_t{0}, count / 2, count - 1})
      expect_same(sampler.draw(kSeed, i), i);
    EXPECT_NE(sampler.draw_many(kSeed + 1, 20)[7].architecture.options.size(), 0U);
  }
}

TEST(Sampler, CountsAreThoseOfTheDraws) {
  const Space space = small();
  for (const Distribution& distribution : distributions(space)) {
    const Sampler sampler(space, distribution);
    const std::vector<Sampler::Draw> draws = sampler.draw_many(kSeed, 50, {2, 2});
    const std::vector<Sampler::Counted> counted = sampler.count_many(kSeed, 50, {2, 2}, 2);
    for (std::size_t i = 0; i < draws.size(); ++i) {
      EXPECT_EQ(counted[i].ops.macs, network::total_ops(decode(space, draws[i].architecture)).macs)
          << sampler.name();
      EXPECT_EQ(counted[i].tries, draws[i].tries) << sampler.name();
    }
  }
}

TEST(Constraint, RejectionIsThePriorConditionalOnIt) {
  const Space space = small();
  const Enumerated all(space);
  const OpsTable table(space);
  Constraint constraint;
  constraint.ops = {6'000, 14'000};
  constraint.parameters.max = 900;
  const auto holds = [&](const Architecture& one) {
    const network::NetworkOps ops = table.count(one.options);
    return constraint.ops.contains(ops.ops()) && constraint.parameters.contains(ops.parameters);
  };
  for (const Prior prior : {Prior::uniform_decisions, Prior::uniform_networks}) {
    Distribution distribution = prior;
    distribution.constraint = constraint;
    const std::vector<Sampler::Draw> draws = Sampler(space, distribution).draw_many(kSeed, 20'000);
    const std::vector<double> plain = prior == Prior::uniform_decisions
                                          ? all.decisions
                                          : std::vector<double>(all.architectures.size(), 1.0);
    const std::vector<double> exact = given(all, plain, holds);
    EXPECT_GT(p_of_possible(ranks_of(all, draws), exact), kLeastP) << to_string(prior);

    double accepted = 0;
    double whole = 0;
    for (std::size_t i = 0; i < plain.size(); ++i) {
      accepted += holds(all.architectures[i]) ? plain[i] : 0;
      whole += plain[i];
    }
    double tries = 0;
    for (const Sampler::Draw& draw : draws) tries += static_cast<double>(draw.tries);
    const double rate = accepted / whole;
    EXPECT_GT(rate, 0.02);
    EXPECT_LT(rate, 0.9);
    // 20000 successes: the rate's relative standard error is below 1/141.
    EXPECT_NEAR(20'000 / tries, rate, 4 * rate / 141) << to_string(prior);
  }
}

TEST(Constraint, MemoryIsThatOfTheLayout) {
  const Space space = small();
  const Enumerated all(space);
  Constraint constraint;
  constraint.sram_bytes.max = 1500;
  constraint.fits.push_back({"a board", {900, 4096, 1600}});
  const auto holds = [&](const Architecture& one) {
    const network::Layout layout = network::lay_out(decode(space, one));
    return layout.footprint.arena_bytes <= 1500 &&
           !network::reason_not_to_run(layout, constraint.fits[0].limits);
  };
  const auto fitting = std::count_if(all.architectures.begin(), all.architectures.end(), holds);
  ASSERT_GT(fitting, 20);
  ASSERT_LT(fitting, static_cast<std::ptrdiff_t>(all.architectures.size()) - 20);
  for (const bool without : {false, true}) {
    Distribution distribution = Prior::uniform_networks;
    distribution.constraint = constraint;
    distribution.without_replacement = without;
    const auto count = static_cast<std::size_t>(without ? fitting : 10'000);
    const Sampler sampler(space, distribution);
    const std::vector<std::uint64_t> counts = ranks_of(all, sampler.draw_many(kSeed, count));
    const std::vector<double> exact =
        given(all, std::vector<double>(all.architectures.size(), 1.0), holds);
    EXPECT_GT(p_of_possible(counts, exact), kLeastP);
    if (!without) continue;
    EXPECT_EQ(*std::max_element(counts.begin(), counts.end()), 1U);
    EXPECT_THROW((void)sampler.draw(kSeed, count), Error) << "every network that fits was drawn";
  }
}

TEST(Constraint, WhereIsExact) {
  const Space space = small();
  const Enumerated all(space);
  Distribution distribution = Prior::uniform_networks;
  distribution.constraint.where = {parse_allowed(space, "conv.width=8..12"),
                                   parse_allowed(space, "block2.skip=keep")};
  const Sampler sampler(space, distribution);
  // Networks that some architecture with these options decodes to.
  std::set<std::size_t> possible;
  for (const Architecture& one : sample_many(space, Prior::uniform_decisions, 4, 0, 20'000)) {
    if (one.options[0] >= 1 && one.options[3] == kKeep) possible.insert(all.rank(one));
  }
  ASSERT_EQ(space.decisions[3].name, "block2.skip");
  EXPECT_EQ(sampler.networks(), BigCount(possible.size()));
  std::vector<double> exact(all.architectures.size(), 0);
  for (const std::size_t rank : possible) exact[rank] = 1.0 / static_cast<double>(possible.size());
  const std::vector<Sampler::Draw> draws = sampler.draw_many(kSeed, 10'000);
  EXPECT_GT(p_of_possible(ranks_of(all, draws), exact), kLeastP);
  for (const Sampler::Draw& draw : draws) EXPECT_EQ(draw.tries, 1U);

  Distribution decisions = distribution;
  decisions.prior = Prior::uniform_decisions;
  for (const Sampler::Draw& draw : Sampler(space, decisions).draw_many(kSeed, 500)) {
    EXPECT_GE(draw.architecture.options[0], 1);
    EXPECT_EQ(draw.architecture.options[3], kKeep);
    EXPECT_EQ(draw.tries, 1U);
  }
}

TEST(Constraint, HopelessOnesSayWhatWasSeen) {
  const Space kws = load_space("kws");
  for (const Prior prior : {Prior::uniform_decisions, Prior::uniform_networks}) {
    Distribution distribution = prior;
    distribution.constraint.ops = {1, 1000};
    EXPECT_THAT(
        message_of([&] { (void)Sampler(kws, distribution).draw(kSeed, 0); }, ErrorCode::usage),
        testing::ContainsRegex("none of [0-9]+ draws from uniform-.* meets the constraint: ops ran "
                               "from [0-9]+ to [0-9]+; widen it"));
  }
  Distribution distribution = Prior::uniform_networks;
  distribution.constraint.sram_bytes.max = 16;
  EXPECT_THROW(Sampler(kws, distribution), Error) << "no network works in 16 bytes";
}

TEST(Constraint, TextIsPartOfTheName) {
  const Space space = small();
  Distribution distribution = Prior::uniform_networks;
  EXPECT_EQ(distribution.name(space), "uniform-networks");
  distribution.without_replacement = true;
  distribution.constraint.ops = {5'000'000, 30'000'000};
  distribution.constraint.parameters.min = 7;
  distribution.constraint.flash_bytes.max = 1024;
  distribution.constraint.fits.push_back({"nucleo-f446re", {1, 2, 3}});
  distribution.constraint.where = {parse_allowed(space, "block1.skip=keep"),
                                   parse_allowed(space, "block1.width=8..12")};
  EXPECT_EQ(distribution.name(space),
            "uniform-networks without replacement given ops 5000000..30000000, parameters 7.., "
            "flash ..1024, fits "
            "nucleo-f446re@93f56b14, block1.skip keep, block1.width 8|12");
  distribution.constraint.fits[0].limits.arena_bytes = 4;
  EXPECT_THAT(distribution.name(space), testing::Not(HasSubstr("@93f56b14")))
      << "another image leaves other limits";
}

TEST(Constraint, AllowedOptionsAreNamedAsTheSpaceDoes) {
  const Space space = small();
  EXPECT_THAT(parse_allowed(space, "stage.width=4").options, testing::ElementsAre(0));
  EXPECT_THAT(parse_allowed(space, "conv.width=5..100").options, testing::ElementsAre(1, 2));
  EXPECT_THAT(parse_allowed(space, "down.skip=skip").options, testing::ElementsAre(kSkip));
  const auto message = [&](const char* text) {
    return message_of([&] { (void)parse_allowed(space, text); }, ErrorCode::usage);
  };
  EXPECT_THAT(
      message("conv.skip=keep"),
      HasSubstr("`conv.skip` is not a decision of small; its decisions: conv.width, block1.skip"));
  EXPECT_THAT(message("conv.width=5..7"),
              HasSubstr("`5..7` is not an option of conv.width; it has 4..12 step 4"));
  EXPECT_THAT(message("conv.width=4x"), HasSubstr("`4x` is not an option"));
  EXPECT_THAT(message("block1.skip=yes"), HasSubstr("it has keep, skip"));
  EXPECT_THAT(message("block1.skip"), HasSubstr("names no option"));
}

TEST(UniformLogOps, EveryRunHasOneSampleInEachStratum) {
  for (const char* name : {"kws", "vww50", "tiny"}) {
    const Space space = load_space(name);
    const Sampler sampler(space, Prior::uniform_log_ops, 2);
    const auto strata = sampler.strata();
    ASSERT_GT(strata.size(), 15U) << name;
    ASSERT_LE(strata.size(), 32U);
    const std::vector<Sampler::Counted> counted =
        sampler.count_many(kSeed, 8 * strata.size(), {}, 2);
    bool moved = false;
    std::vector<std::size_t> before;
    for (std::size_t run = 0; run < 8; ++run) {
      std::vector<std::size_t> order;
      for (std::size_t i = 0; i < strata.size(); ++i) {
        const std::uint64_t ops = counted[run * strata.size() + i].ops.ops();
        const auto inside = [&](const auto& stratum) {
          return ops >= stratum.first && ops < stratum.second;
        };
        order.push_back(static_cast<std::size_t>(
            std::find_if(strata.begin(), strata.end(), inside) - strata.begin()));
      }
      EXPECT_EQ(std::set<std::size_t>(order.begin(), order.end()).size(), strata.size())
          << name << ", run " << run;
      EXPECT_LT(*std::max_element(order.begin(), order.end()), strata.size());
      moved |= run != 0 && order != before;
      before = order;
    }
    EXPECT_TRUE(moved) << "the order of strata is shuffled again for each run";
  }
}

TEST(UniformLogOps, StrataHaveOneRatio) {
  const auto strata = Sampler(load_space("kws"), Prior::uniform_log_ops).strata();
  ASSERT_GE(strata.size(), 28U) << "only the ends may be too thin";
  const double first = static_cast<double>(strata[0].second) / static_cast<double>(strata[0].first);
  for (const auto& [from, to] : strata) {
    EXPECT_NEAR(static_cast<double>(to) / static_cast<double>(from), first, 1e-5);
  }
}

TEST(UniformLogOps, IsTheConditionalPriorInAStratum) {
  const Space space = small();
  const Enumerated all(space);
  const OpsTable table(space);
  const Sampler sampler(space, Prior::uniform_log_ops);
  const auto strata = sampler.strata();
  std::vector<double> exact(all.architectures.size(), 0);
  for (const auto& [from, to] : strata) {
    const std::vector<double> one =
        given(all, all.decisions, [&, from = from, to = to](const Architecture& network) {
          const std::uint64_t ops = table.count(network.options).ops();
          return ops >= from && ops < to;
        });
    for (std::size_t i = 0; i < exact.size(); ++i)
      exact[i] += one[i] / static_cast<double>(strata.size());
  }
  const std::vector<Sampler::Draw> draws = sampler.draw_many(kSeed, 1000 * strata.size());
  EXPECT_GT(p_of_possible(ranks_of(all, draws), exact), kLeastP);
}

}  // namespace
}  // namespace opline::sampler
