/* firmware/kernels/portable/mean.c - mean over height and width, requantized.
 *
 * TFLM's: the sum of (value - zero point) is requantized once, with a multiplier that holds the
 * division. */
#include "firmware/kernels/layers.h"
#include "firmware/kernels/requantize.h"

enum { kBlock = 32 };

void opline_mean_hw(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int32_t depth = layer->in_c, positions = layer->in_h * layer->in_w;
  const struct opline_multiplier m = layer->requantize[0];
  for (int32_t first = 0; first < depth; first += kBlock) {
    const int32_t count = depth - first < kBlock ? depth - first : kBlock;
    int32_t sums[kBlock] = {0};
    const int8_t* p = t->input + first;
    for (int32_t left = positions; left > 0; --left, p += depth) {
      for (int32_t c = 0; c < count; ++c) sums[c] += p[c];
    }
    for (int32_t c = 0; c < count; ++c) {
      const int32_t sum = sums[c] - layer->input_zero_point * positions;
      t->output[first + c] = opline_output_byte(layer, sum, m.multiplier, m.shift);
    }
  }
}
