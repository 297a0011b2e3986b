// runners/simulator/translate/translation.h - code of an image, translated to the host's.
//
// Whether it belongs to what a machine executes is decided by a digest over everything that it was
// made from: encodings, cycles, memories. Where that differs, the machine interprets.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runners/simulator/machine/cpu.h"
#include "runners/simulator/timing/block_timing.h"

namespace opline::simulator {

struct Translation {
  /// An instruction that translated code begins at.
  struct Entry {
    std::uint32_t address = 0;
    Handler run = nullptr;
  };
  std::string_view digest;                   ///< See digest_of().
  std::span<const std::uint32_t> addresses;  ///< Of all its instructions, ascending; flash only.
  std::span<const Entry> entries;
  std::span<const CodeBlock> blocks;  ///< Of code for the Cortex-M7 (timing/block_timing.h).
};

/// The digest of the instructions at `addresses` as `cpu` decodes them, of their cycles and of the
/// board's memories.
[[nodiscard]] std::string digest_of(const Cpu& cpu, std::span<const std::uint32_t> addresses);

}  // namespace opline::simulator
