/* firmware/kernels/softmax.c - TFLite's int8 softmax: output scale 1/256, output zero point -128.
 *
 * Per row: sum exp(input - maximum) in Q12.19, take its reciprocal, scale each exp. The output may
 * be the input. */
#include "firmware/kernels/fixed_point.h"
#include "firmware/kernels/layers.h"

enum { kDifferenceIntegerBits = 5, kAccumulationIntegerBits = 12, kOutputBits = 8 };

static int32_t exp_of_difference(const struct opline_layer* layer, int32_t difference) {
  const struct opline_multiplier* m = &layer->requantize[0];
  return opline_exp_on_negative(opline_requantize(difference, m->multiplier, m->shift),
                                kDifferenceIntegerBits);
}

static int32_t maximum(const int8_t* row, int32_t count) {
  int32_t best = row[0];
  for (int32_t c = 1; c < count; ++c) best = row[c] > best ? row[c] : best;
  return best;
}

static int32_t sum_of_exps(const struct opline_layer* layer, const int8_t* row, int32_t count,
                           int32_t max) {
  uint32_t sum = 0;
  for (int32_t c = 0; c < count; ++c) {
    const int32_t difference = row[c] - max;
    if (difference < layer->softmax_diff_min) continue;
    sum += (uint32_t)opline_rounding_divide_by_pot(exp_of_difference(layer, difference),
                                                   kAccumulationIntegerBits);
  }
  return (int32_t)sum;
}

static void softmax_row(const struct opline_layer* layer, const int8_t* row, int32_t count,
                        int8_t* output) {
  const int32_t max = maximum(row, count);
  const uint32_t sum = (uint32_t)sum_of_exps(layer, row, count, max);
  const int32_t headroom = __builtin_clz(sum); /* never 0: the maximum itself contributes 1.0 */
  /* The sum is m * 2^k with m in [1, 2); its reciprocal is 2^-k / m. */
  const int32_t fraction = (int32_t)((sum << headroom) - 0x80000000u);
  const int32_t scale = opline_one_over_one_plus(fraction);
  const int32_t exponent = kAccumulationIntegerBits - headroom + 31 - kOutputBits;
  for (int32_t c = 0; c < count; ++c) {
    const int32_t difference = row[c] - max;
    int32_t value = INT8_MIN;
    if (difference >= layer->softmax_diff_min &&
        exponent <= 31) { /* beyond, the quotient rounds to 0 */
      const int32_t product = opline_fixed_mul(scale, exp_of_difference(layer, difference));
      value += opline_rounding_divide_by_pot(product, exponent);
    }
    output[c] = (int8_t)opline_clamp(value, INT8_MIN, INT8_MAX);
  }
}

void opline_softmax(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int32_t rows = layer->in_h * layer->in_w;
  for (int32_t row = 0; row < rows; ++row) {
    softmax_row(layer, t->input + row * layer->in_c, layer->in_c, t->output + row * layer->in_c);
  }
}
