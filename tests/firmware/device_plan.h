// tests/firmware/device_plan.h - plans of many unrelated random layers for a device, and what the
// host makes of them.
//
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "firmware/include/opline_plan.h"

namespace opline::firmware_test {

/// The image's pools, as the build writes them.
struct HostPools {
  HostPools(std::uint32_t weight_bytes, std::uint32_t channel_bytes);
  std::vector<std::int8_t> weights;
  std::vector<opline_channel> channels;
};

/// `count` random layers of every operation (draws first, first + 1, ...) that read the pools at
/// random offsets. The first layer's input covers every byte that a later one reads, so nothing
/// undefined is digested.
std::vector<std::uint8_t> random_device_plan(std::uint64_t first, int count,
                                             const HostPools& pools);

/// The same with codes of four bits. What the first layer's input has in half bytes that are no
/// channel is as random as the rest.
std::vector<std::uint8_t> random_s4_device_plan(std::uint64_t first, int count,
                                                const HostPools& pools);

/// 80 convolutions with windows of one to four taps a row: every such kernel up to five rows, with
/// and without padding, strides 1 and 2, 1 to 20 output channels. What first layers are, which
/// random draws seldom hit.
std::vector<std::uint8_t> narrow_device_plan();

/// The digest of every layer, computed with the host's kernels.
std::vector<std::uint32_t> host_digests(const std::vector<std::uint8_t>& plan,
                                        const HostPools& pools);

/// The commands that load the plan: "plan load N CRC", then "plan HEX" with 36 bytes each.
std::vector<std::string> load_commands(const std::vector<std::uint8_t>& plan);

}  // namespace opline::firmware_test
