// src/network/op_count.h - arithmetic and parameters of a network.
//
// The proxy under study is ops = 2 x macs (MicroNets, MLSys 2021, footnote 2). Only
// multiply-accumulates of convolutions and fully connected layers count; everything else counts as
// zero, as in the paper.
#pragma once
#include <cstdint>
#include <vector>

#include "src/network/network.h"

namespace opline::network {

/// Arithmetic of one layer.
struct LayerOps {
  LayerId layer = 0;       ///< Position in execution order, 0-based.
  std::uint64_t macs = 0;  ///< Multiply-accumulates, padded taps included (they are executed).
  std::uint64_t parameters = 0;  ///< Weights, biases and constant operands.
  [[nodiscard]] std::uint64_t ops() const { return 2 * macs; }
};

/// Counts one layer. conv2d [h][w][c]: macs = out_h * out_w * out_c * kernel_h * kernel_w * in_c /
/// groups; depthwise: without in_c; fully connected: in * out; everything else 0. Never fails.
[[nodiscard]] LayerOps count_layer(const Layer& layer, LayerId id = 0);

/// Counts every layer of `network` in execution order; one entry per layer, zeros included.
/// O(layers). Never fails. Known answers: tests/network/op_count_test.cpp (the paper's KWS-S/M/L).
[[nodiscard]] std::vector<LayerOps> count_ops(const Network& network);

/// Sums over the layers.
struct NetworkOps {
  std::uint64_t macs = 0;
  std::uint64_t parameters = 0;
  [[nodiscard]] std::uint64_t ops() const { return 2 * macs; }
};
[[nodiscard]] NetworkOps total_ops(const Network& network);

}  // namespace opline::network
