// src/report/memory_report.h - what another runtime would need for a network, and what was
// published about it.
//
//   TensorFlow Lite Micro with CMSIS-NN (estimate): flash 93.0 KiB as .tflite, SRAM 61.3 KiB of
//   arena (20.1 KiB persistent)
//   published: 16.4 Mops (counted +1.5 %), flash 99.6 KiB (.tflite -6.7 %), SRAM 52.0 KiB
//   (estimate +18.0 %); MicroNets ...
#pragma once
#include <iosfwd>

#include "sampler/space/known_network.h"
#include "src/base/json.h"
#include "src/network/quantised_network.h"
#include "src/tflite/tflm_memory.h"

namespace opline::report {

struct MemoryReport {
  std::uint64_t ops = 0;  ///< Counted, as the parameters.
  std::uint64_t parameters = 0;
  std::uint64_t tflite_bytes = 0;  ///< Size of the network's .tflite file.
  bool from_file = false;          ///< It is an existing file; else what to_tflite() writes.
  tflite::TflmArena arena;         ///< An estimate (tflm_memory.h).
  std::optional<sampler::PublishedFigures> published;
};

/// Of a network with its numbers, and what was published about it, if anything was. `file_bytes` of
/// a network that was read from a file.
[[nodiscard]] MemoryReport memory_report(const network::QuantisedNetwork& numbers,
                                         const std::optional<sampler::PublishedFigures>& published,
                                         const std::optional<std::uint64_t>& file_bytes = {});

void print(const MemoryReport& report, std::ostream& out);

/// Keys: tflite_bytes (of the file that was read, if one was), tflm_arena_bytes,
/// tflm_activation_bytes, tflm_persistent_bytes ("estimate": true).
[[nodiscard]] Json to_json(const MemoryReport& report);

}  // namespace opline::report
