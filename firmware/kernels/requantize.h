/* firmware/kernels/requantize.h - from int32 accumulators back to int8, shared by all kernels.
 *
 * gemmlowp's fixed point (google/gemmlowp, fixedpoint/fixedpoint.h), written as it is defined.
 * Where the definition overflows int32 (a left shift of a large accumulator) the result wraps, so
 * that every build gives the same bits. */
#ifndef OPLINE_REQUANTIZE_H
#define OPLINE_REQUANTIZE_H

#include "firmware/include/opline_plan.h"

/* SaturatingRoundingDoublingHighMul for b != INT32_MIN: round(a * b / 2^31), ties towards plus
 * infinity. */
static inline int32_t opline_doubling_high_mul(int32_t a, int32_t b) {
  return (int32_t)(((int64_t)a * b + (1 << 30)) >> 31);
}

/* RoundingDivideByPOT: round(x / 2^exponent), ties away from zero; exponent in [0, 31]. */
static inline int32_t opline_rounding_divide_by_pot(int32_t x, int32_t exponent) {
  const int32_t mask = (int32_t)((1u << exponent) - 1u);
  const int32_t remainder = x & mask;
  const int32_t threshold = (mask >> 1) + (x < 0);
  return (x >> exponent) + (remainder > threshold);
}

/* MultiplyByQuantizedMultiplier: x * multiplier / 2^31 * 2^shift; shift in [-31, 30], to the left
 * if positive. */
static inline int32_t opline_requantize(int32_t x, int32_t multiplier, int32_t shift) {
  const int32_t left = shift > 0 ? shift : 0;
  const int32_t right = shift > 0 ? 0 : -shift;
  const int32_t shifted = (int32_t)((uint32_t)x << left);
  return opline_rounding_divide_by_pot(opline_doubling_high_mul(shifted, multiplier), right);
}

static inline int32_t opline_clamp(int32_t x, int32_t low, int32_t high) {
  return x < low ? low : x > high ? high : x;
}

/* The output byte of an accumulator that already holds the bias. The bounds move instead of the
 * value, so nothing overflows. */
static inline int8_t opline_output_byte(const struct opline_layer* layer, int32_t accumulator,
                                        int32_t multiplier, int32_t shift) {
  const int32_t zero_point = layer->output_zero_point;
  const int32_t x = opline_requantize(accumulator, multiplier, shift);
  return (int8_t)(opline_clamp(x, layer->activation_min - zero_point,
                               layer->activation_max - zero_point) +
                  zero_point);
}

#endif /* OPLINE_REQUANTIZE_H */
