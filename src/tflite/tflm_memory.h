// src/tflite/tflm_memory.h - what TensorFlow Lite Micro with CMSIS-NN asks of a device for a
// network: an estimate.
//
// Flash is the .tflite file (to_tflite.h). SRAM is the tensor arena: activations and the kernels'
// scratch, planned as TFLM's greedy planner does, below what stays for as long as the interpreter
// lives (structures of the graph, kernels' data, multiplier and shift of every output channel),
// which is why small networks need far more than their activations. The constants are the
// arena_used_bytes() of TFLM 90b983c2 with CMSIS-NN 4ab83cc3 on a Cortex-M4 (gcc 12.2): exact for
// DS-CNNs, within 32 B for other networks that the constants were not taken from
// (tests/tflite/data/tflm_arena.csv); pad, mean and concatenation were not counted, nor were the
// structures of variables, whose content is. Other versions of TFLM have other structures.
#pragma once
#include <cstdint>

#include "src/network/network.h"

namespace opline::tflite {

/// Bytes of the tensor arena.
struct TflmArena {
  std::uint64_t activation_bytes = 0;  ///< Planned tensors and scratch.
  std::uint64_t persistent_bytes = 0;  ///< For as long as the interpreter lives.
  [[nodiscard]] std::uint64_t bytes() const { return activation_bytes + persistent_bytes; }
};

/// Of `network`, exported by to_tflite() without intermediate outputs, on a 32-bit device with the
/// DSP extension.
[[nodiscard]] TflmArena tflm_arena(const network::Network& network);

}  // namespace opline::tflite
