// tests/firmware/layer_case.h - one layer with its operands, drawn at random, and the library's
// kernels run on it.
//
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "firmware/include/opline_plan.h"
#include "tests/firmware/reference_kernels.h"

namespace opline::firmware_test {

/// A layer that opline_check_plan accepts, offsets assigned: input, input2, output, scratch one
/// after another.
struct LayerCase {
  opline_layer layer{};
  reference::Operands operands;
};

/// Draw `index` of `op`: odd and even sizes, SAME, VALID and explicit padding, strides, ReLU, ReLU6
/// and no activation, shifts that saturate a part of the outputs. Same arguments, same case.
LayerCase random_case(opline_op op, std::uint64_t index);

/// Assigns kernel and offsets of a layer whose shape is complete.
void place(opline_layer& layer);

/// The table of a placed layer, the same for all of its shape and operation: codes, or rows and
/// columns of the input, at random.
std::vector<std::uint8_t> table_of(const opline_layer& layer);

/// Bytes of activations and scratch that a placed layer asks for.
std::uint32_t activation_bytes(const opline_layer& layer);

/// A plan of `layers`, header and tables included; weight and channel bytes as the layers use them.
/// The input is that of the first layer.
std::vector<std::uint8_t> make_plan(std::vector<opline_layer> layers, std::uint32_t input_seed);

/// Executes the case with opline_run_layer in buffers of exactly the asked size and returns the
/// output tensor.
std::vector<std::int8_t> run_kernels(const LayerCase& layer_case);

/// The shape in words, for failure messages.
std::string describe(const opline_layer& layer);

}  // namespace opline::firmware_test
