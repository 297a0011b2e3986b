// tests/firmware/reference_kernels.h - TFLite's int8 operations written from their definitions, a
// second time.
//
// Plain loops over [h][w][c] in 64-bit integers, sharing no code with firmware/kernels: one output
// element is one call, taps are looked up by coordinates. Slow and obvious.
#pragma once
#include <cstdint>
#include <vector>

#include "firmware/include/opline_plan.h"

namespace opline::reference {

/// round(a * b / 2^31) as gemmlowp's SaturatingRoundingDoublingHighMul defines it.
std::int32_t doubling_high_mul(std::int32_t a, std::int32_t b);

/// round(x / 2^exponent), ties away from zero (gemmlowp's RoundingDivideByPOT); exponent in [0,
/// 31].
std::int32_t rounding_divide(std::int32_t x, int exponent);

/// TFLite's MultiplyByQuantizedMultiplier with two roundings.
std::int32_t requantize(std::int32_t x, std::int32_t multiplier, int shift);

/// What one layer reads, a code an element, whatever its bits. `weights`, `channels` and `table`
/// are the layer's own, from index 0; a constant operand is `input` or `input2`.
struct Operands {
  std::vector<std::int8_t> input, input2, weights;
  std::vector<opline_channel> channels;
  std::vector<std::uint8_t> table;
};

/// Executes `layer` on `operands`; every operation but softmax. Returns the output tensor.
std::vector<std::int8_t> run(const opline_layer& layer, const Operands& operands);

/// Softmax in floating point: 256 * exp(beta * x) / sum - 128 before rounding; `beta_scale` is beta
/// times input scale.
std::vector<double> softmax(const opline_layer& layer, const std::vector<std::int8_t>& input,
                            double beta_scale);

}  // namespace opline::reference
