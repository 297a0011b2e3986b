/* firmware/kernels/dsp/mean.c - mean over height and width, four channels at a time.
 *
 * As portable/mean.c. Halves hold the sums of up to 255 positions (255 * 128 = 32640). The
 * multiplier may lie below 2^30, where finish.h's identity ends, so requantize.h's is used, once a
 * channel. The last one to three channels are summed as a whole group: up to three bytes beyond the
 * input are read. */
#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/layers.h"
#include "firmware/kernels/requantize.h"

enum { kMostInHalves = 255 };

static const int8_t* add_positions(const int8_t* p, int32_t depth, int32_t positions,
                                   int32_t sums[4]) {
  uint32_t even = 0, odd = 0;
  for (; positions > 0; --positions, p += depth) {
    const uint32_t x = opline_fetch(p);
    even = opline_sxtab16(even, x);
    odd = opline_sxtab16_odd(odd, x);
  }
  sums[0] += (int16_t)even;
  sums[1] += (int16_t)odd;
  sums[2] += (int32_t)even >> 16;
  sums[3] += (int32_t)odd >> 16;
  return p;
}

void opline_mean_hw(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int32_t depth = layer->in_c, positions = layer->in_h * layer->in_w;
  const int32_t start = -layer->input_zero_point * positions;
  const struct opline_multiplier m = layer->requantize[0];
  for (int32_t c = 0; c < depth; c += 4) {
    int32_t sums[4] = {start, start, start, start};
    const int8_t* p = t->input + c;
    for (int32_t left = positions; left > 0; left -= kMostInHalves) {
      p = add_positions(p, depth, left < kMostInHalves ? left : kMostInHalves, sums);
    }
    for (int32_t i = 0; i < 4 && c + i < depth; ++i) {
      t->output[c + i] = opline_output_byte(layer, sums[i], m.multiplier, m.shift);
    }
  }
}
