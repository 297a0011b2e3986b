// Small spaces, random ones and one for every construct of version 2, whose every vector of
// decisions is decoded, against the automaton that decodes none.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "sampler/count/architecture_count.h"
#include "sampler/count/network_set.h"
#include "sampler/space/decode.h"
#include "sampler/space/walk.h"
#include "src/base/random.h"
#include "src/network/compile.h"
#include "tests/sampler/random_spaces.h"
#include "tests/sampler/version_2_spaces.h"

namespace opline::sampler {
namespace {

constexpr std::uint64_t kSpaces = 250;
constexpr std::uint64_t kMaxVectors = 3000;

/// One line of the documented order of ranks, from the network itself.
using LayerKey = std::array<int, 15>;
std::vector<LayerKey> keys_of(const network::Network& network) {
  const network::Shape& in = network.inputs().front();
  std::vector<LayerKey> keys = {{0, 0, 0, 0, 0, 0, 0, 0, in.h, in.w, 0, 1, 1, 1, in.c}};
  for (const network::Layer& layer : network.layers()) {
    const bool slides = network::slides(layer.type);
    const network::Window none{0, 0, 0, 0, network::Padding::same};
    const network::Window& window = slides ? layer.window : none;
    const auto distance = [&](network::TensorId tensor) {
      return static_cast<int>(keys.size()) - tensor;
    };
    keys.push_back({static_cast<int>(layer.type), window.kernel_h, window.kernel_w, window.stride_h,
                    window.stride_w, static_cast<int>(window.padding),
                    static_cast<int>(layer.activation),
                    layer.inputs.size() == 2 ? distance(layer.inputs[0]) : 0, layer.output.h,
                    layer.output.w, distance(layer.inputs.back()) - 1, layer.groups,
                    window.dilation_h, window.dilation_w, layer.output.c});
  }
  return keys;
}

/// Of each place the number of the branch, then the options of the widths of its layers: the
/// smallest is the one that unrank() has.
std::vector<std::size_t> path_of(const Space& space, const Architecture& architecture) {
  std::vector<std::size_t> path;
  walk(space, architecture.options, [&](const Step& step) {
    path.push_back(step.number);
    for (const BlockLayer& layer : step.branch.layers) {
      layer.width.for_each_decision(
          [&](std::size_t decision) { path.push_back(architecture.options[decision]); });
    }
  });
  return path;
}

/// What brute force knows of one network.
struct Known {
  std::vector<LayerKey> keys;
  std::uint64_t vectors = 0;  ///< Of options that decode to it.
  std::set<std::vector<std::uint16_t>> canonicals;
  Architecture first;
};
using KnownNetworks = std::map<std::string, Known>;  // by canonical text

/// Every network of the space that an architecture which `takes` decodes to.
KnownNetworks brute_force(
    const Space& space,
    const std::function<bool(const Architecture&, const network::Network&)>& takes) {
  KnownNetworks known;
  for_each_vector(space, [&](const Architecture& vector) {
    const network::Network network = decode(space, vector);
    if (!takes(vector, network)) return;
    Known& entry = known[network.canonical_text()];
    entry.keys = keys_of(network);
    ++entry.vectors;
    const Architecture architecture = canonical(space, vector);
    entry.canonicals.insert(architecture.options);
    if (entry.first.options.empty() || path_of(space, architecture) < path_of(space, entry.first))
      entry.first = architecture;
  });
  return known;
}

/// The set has these networks, in the documented order, each with its documented architecture.
void expect_same(const Space& space, const NetworkSet& set, const KnownNetworks& known) {
  ASSERT_EQ(set.size(), known.size());
  std::vector<LayerKey> before;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const Architecture architecture = set.unrank(i);
    const network::Network network = decode(space, architecture);
    const auto place = known.find(network.canonical_text());
    ASSERT_NE(place, known.end()) << to_text(space, architecture);
    EXPECT_EQ(architecture, place->second.first) << "not the path that takes the earliest branches";
    if (i > 0) {
      EXPECT_LT(before, place->second.keys) << "rank " << i;
    }
    before = place->second.keys;
    for (const auto& options : place->second.canonicals) EXPECT_EQ(set.rank({options}), i);
    EXPECT_EQ(set.multiplicity(architecture), place->second.canonicals.size());
  }
}

/// With its text when a test fails.
void for_each_random_space(const std::function<void(const Space&, std::uint64_t)>& test) {
  for (std::uint64_t i = 0; i < kSpaces && !testing::Test::HasFailure(); ++i) {
    const Space space = random_space(i, kMaxVectors);
    SCOPED_TRACE(space.text);
    test(space, i);
  }
}

void for_each_version_2_space(const std::function<void(const Space&, std::uint64_t)>& test) {
  const std::vector<Space> spaces = version_2_spaces();
  ASSERT_GT(spaces.size(), 10U);
  for (std::size_t i = 0; i < spaces.size(); ++i) {
    SCOPED_TRACE(spaces[i].name);
    test(spaces[i], i);
  }
}

bool everything(const Architecture&, const network::Network&) { return true; }

/// Every network with its rank, its architectures and its probability; returns how many have
/// several architectures.
int check_all(const Space& space) {
  const KnownNetworks known = brute_force(space, everything);
  const NetworkSet set(space);
  expect_same(space, set, known);
  double total = 0;
  int with_twins = 0;
  BigCount architectures = 0;
  for (const auto& [text, network] : known) {
    const double share =
        static_cast<double>(network.vectors) / static_cast<double>(count_vectors(space));
    EXPECT_NEAR(set.probability(network.first), share, 1e-12);
    total += set.probability(network.first);
    architectures += network.canonicals.size();
    with_twins += network.canonicals.size() > 1 ? 1 : 0;
  }
  EXPECT_NEAR(total, 1, 1e-9);
  EXPECT_EQ(count_architectures(space), architectures);
  return with_twins;
}

TEST(NetworkSetBruteForce, HasEveryNetworkOnceInOrder) {
  int with_twins = 0;
  int with_addition = 0;
  int with_loose_tie = 0;
  for_each_random_space([&](const Space& space, std::uint64_t) {
    with_twins += check_all(space);
    for (const Block& block : space.blocks) {
      with_addition += block.residual != Residual::none ? 1 : 0;
      with_loose_tie += !block.tie.empty() && block.skip ? 1 : 0;
    }
  });
  EXPECT_GT(with_twins, 200)
      << "networks of several architectures: without them nothing is determinised";
  EXPECT_GT(with_addition, 50);
  EXPECT_GT(with_loose_tie, 100) << "tied widths of blocks that can be skipped";
}

TEST(NetworkSetBruteForce, HasEveryNetworkOfEveryConstructOnceInOrder) {
  for_each_version_2_space([](const Space& space, std::uint64_t) {
    EXPECT_FALSE(space.is_version_1());
    (void)check_all(space);
  });
}

/// Under options allowed at random.
void check_restricted(const Space& space, std::uint64_t index) {
  RandomStream random(99, index);
  std::vector<std::vector<bool>> allowed;
  for (const Decision& decision : space.decisions) {
    allowed.emplace_back();
    for (std::size_t i = 0; i < decision.options.size(); ++i)
      allowed.back().push_back(random.below(4) > 0);
  }
  NetworkSet::Restrictions options;
  options.allows = [&](std::size_t decision, std::size_t option) {
    return allowed[decision][option];
  };
  const KnownNetworks known =
      brute_force(space, [&](const Architecture& vector, const network::Network&) {
        for (std::size_t i = 0; i < vector.options.size(); ++i) {
          if (is_active(space, vector, i) && !allowed[i][vector.options[i]]) return false;
        }
        return true;
      });
  expect_same(space, NetworkSet(space, options), known);
}

TEST(NetworkSetBruteForce, RestrictedOptionsKeepWhatAnAllowedArchitectureDecodesTo) {
  for_each_random_space(check_restricted);
  for_each_version_2_space([](const Space& space, std::uint64_t index) {
    for (std::uint64_t i = 0; i < 5; ++i) check_restricted(space, 1000 * (index + 1) + i);
  });
}

std::uint64_t working_memory(const network::Network& network) {
  const std::vector<std::uint64_t> live = network::lay_out(network).live_bytes;
  return *std::max_element(live.begin(), live.end());
}

/// Returns whether the bound leaves a network out.
bool check_memory(const Space& space, std::uint64_t index) {
  std::vector<std::uint64_t> memories;
  for_each_vector(space, [&](const Architecture& vector) {
    memories.push_back(working_memory(decode(space, vector)));
  });
  const std::uint64_t bound =
      memories[RandomStream(98, index).below(static_cast<std::uint32_t>(memories.size()))];
  NetworkSet::Restrictions options;
  options.keeps = working_bytes_at_most(bound);
  const KnownNetworks known =
      brute_force(space, [&](const Architecture&, const network::Network& network) {
        return working_memory(network) <= bound;
      });
  expect_same(space, NetworkSet(space, options), known);
  return std::any_of(memories.begin(), memories.end(), [&](std::uint64_t m) { return m > bound; });
}

TEST(NetworkSetBruteForce, ABoundOnWorkingMemoryIsExact) {
  int cut = 0;
  for_each_random_space(
      [&](const Space& space, std::uint64_t index) { cut += check_memory(space, index) ? 1 : 0; });
  EXPECT_GT(cut, 80) << "bounds that leave nothing out test nothing";
  cut = 0;
  for_each_version_2_space([&](const Space& space, std::uint64_t index) {
    for (std::uint64_t i = 0; i < 3; ++i)
      cut += check_memory(space, 1000 * (index + 1) + i) ? 1 : 0;
  });
  EXPECT_GT(cut, 20);
}

}  // namespace
}  // namespace opline::sampler
