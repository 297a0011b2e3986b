// tests/firmware/sub_byte_networks_test.cpp - the paper's keyword networks in 8 and in 4 bits on
// the simulated boards: digests are the host's, and what 4 bits cost is what docs/sub-byte.md says.
#include <gtest/gtest.h>

#include <cstdio>

#include "src/network/compile.h"
#include "src/network/layer_descriptor.h"
#include "tests/firmware/device_plan.h"
#include "tests/firmware/simulated_device.h"
#include "tests/network/example_networks.h"

namespace opline::firmware_test {
namespace {

/// Cycles of a run, whose digests must be the host's.
double cycles_of(const std::string& board, const network::Network& network) {
  static const network::Pools pools = network::Pools::generate(1U << 20, OPLINE_CHANNEL_POOL_BYTES);
  const network::CompiledNetwork compiled = compile(network, pools);
  SimulatedDevice device(std::string(OPLINE_BINARY_DIR) + "/firmware/" + board + ".elf", board);
  std::vector<std::string> answer;
  for (const std::string& command : load_commands(compiled.plan)) answer = device.command(command);
  EXPECT_EQ(device.command("plan run"), std::vector<std::string>{"m-run-done"}) << answer.at(0);
  const std::vector<std::string> report = device.command("plan report");
  double total = 0;
  for (std::size_t i = 0; i < compiled.digests.size(); ++i) {  // m-layer-[i,cycles,digest]
    const std::string& line = report.at(i);
    EXPECT_EQ(std::stoul(line.substr(line.size() - 9, 8), nullptr, 16), compiled.digests[i])
        << board << ", layer " << i;
    const double cycles = std::stod(line.substr(line.find(',') + 1));
    std::printf("  %-20s %12.0f\n", std::string(kernel_of(network.layers()[i])).c_str(), cycles);
    total += cycles;
  }
  std::printf("%s: %.0f cycles, %llu B of flash, %llu B of activations\n", board.c_str(), total,
              static_cast<unsigned long long>(compiled.footprint.flash_bytes()),
              static_cast<unsigned long long>(compiled.footprint.activation_bytes));
  return total;
}

/// Cycles in 4 bits over those in 8.
double ratio(const std::string& board, const network::Network& int8) {
  return cycles_of(board, with_bits(int8, {4, 4})) / cycles_of(board, int8);
}

TEST(SubByteNetworks, KwsSCostsWhatTheDocumentationSays) {
  EXPECT_NEAR(ratio("nucleo-f446re", network::kws_s()), 1.056, 0.01);
  EXPECT_NEAR(ratio("nucleo-f746zg", network::kws_s()), 1.145, 0.01);
}

TEST(SubByteNetworks, KwsMCostsWhatTheDocumentationSays) {
  EXPECT_NEAR(ratio("nucleo-f446re", network::kws_m()), 1.024, 0.01);
  EXPECT_NEAR(ratio("nucleo-f746zg", network::kws_m()), 1.104, 0.01);
  EXPECT_NEAR(ratio("nucleo-f767zi", network::kws_m()), 1.097, 0.01);
}

TEST(SubByteNetworks, KwsLCostsWhatTheDocumentationSays) {
  EXPECT_NEAR(ratio("nucleo-f746zg", network::kws_l()), 0.974, 0.01);
  EXPECT_NEAR(ratio("nucleo-f767zi", network::kws_l()), 0.956, 0.01);
}

}  // namespace
}  // namespace opline::firmware_test
