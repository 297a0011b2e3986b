/* firmware/kernels/dsp/conv_1x1.c - pointwise convolution, two output channels by two positions.
 *
 * No im2col: the input is the matrix. Four words (two positions, two rows of weights) give sixteen
 * products. The zero point leaves the inner loop: sum((x - z) * w) = sum(x * w) - z * sum(w), and
 * sum(w) is taken once a channel pair. The last one to three taps are masked in the input, so that
 * a depth not divisible by four costs one group more. */
#include "firmware/kernels/dsp/dot_2x2.h"
#include "firmware/kernels/dsp/dot_4x1.h"
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/layers.h"

/* Bias minus zero point times the sum of the row. */
static int32_t start_of(const struct opline_channel* channel, const int8_t* row, int32_t depth,
                        int32_t zero_point) {
  const uint32_t ones = 0x00010001u;
  int32_t sum = 0;
  for (; depth >= 4; depth -= 4, row += 4) {
    const uint32_t w = opline_fetch(row);
    sum = opline_smlad(ones, opline_sxtb16(w), sum);
    sum = opline_smlad(ones, opline_sxtb16_odd(w), sum);
  }
  for (; depth > 0; --depth) sum += *row++;
  return (int32_t)((uint32_t)channel->bias - (uint32_t)(zero_point * sum));
}

static void pair_of_channels(const struct opline_layer* layer, const struct opline_tensors* t,
                             int32_t c) {
  const int32_t depth = layer->in_c;
  const int32_t single =
      c + 1 == layer->out_c; /* the second row repeats the first, its outputs are dropped */
  const int8_t* w0 = t->weights + c * depth;
  const int8_t* w1 = single ? w0 : w0 + depth;
  const struct opline_channel* ch0 = t->channels + c;
  const struct opline_channel* ch1 = single ? ch0 : ch0 + 1;
  const int32_t start0 = start_of(ch0, w0, depth, layer->input_zero_point);
  const int32_t start1 = start_of(ch1, w1, depth, layer->input_zero_point);
  const struct opline_finish f = opline_finish_of(layer);
  const struct opline_scale a = opline_channel_scale(layer, ch0),
                            b = opline_channel_scale(layer, ch1);
  const int8_t* x = t->input;
  int8_t* out = t->output + c;
  for (int32_t left = layer->out_h * layer->out_w; left > 0; left -= 2) {
    const int8_t* x1 = left > 1 ? x + depth : x;
    int8_t* out1 =
        left > 1 ? out + layer->out_c : out; /* the same position once more: the same values */
    const struct opline_sums s =
        opline_dot_2x2(x, x1, w0, w1, depth, (struct opline_sums){start0, start1, start0, start1});
    out[0] = (int8_t)opline_finish_sum(&f, s.s00, a.doubled, a.right);
    out1[0] = (int8_t)opline_finish_sum(&f, s.s10, a.doubled, a.right);
    if (!single) {
      out[1] = (int8_t)opline_finish_sum(&f, s.s01, b.doubled, b.right);
      out1[1] = (int8_t)opline_finish_sum(&f, s.s11, b.doubled, b.right);
    }
    x = x1 + depth;
    out = out1 + layer->out_c;
  }
}

/* A single position: four rows of weights share it. */
static void one_position(const struct opline_layer* layer, const struct opline_tensors* t) {
  const uint32_t offset = opline_both_halves(-layer->input_zero_point);
  const struct opline_finish f = opline_finish_of(layer);
  const int32_t depth = layer->in_c;
  for (int32_t c = 0; c < layer->out_c; c += 4) {
    const int32_t rest = layer->out_c - c;
    const int32_t rows = rest < 4 ? rest : 4;
    int32_t sums[4];
    opline_dot_4x1(t->input, offset, t->weights + c * depth, depth, rows, depth, sums);
    opline_finish_channels(&f, t->channels + c, sums, rows, t->output + c);
  }
}

void opline_conv_1x1(const struct opline_layer* layer, const struct opline_tensors* t) {
  if (layer->out_h * layer->out_w == 1) {
    one_position(layer, t);
    return;
  }
  for (int32_t c = 0; c < layer->out_c; c += 2) pair_of_channels(layer, t, c);
}
