/* firmware/kernels/dsp/conv_im2col.c - convolution, two gathered columns by two output channels.   Room:
 * firmware.
 *
 * Weights beyond a row's end meet zeros in the column's last group: they are read (up to three bytes), never
 * used. */
#include "firmware/kernels/dsp/dot_2x2.h"
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/dsp/im2col.h"

/* Sixteen products of four taps; alive: 4 sums, 4 pointers, 2 words of columns, 2 of weights and one half. */
static inline __attribute__((always_inline)) void four_taps(struct opline_sums* s, const int16_t* x0,
                                                            const int16_t* x1, const int8_t* w0,
                                                            const int8_t* w1) {
  const uint32_t x0_even = opline_fetch(x0), x1_even = opline_fetch(x1);
  const uint32_t a = opline_fetch(w0), b = opline_fetch(w1);
  const uint32_t a_even = opline_sxtb16(a);
  s->s00 = opline_smlad(x0_even, a_even, s->s00);
  s->s10 = opline_smlad(x1_even, a_even, s->s10);
  const uint32_t b_even = opline_sxtb16(b);
  s->s01 = opline_smlad(x0_even, b_even, s->s01);
  s->s11 = opline_smlad(x1_even, b_even, s->s11);
  const uint32_t x0_odd = opline_fetch(x0 + 2), x1_odd = opline_fetch(x1 + 2);
  const uint32_t a_odd = opline_sxtb16_odd(a);
  s->s00 = opline_smlad(x0_odd, a_odd, s->s00);
  s->s10 = opline_smlad(x1_odd, a_odd, s->s10);
  const uint32_t b_odd = opline_sxtb16_odd(b);
  s->s01 = opline_smlad(x0_odd, b_odd, s->s01);
  s->s11 = opline_smlad(x1_odd, b_odd, s->s11);
}

static inline struct opline_sums dot(const int16_t* x0, const int16_t* x1, const int8_t* w0, const int8_t* w1,
                                     int32_t taps, struct opline_sums s) {
  const int16_t* end = x0 + (taps & ~15);
  for (; x0 != end; x0 += 16, x1 += 16, w0 += 16, w1 += 16) {
    four_taps(&s, x0, x1, w0, w1);
    four_taps(&s, x0 + 4, x1 + 4, w0 + 4, w1 + 4);
    four_taps(&s, x0 + 8, x1 + 8, w0 + 8, w1 + 8);
    four_taps(&s, x0 + 12, x1 + 12, w0 + 12, w1 + 12);
  }
  for (end = x0 + (taps & 12); x0 != end; x0 += 4, x1 += 4, w0 += 4, w1 += 4) four_taps(&s, x0, x1, w0, w1);
  return s;
}

/* All output channels of two positions; a single one is given twice. */
static void multiply(const struct opline_layer* layer, const struct opline_tensors* t, const int16_t* x0,
                     const int16_t* x1, int8_t* out0, int8_t* out1) {
  const struct opline_finish f = opline_finish_of(layer);
  const int32_t row_taps = layer->kernel_h * layer->kernel_w * layer->in_c;
  const int32_t taps = opline_column_taps(layer);
  const struct opline_channel* ch = t->channels;
  const int8_t* w0 = t->weights;
  for (int32_t left = layer->out_c; left > 0; left -= 2, w0 += 2 * row_taps, ch += 2, out0 += 2, out1 += 2) {
    const int32_t pair = left > 1; /* the last odd channel is computed twice and stored once */
    const int8_t* w1 = pair ? w0 + row_taps : w0;
    const int32_t bias1 = pair ? ch[1].bias : 0;
    const struct opline_sums s =
        dot(x0, x1, w0, w1, taps, (struct opline_sums){ch[0].bias, bias1, ch[0].bias, bias1});
    const struct opline_scale scale0 = opline_channel_scale(&ch[0], f.shift_offset);
    out0[0] = (int8_t)opline_finish_one(&f, s.s00, scale0);
    out1[0] = (int8_t)opline_finish_one(&f, s.s10, scale0);
    if (pair) {
      const struct opline_scale scale1 = opline_channel_scale(&ch[1], f.shift_offset);
      out0[1] = (int8_t)opline_finish_one(&f, s.s01, scale1);
      out1[1] = (int8_t)opline_finish_one(&f, s.s11, scale1);
    }
  }
}

void opline_conv_im2col(const struct opline_layer* layer, const struct opline_tensors* t) {
  int16_t* const column0 = t->scratch;
  int16_t* const column1 = column0 + opline_column_taps(layer);
  int8_t* out = t->output;
  int32_t gathered = 0;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x) {
      opline_gather_column(layer, t->input, y, x, gathered == 0 ? column0 : column1);
      if (++gathered == 1) continue;
      multiply(layer, t, column0, column1, out, out + layer->out_c);
      out += 2 * layer->out_c;
      gathered = 0;
    }
  }
  if (gathered == 1) multiply(layer, t, column0, column0, out, out);
}
