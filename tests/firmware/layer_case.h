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

/// The same with codes of four bits, of any legal combination; `op` is one that has them.
LayerCase random_s4_case(opline_op op, std::uint64_t index);

/// The operations that have codes of four bits.
inline constexpr opline_op kS4Operations[] = {OPLINE_OP_CONV2D,          OPLINE_OP_DEPTHWISE_CONV2D,
                                              OPLINE_OP_FULLY_CONNECTED, OPLINE_OP_AVERAGE_POOL_2D,
                                              OPLINE_OP_MAX_POOL_2D,     OPLINE_OP_ADD};

/// Codes of four bits as tensors hold them: `count` codes, then `count` more from the next byte on,
/// and so forth; `fill` is what an odd count leaves.
std::vector<std::int8_t> packed(const std::vector<std::int8_t>& codes, std::size_t count, int fill);
/// The inverse.
std::vector<std::int8_t> unpacked(const std::vector<std::int8_t>& bytes, std::size_t count);

/// The bytes of the layer's weights. Where an input of four bits has a half byte that is no
/// channel, its weight is 5.
std::vector<std::int8_t> weight_bytes(const opline_layer& layer,
                                      const std::vector<std::int8_t>& codes);

/// Assigns kernel and offsets of a layer whose shape is complete; bits that are 0 become 8.
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
/// bytes of the output tensor.
std::vector<std::int8_t> output_bytes(const LayerCase& layer_case);

/// The same, a code an element.
std::vector<std::int8_t> run_kernels(const LayerCase& layer_case);

/// The shape in words, for failure messages.
std::string describe(const opline_layer& layer);

}  // namespace opline::firmware_test
