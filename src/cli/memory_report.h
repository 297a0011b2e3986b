// src/cli/memory_report.h - what another runtime would need for a network, and what was published
// about it.
//
//   TensorFlow Lite Micro with CMSIS-NN (estimate): flash 95.2 kB as .tflite, SRAM 62.8 kB of arena
//   published: 16.4 Mops (counted +1.5 %), flash 102 kB (.tflite -6.7 %), SRAM 53.2 kB (estimate
//   +18.0 %); MicroNets ...
#pragma once
#include <iosfwd>

#include "src/base/json.h"
#include "src/cli/network_argument.h"
#include "src/tflite/tflm_memory.h"

namespace opline::cli {

struct MemoryReport {
  std::uint64_t ops = 0;           ///< Counted.
  std::uint64_t tflite_bytes = 0;  ///< Size of the network's .tflite file (to_tflite()).
  tflite::TflmArena arena;         ///< An estimate (tflm_memory.h).
  std::optional<sampler::PublishedFigures> published;
};

/// Throws as numbers_of() does.
[[nodiscard]] MemoryReport memory_report(const NamedNetwork& named);

void print(const MemoryReport& report, std::ostream& out);

/// Keys: tflite_bytes, tflm_arena_bytes, tflm_activation_bytes, tflm_persistent_bytes ("estimate":
/// true), and published (source, ops, flash_bytes, sram_bytes; null for what it has not) where
/// there is something.
[[nodiscard]] Json to_json(const MemoryReport& report);

}  // namespace opline::cli
