// src/network/host_execution.h - executes a finished plan with the host's build of the kernels.
//
// What a device has to reproduce, computed from the plan alone. compile() knows the digests
// already; this is for plans that come from elsewhere and for plans with changed constants.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "src/network/pools.h"

namespace opline::network {

/// CRC-32 of each layer's output. `plan` is valid (as compile() returns it), and the pools are at
/// least as large as it needs.
[[nodiscard]] std::vector<std::uint32_t> execute_on_host(const std::vector<std::uint8_t>& plan,
                                                         const Pools& pools);
struct HostRun {
  std::vector<std::uint32_t> digests;  ///< CRC-32 of each layer's output.
  std::vector<std::int8_t> output;     ///< Of the last layer.
};
/// The same for a plan with a blob of its own tensors and any input; `input` has the elements of
/// the network's input (asserted).
[[nodiscard]] HostRun run_on_host(const std::vector<std::uint8_t>& plan,
                                  const std::vector<std::uint8_t>& tensors,
                                  std::span<const std::int8_t> input);

/// The same for a plan with a blob of its own tensors.
[[nodiscard]] std::vector<std::uint32_t> execute_on_host(const std::vector<std::uint8_t>& plan,
                                                         const std::vector<std::uint8_t>& tensors);

}  // namespace opline::network
