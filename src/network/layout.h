// src/network/layout.h - the part of a plan that follows from shapes alone: offsets, memory plan,
// footprint.
//
// No I/O, no quantisation: compile.h adds the numbers.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "firmware/include/opline_plan.h"
#include "src/network/network.h"

namespace opline::network {

/// Where the constant tensors of a plan lie in the device's flash.
enum class TensorSource : std::uint8_t {
  pools,  ///< Slices of the image's pools: a sampled network.
  /// A blob of the network's own in the same place: for each layer its weights, then its table of
  /// channels.
  own
};

/// Memory that the network needs on a device with opline's own runtime, in bytes, alignment
/// included. 64 bit, so that networks too large for any device have their true size.
struct Footprint {
  TensorSource source = TensorSource::pools;
  std::uint64_t weight_bytes = 0;  ///< Weights (flash).
  /// Biases, multipliers and shifts (flash); every table counted in full.
  std::uint64_t channel_bytes = 0;
  std::uint64_t activation_bytes = 0;  ///< Peak of activations and scratch (SRAM).
  std::uint64_t arena_bytes = 0;       ///< Activations, plan and results (SRAM).
  [[nodiscard]] std::uint64_t flash_bytes() const { return weight_bytes + channel_bytes; }
};

/// Start of a table of `bytes` in the channel pool when the previous one ends at `end`: directly
/// behind it, or at the start of the pool where it does not fit there
/// (docs/decisions/0003-pools-in-flash.md).
[[nodiscard]] constexpr std::uint32_t place_table(std::uint32_t end, std::uint64_t bytes) {
  return end + bytes <= OPLINE_CHANNEL_POOL_BYTES ? end : 0;
}

/// Rounds a layer's part of the channel pool up so that the next one is 16-byte aligned and starts
/// with an entry.
[[nodiscard]] constexpr std::uint64_t align_channels(std::uint64_t bytes) {
  return (bytes + 47U) / 48U * 48U;
}

/// Memory that an image leaves for networks, read from its ELF symbols. A network's own tensors may
/// take the place of both pools.
struct DeviceLimits {
  std::uint32_t weight_pool_bytes = 0;
  std::uint32_t channel_pool_bytes = 0;
  std::uint32_t arena_bytes = 0;
};

/// Nothing when the network fits; else "needs 131072 B of SRAM (arena), 120000 B are available;
/// ..." with every shortage.
[[nodiscard]] std::optional<std::string> reason_not_to_fit(const Footprint& footprint,
                                                           const DeviceLimits& limits);

/// A plan before quantisation: every descriptor has its shape and kernel and, where no size exceeds
/// 31 bits, its offsets.
struct Layout {
  opline_plan_header header{};
  std::vector<opline_layer> layers;
  std::vector<std::uint8_t> tables;  ///< Those of lookups are zeros before quantisation.
  Footprint footprint;
  std::vector<std::uint64_t> live_bytes;  ///< SRAM in use while each layer runs.
  /// Why the runtime cannot execute the network on any device, whatever its memory.
  std::optional<std::string> refusal;
};
/// Throws Error{input} for a network of more than OPLINE_MAX_LAYERS layers.
[[nodiscard]] Layout lay_out(const Network& network, TensorSource source = TensorSource::pools);

/// lay_out(), but throws Error{input} with the refusal where there is one.
[[nodiscard]] Layout executable_layout(const Network& network, TensorSource source);

/// Nothing when a device with `limits` can execute it; else the refusal or the shortage.
[[nodiscard]] std::optional<std::string> reason_not_to_run(const Layout& layout,
                                                           const DeviceLimits& limits);

/// The codes of the network's outputs, one output behind the other, from the activations after an
/// inference.
[[nodiscard]] std::vector<std::int8_t> outputs_of(const Network& network, const Layout& layout,
                                                  const std::vector<std::int8_t>& activations);

/// Header and descriptors as they are sent to the device.
[[nodiscard]] std::vector<std::uint8_t> plan_bytes(const Layout& layout);

}  // namespace opline::network
