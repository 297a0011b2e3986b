// src/network/shared_quantisation.h - tensors that must share one quantisation: those of a concatenation,
// and what pools and pads pass through to or from them.
//
// TFLite's int8 CONCATENATION moves bytes, so all its tensors have one scale and zero point.
#pragma once
#include <vector>

#include "src/network/network.h"
#include "src/network/tflite_arithmetic.h"

namespace opline::network {

/// Pads, pools and concatenations give their input's quantisation to their output.
[[nodiscard]] bool passes_quantisation(LayerType type);

class TiedTensors {
 public:
  /// Throws Error{input} for a concatenation of tensors that can't share a quantisation: the
  /// network's input with a softmax.
  TiedTensors(const Network& network, const TensorQuantisation& input,
              const TensorQuantisation& softmax);

  /// The quantisation that `tensor` must have. A scale of 0: the first layer that makes one of the
  /// class chooses it
  /// (`choose`). Null: the tensor is free.
  [[nodiscard]] const TensorQuantisation* wanted(TensorId tensor) const;
  void choose(TensorId tensor, float scale);

 private:
  struct Class {
    bool tied = false;
    TensorQuantisation quantisation{0, -128};
  };
  [[nodiscard]] std::size_t find(TensorId tensor) const;
  void unite(TensorId a, TensorId b);
  std::vector<std::size_t> parent_;  // by tensor
  std::vector<Class> classes_;       // by tensor; valid at a root
};

}  // namespace opline::network
