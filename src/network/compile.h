// src/network/compile.h - from a network to the plan a device executes, and to the outputs it must
// produce.
//
// lay_out() is arithmetic on shapes: offsets, memory plan, footprint. compile() also chooses the
// quantisation by running the host's kernels layer by layer, and so knows the digest of every
// layer's output: once per network, whatever the number of boards. No I/O.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "firmware/include/opline_plan.h"
#include "src/network/network.h"
#include "src/network/pools.h"

namespace opline::network {

/// Version of the layout and quantisation of plans; part of every setup, because offsets move
/// cycles a little. Raise it with any change that gives a network another plan.
inline constexpr int kPlannerVersion = 2;

/// Where the constant tensors of a plan lie in the device's flash.
enum class TensorSource : std::uint8_t {
  pools,  ///< Slices of the image's pools: a sampled network.
  own  ///< A blob of the network's own in the same place: each layer's weights, then its table of
       ///< channels.
};

/// What the network asks of a device that runs it with opline's own runtime. Bytes; alignment
/// included. 64 bit: the true size of what no device can hold, too.
struct Footprint {
  TensorSource source = TensorSource::pools;
  std::uint64_t weight_bytes = 0;  ///< Of weights (flash).
  std::uint64_t channel_bytes =
      0;  ///< Of biases, multipliers, shifts (flash); every table in full.
  std::uint64_t activation_bytes = 0;  ///< Peak of activations and scratch (SRAM).
  std::uint64_t arena_bytes = 0;       ///< Activations, plan and results (SRAM).
  [[nodiscard]] std::uint64_t flash_bytes() const { return weight_bytes + channel_bytes; }
};

/// Where in the channel pool a table of `bytes` goes when the one before it ends at `end`: behind
/// it, or, where it doesn't fit there, at the pool's start (docs/decisions/0003-pools-in-flash.md).
[[nodiscard]] constexpr std::uint32_t place_table(std::uint32_t end, std::uint64_t bytes) {
  return end + bytes <= OPLINE_CHANNEL_POOL_BYTES ? end : 0;
}

/// What an image leaves for networks; read from its ELF symbols. A network's own tensors may take
/// both pools' place.
struct DeviceLimits {
  std::uint32_t weight_pool_bytes = 0;
  std::uint32_t channel_pool_bytes = 0;
  std::uint32_t arena_bytes = 0;
};

/// Nothing when it fits; else "needs 131072 B of SRAM, 120000 B are there; ..." naming every
/// shortage in bytes.
[[nodiscard]] std::optional<std::string> reason_not_to_fit(const Footprint& footprint,
                                                           const DeviceLimits& limits);

/// A plan without numerics: every descriptor has its shape, kernel and, where no size exceeds 31
/// bits, its offsets.
struct Layout {
  opline_plan_header header{};
  std::vector<opline_layer> layers;
  Footprint footprint;
  std::vector<std::uint64_t> live_bytes;  ///< SRAM in use while each layer runs.
  std::optional<std::string>
      refusal;  ///< Why the runtime executes it on no device, whatever its memory.
};
/// Throws Error{input} for a network of more than OPLINE_MAX_LAYERS layers.
[[nodiscard]] Layout lay_out(const Network& network, TensorSource source = TensorSource::pools);

/// Nothing when a device with `limits` can execute it; else the refusal or the shortage.
[[nodiscard]] std::optional<std::string> reason_not_to_run(const Layout& layout,
                                                           const DeviceLimits& limits);

/// Rounds a layer's part of the channel pool up so that the next one is 16-byte aligned and starts
/// with an entry.
[[nodiscard]] constexpr std::uint64_t align_channels(std::uint64_t bytes) {
  return (bytes + 47U) / 48U * 48U;
}

/// How a layer's output is spread, so that its digest sees errors.
struct OutputSpread {
  double standard_deviation = 0;  ///< In quantisation steps.
  double saturated_share =
      0;  ///< Of elements at an end of the int8 range that is not a ReLU's zero.
};

struct CompiledNetwork {
  std::vector<std::uint8_t> plan;  ///< Header and descriptors, as the wire carries them.
  std::vector<std::uint8_t>
      tensors;  ///< For the start of the device's reserved flash; empty: the pools' are used.
  std::vector<std::uint32_t>
      digests;  ///< CRC-32 of each layer's output, as the device computes them.
  std::vector<OutputSpread> spread;  ///< One entry a layer.
  std::vector<std::int8_t> output;   ///< Of the last layer.
  Footprint footprint;
};

/// Spread every compiled layer has (design: else a digest is blind).
inline constexpr double kMinStandardDeviation = 10;
inline constexpr double kMaxSaturatedShare = 0.05;

/// Quantises from the pools, executes on the host and digests. (With numbers of its own:
/// quantised_network.h.) `input_seed` generates the input on both sides. Deterministic. A layer
/// that no scale gives the spread above starts a few bytes later in the weight pool, so `footprint`
/// may be a little larger than lay_out() says. Where nothing reaches the spread (an output of one
/// value, a mean over raw input) the last try is kept: `spread` tells. Throws Error{input} for a
/// network with a `refusal` and when the pools are too small (weight_bytes_at_most()).
[[nodiscard]] CompiledNetwork compile(const Network& network, const Pools& pools,
                                      std::uint32_t input_seed = 1);

/// Weight-pool bytes that compile() may use at most for a layout of `footprint`.
[[nodiscard]] std::uint64_t weight_bytes_at_most(const Layout& layout);

/// Executes an existing plan on the host; returns each layer's output digest. For tests with other
/// pools, and with own tensors.
[[nodiscard]] std::vector<std::uint32_t> execute(const std::vector<std::uint8_t>& plan,
                                                 const Pools& pools);
[[nodiscard]] std::vector<std::uint32_t> execute(const std::vector<std::uint8_t>& plan,
                                                 const std::vector<std::uint8_t>& tensors);

}  // namespace opline::network
