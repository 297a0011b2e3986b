// src/network/shared_quantisation.h - finds the tensors that must have the same scale and zero
// point, and records what they have.
//
// TFLite's int8 CONCATENATION, pools, PAD, TRANSPOSE and the like move codes without rescaling, so
// all tensors that a concatenation connects, directly or through pools and pads, form one class.
// Internal to the module.
#pragma once
#include <vector>

#include "src/network/network.h"
#include "src/network/tflite_arithmetic.h"

namespace opline::network {

class SharedQuantisation {
 public:
  /// `input` is the fixed quantisation of the network's inputs and states; outputs may have one too
  /// (fixed_output). Throws Error{input} when one class would contain two that differ.
  SharedQuantisation(const Network& network, const TensorQuantisation& input);

  /// The quantisation of `tensor`'s class; null where the tensor is in none. A scale of 0 is not
  /// chosen yet: the first layer that computes a tensor of the class chooses it.
  [[nodiscard]] const TensorQuantisation* required(TensorId tensor) const;
  void choose(TensorId tensor, float scale);
  /// Replaces a scale that was chosen; false where it is the input's or an operation's.
  bool raise(TensorId tensor, float scale);

 private:
  struct Class {
    bool shared = false;
    bool chosen = true;  // else fixed
    TensorQuantisation quantisation{0, -128};
  };
  [[nodiscard]] std::size_t find(TensorId tensor) const;
  void unite(TensorId a, TensorId b);
  std::vector<std::size_t> parent_;  // by tensor
  std::vector<Class> classes_;       // by tensor; valid at a root
};

}  // namespace opline::network
