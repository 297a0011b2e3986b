// src/costmodel/branch_bits.h - how many bits the codes of a branch's layers have, by what comes
// before and after the branch.
//
// network::assign_bits() gives four bits to every tensor that nothing forbids them, and passes what
// forbids them from tensor to tensor. Between two branches of a path lies one tensor, so a branch
// learns of its surroundings only whether that tensor is made eight bits wide on the other side,
// and, of the layers behind it, whether one passes quantisation on. Internal to the module.
#pragma once
#include <vector>

#include "sampler/space/place.h"
#include "src/network/network.h"

namespace opline::costmodel {

/// What follows a tensor.
struct Followers {
  bool eight = false;   ///< They make it 8 bits wide.
  bool passes = false;  ///< One of those that read it passes quantisation.
};

class BranchBits {
 public:
  BranchBits(const sampler::Branch& branch, network::Bits bits);

  /// The branch's layers with their bits, and channels that mean nothing; none for kInputLayer.
  /// `eight`: what comes before makes the block's input 8 bits wide.
  [[nodiscard]] std::vector<network::Layer> layers(bool eight, Followers followers) const;
  /// Whether the branch and what comes before make the tensor at its end 8 bits wide.
  [[nodiscard]] bool makes_eight(bool eight) const;
  /// What the branch and the followers of its end are to the block's input.
  [[nodiscard]] Followers followers(Followers at_end) const;

 private:
  [[nodiscard]] std::vector<network::Layer> run(bool eight, Followers followers) const;

  std::vector<network::Layer> layers_;  ///< Inputs: -1 for the block's input, else the layer.
  network::Bits bits_;
  bool passes_ = false;  ///< A layer that reads the block's input passes quantisation.
};

}  // namespace opline::costmodel
