// src/tflite/to_tflite.h - a network as a .tflite file, for everybody else's runtimes.
//
// One operator per layer, in execution order (and a RESHAPE where a fully connected layer's output
// is read as a map), all int8: what TensorFlow Lite's converter writes for a fully quantised model,
// per-channel weights included. A fully connected layer reads its input as it is, [1, h, w, c]:
// TFLite and TFLM flatten it themselves, so operators and layers stay one to one. Operator versions
// are the oldest that have the int8 kernels. docs/formats/tflite.md.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "src/network/quantised_network.h"

namespace opline::tflite {

struct TfliteOptions {
  /// The file's `description`: where it comes from. Empty: "opline <version>, network <id>".
  std::string description;
  /// The model's outputs are every layer's, in execution order, instead of the network's. Their
  /// memory is then never reused: for looking at each layer, not for measuring.
  bool intermediate_outputs = false;
};

/// A file and how its operators are the network's layers.
struct TfliteFile {
  std::vector<std::uint8_t> bytes;
  /// For each operator, in the order of execution, its layer: a RESHAPE is of the layer that it is
  /// made for, an ASSIGN_VARIABLE of the one that makes the state's value, and what stands before
  /// all layers (variables that are read) of the first.
  std::vector<std::uint32_t> layer_of_operator;
};
/// As to_tflite().
[[nodiscard]] TfliteFile write_tflite(const network::QuantisedNetwork& network,
                                      const TfliteOptions& options = {});

/// The file's bytes. Deterministic: the same network and options give the same bytes on every
/// machine. Tensor data are 16-byte aligned within the file. Throws Error{input} for constants that
/// don't have the shapes of their layers.
[[nodiscard]] std::vector<std::uint8_t> to_tflite(const network::QuantisedNetwork& network,
                                                  const TfliteOptions& options = {});

}  // namespace opline::tflite
