// tests/tflite/layer_comparison.h - opline's kernels against TensorFlow Lite, layer by layer.
//
// Every layer is executed on the inputs that TensorFlow Lite gave its own, because a difference of
// one step would grow from layer to layer, and the last outputs of a random network say little.
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "src/network/quantised_network.h"
#include "tests/tflite/oracle.h"

namespace opline::tflite_test {

/// What was compared of one kind of layer.
struct Tally {
  std::uint64_t layers = 0;
  std::uint64_t outputs = 0;
  std::uint64_t different = 0;  ///< Outputs that are not the same.
  int most = 0;                 ///< Steps that an output differs by at most.
  /// Of those different, how many are not what rounding negative halves up gives (half_up.h);
  /// linear kinds only.
  std::uint64_t unexplained = 0;

  [[nodiscard]] double share() const;
  void add(const Tally& other);
};

/// By kind(). One line a kind: to_text().
using Comparison = std::map<std::string, Tally>;
[[nodiscard]] std::string to_text(const Comparison& comparison);
void add(Comparison& sum, const Comparison& other);

/// The layer's type; of conv2d and fully_connected also "linear", unless its lowest code is the
/// zero of a ReLU: only there negative ties, which engines round differently, can't be seen.
[[nodiscard]] std::string kind(const network::QuantisedNetwork& network, network::LayerId layer);

/// Executes `network` on `input` in both.
[[nodiscard]] Comparison compare(const Oracle& oracle, const network::QuantisedNetwork& network,
                                 const Oracle::Codes& input);

/// Fails the running test for what differs more than it may: conv2d and fully_connected with ReLU,
/// depthwise, pools, add, pad, concatenation not at all; linear ones by one step, on 0.3 % of their
/// outputs, each of which is the other rounding of a negative half; softmax by one step on 0.3 %;
/// mean by one step.
void expect_as_documented(const Comparison& comparison);

}  // namespace opline::tflite_test
