// Profiles of whole networks on both cores: the causes add up to the cycles, and the firmware's own
// counter agrees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runners/simulated_board.h"
#include "src/network/pools.h"
#include "tests/error_message.h"
#include "tests/network/example_networks.h"

namespace opline::runners {
namespace {

using simulator::Cost;
using simulator::Profile;

measure::Request request_for(const network::Network& network) {
  static const network::Pools kPools = network::Pools::generate(1U << 20, 1U << 18);
  const network::CompiledNetwork compiled = network::compile(network, kPools);
  return {network.id(), compiled.plan, compiled.digests, true, 1'000'000'000};
}

/// The paper's KWS-S, and one with every kind of layer.
std::vector<network::Network> networks() { return {network::kws_s(), network::every_layer()}; }

class ProfiledNetworks : public testing::TestWithParam<const char*> {};

TEST_P(ProfiledNetworks, AddUpAndAgreeWithTheFirmwaresCounter) {
  const SimulatedBoard board = SimulatedBoard::load(GetParam());
  std::vector<Profile> profiles;
  const auto runner =
      board.make_profiling_runner([&](Profile one) { profiles.push_back(std::move(one)); });
  const auto plain = board.make_runner();
  for (const network::Network& network : networks()) {
    profiles.clear();
    const measure::Outcome outcome = runner->measure(request_for(network));
    ASSERT_EQ(outcome.kind, measure::OutcomeKind::measured) << outcome.reason;
    const measure::Measurement& measured = *outcome.measurement;
    EXPECT_EQ(measured.cycles, plain->measure(request_for(network)).measurement->cycles);
    ASSERT_EQ(profiles.size(), 1U);
    const Profile& one = profiles.front();
    // The causes are counted by the timing code, the ends of the window are read off the clock.
    EXPECT_EQ(one.total.cycles(), one.end - one.begin);
    EXPECT_LT(one.total.cycles(), *measured.cycles);
    EXPECT_GT(one.total.cycles() + 200, *measured.cycles);
    ASSERT_EQ(one.layers.size(), network.layers().size());
    Cost layers, functions, paths;
    for (std::size_t i = 0; i < one.layers.size(); ++i) {
      const std::uint64_t cycles = one.layers[i].inclusive.cycles();
      EXPECT_LT(cycles, measured.layer_cycles[i]) << i;
      EXPECT_GT(cycles + 150, measured.layer_cycles[i]) << i;
      layers += one.layers[i].inclusive;
    }
    for (const auto& function : one.functions) functions += function.self;
    for (const auto& path : one.paths) paths += path.self;
    EXPECT_EQ(functions, one.total);
    EXPECT_EQ(paths, one.total);
    // What is in no layer is the loop that calls them and reads the counter.
    EXPECT_LT(one.total.cycles() - layers.cycles(), 150 * one.layers.size());
    EXPECT_GT(one.stack.used(), 0U);
    EXPECT_LE(one.stack.used(), one.stack.available.value());
  }
}

INSTANTIATE_TEST_SUITE_P(Boards, ProfiledNetworks,
                         testing::Values("nucleo-f446re", "nucleo-f746zg", "nucleo-f767zi"),
                         [](const auto& board) { return std::string(board.param).substr(7); });

TEST(ProfilingRunner, GivesNoProfileOfARunThatDidNotEnd) {
  unsigned count = 0;
  const auto runner =
      SimulatedBoard::load("nucleo-f446re").make_profiling_runner([&](const Profile&) { ++count; });
  measure::Request request = request_for(network::every_layer());
  request.budget_cycles = 10'000;
  EXPECT_EQ(runner->measure(request).kind, measure::OutcomeKind::timed_out);
  EXPECT_EQ(count, 0U);
  request.budget_cycles = 1'000'000'000;
  EXPECT_EQ(runner->measure(request).kind, measure::OutcomeKind::measured);
  EXPECT_EQ(count, 1U);
}

// Of another runtime's firmware: one call of what it implements (own_runtime/main.c).
TEST(ProfilingRunner, ProfilesOtherRuntimes) {
  const SimulatedBoard board = SimulatedBoard::load(
      "nucleo-f446re", {std::filesystem::path(OPLINE_BINARY_DIR) / "tests/runners/own_runtime.elf",
                        measure::Payload::tflite, measure::OutputCheck::none});
  std::optional<Profile> profile;
  const auto runner = board.make_profiling_runner([&](Profile one) { profile = std::move(one); });
  measure::Request request;
  request.network = std::string(32, '0');
  request.payload = measure::Payload::tflite;
  request.output_check = measure::OutputCheck::none;
  request.budget_cycles = 1'000'000'000;
  request.tensors.assign(1000, 1);
  std::copy_n("TFL3", 4, request.tensors.begin() + 4);
  request.expected_digests = {1};
  request.layer_of_operator = {0, 0, 0};
  const measure::Outcome outcome = runner->measure(request);
  ASSERT_EQ(outcome.kind, measure::OutcomeKind::measured) << outcome.reason;
  ASSERT_TRUE(profile.has_value());
  EXPECT_TRUE(profile->layers.empty());
  EXPECT_LT(profile->total.cycles(), *outcome.measurement->cycles);
  EXPECT_GT(profile->total.cycles() + 100, *outcome.measurement->cycles);
}

}  // namespace
}  // namespace opline::runners
