// src/network/host_execution.h - executes a finished plan with the host's build of the kernels.
//
// What a device has to reproduce, computed from the plan alone. compile() knows the digests
// already; this is for plans that come from elsewhere and for plans with changed constants.
#pragma once
#include <cstdint>
#include <vector>

#include "src/network/pools.h"
#include "src/network/quantised_network.h"

namespace opline::network {

/// CRC-32 of each layer's output. `plan` is valid (as compile() returns it), and the pools are at
/// least as large as it needs.
[[nodiscard]] std::vector<std::uint32_t> execute_on_host(const std::vector<std::uint8_t>& plan,
                                                         const Pools& pools);
/// The same for a plan with a blob of its own tensors.
[[nodiscard]] std::vector<std::uint32_t> execute_on_host(const std::vector<std::uint8_t>& plan,
                                                         const std::vector<std::uint8_t>& tensors);

struct HostRun {
  std::vector<std::uint32_t> digests;             ///< CRC-32 of each layer's output.
  std::vector<std::vector<std::int8_t>> outputs;  ///< In the order of Network::outputs().
  std::vector<std::vector<std::int8_t>> states;   ///< New values, in the order of states().
};
/// CRC-32 of all outputs, one behind the other.
[[nodiscard]] std::uint32_t output_digest(const HostRun& run);

/// Executes `network`, which was compiled to `compiled`, with any input: the codes of each input
/// and then of each state, with their numbers of elements (asserted).
[[nodiscard]] HostRun run_on_host(const QuantisedNetwork& network, const CompiledNetwork& compiled,
                                  const std::vector<std::vector<std::int8_t>>& inputs);

/// The first inference with the inputs that devices generate from `input_seed`: as run_on_host(),
/// from the initial states.
[[nodiscard]] HostRun run_first(const QuantisedNetwork& network, const CompiledNetwork& compiled,
                                std::uint32_t input_seed = 1);

}  // namespace opline::network
