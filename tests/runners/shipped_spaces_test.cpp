// Networks of every shipped space are executed on simulated boards as on the host, layer by layer.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "runners/simulated_board.h"
#include "sampler/draw/sample.h"
#include "sampler/space/decode.h"
#include "src/network/compile.h"
#include "src/network/op_count.h"

namespace opline::runners {
namespace {

constexpr std::uint64_t kDraws = 40;
constexpr std::uint64_t kCycleLimit = 2'000'000'000;

/// Of the first draws of `space` that fit the board the one with the fewest macs.
std::optional<network::Network> smallest(const std::string& space,
                                         const network::DeviceLimits& limits) {
  const sampler::Space loaded = sampler::load_space(space);
  std::optional<network::Network> found;
  for (const sampler::Architecture& drawn :
       sampler::sample_many(loaded, sampler::Prior::uniform_decisions, 1, 0, kDraws)) {
    network::Network network = sampler::decode(loaded, drawn);
    if (network::reason_not_to_fit(network::lay_out(network).footprint, limits)) continue;
    if (!found || network::total_ops(network).macs < network::total_ops(*found).macs)
      found = std::move(network);
  }
  return found;
}

class ShippedSpaces : public testing::TestWithParam<const char*> {};

TEST_P(ShippedSpaces, HaveTheHostsDigests) {
  const SimulatedBoard board = SimulatedBoard::load(GetParam());
  const auto runner = board.make_runner();
  const network::Pools pools =
      network::Pools::generate(board.limits().weight_pool_bytes, board.limits().channel_pool_bytes);
  std::size_t measured = 0;
  for (const std::string& space : sampler::space_names()) {
    const auto network = smallest(space, board.limits());
    if (!network) continue;
    const network::CompiledNetwork compiled = network::compile(*network, pools);
    measure::Request request{network->id(), compiled.plan, compiled.digests};
    request.budget_cycles = kCycleLimit;
    const measure::Outcome outcome = runner->measure(request);
    EXPECT_EQ(outcome.kind, measure::OutcomeKind::measured) << space << ": " << outcome.reason;
    ++measured;
  }
  // All but vww160, of which none fits the smaller board.
  EXPECT_GE(measured, sampler::space_names().size() - 1);
}

INSTANTIATE_TEST_SUITE_P(On, ShippedSpaces, testing::Values("nucleo-f446re", "nucleo-f746zg"),
                         [](const auto& board) {
                           std::string name = board.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace opline::runners
