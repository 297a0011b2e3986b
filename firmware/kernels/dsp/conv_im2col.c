/* firmware/kernels/dsp/conv_im2col.c - convolution, two gathered columns by two output channels.
 *
 * Weights beyond a row's end meet zeros in the column's last group: they are read (up to three
 * bytes), never used. */
#include "firmware/kernels/dsp/dot_2x2.h"
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/dsp/im2col.h"

enum { kChunk = 16 };

/* Sixteen products of four taps; alive: 4 sums, 4 pointers, 2 words of columns, 2 of weights and
 * one half. */
static inline __attribute__((always_inline)) void four_taps(struct opline_sums* s,
                                                            const int16_t* x0, const int16_t* x1,
                                                            const int8_t* w0, const int8_t* w1) {
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

static inline __attribute__((always_inline)) struct opline_sums dot(
    const int16_t* x0, const int16_t* x1, const int8_t* w0, const int8_t* w1, int32_t taps) {
  struct opline_sums s = {0, 0, 0, 0};
  const int16_t* const end = x0 + (taps & ~15);
  for (; x0 != end; x0 += 16, x1 += 16, w0 += 16, w1 += 16) {
    four_taps(&s, x0, x1, w0, w1);
    four_taps(&s, x0 + 4, x1 + 4, w0 + 4, w1 + 4);
    four_taps(&s, x0 + 8, x1 + 8, w0 + 8, w1 + 8);
    four_taps(&s, x0 + 12, x1 + 12, w0 + 12, w1 + 12);
  }
  if ((taps & 8) != 0) {
    four_taps(&s, x0, x1, w0, w1);
    four_taps(&s, x0 + 4, x1 + 4, w0 + 4, w1 + 4);
    x0 += 8, x1 += 8, w0 += 8, w1 += 8;
  }
  if ((taps & 4) != 0) four_taps(&s, x0, x1, w0, w1);
  return s;
}

/* Nine taps, a first layer's 3x3x1: the ninth alone, and no branch, since choosing would cost as
 * much as a group. */
static inline __attribute__((always_inline)) struct opline_sums dot_nine(const int16_t* x0,
                                                                         const int16_t* x1,
                                                                         const int8_t* w0,
                                                                         const int8_t* w1) {
  struct opline_sums s = {0, 0, 0, 0};
  four_taps(&s, x0, x1, w0, w1);
  four_taps(&s, x0 + 4, x1 + 4, w0 + 4, w1 + 4);
  const uint32_t u = opline_fetch(x0 + 8), v = opline_fetch(x1 + 8);
  const uint32_t a = (uint32_t)w0[8], b = (uint32_t)w1[8];
  s.s00 = opline_smlabb(u, a, s.s00);
  s.s10 = opline_smlabb(v, a, s.s10);
  s.s01 = opline_smlabb(u, b, s.s01);
  s.s11 = opline_smlabb(v, b, s.s11);
  return s;
}

/* Sums of `channels` channels, two positions a channel. The last odd row of weights is taken twice.
 */
static inline __attribute__((always_inline)) void dot_rows(const int16_t* x0, const int16_t* x1,
                                                           const int8_t* w, int32_t row_taps,
                                                           int32_t taps, int32_t channels,
                                                           int32_t* sums) {
  for (; channels > 0; channels -= 2, w += 2 * row_taps, sums += 4) {
    const int8_t* const w1 = channels > 1 ? w + row_taps : w;
    const int16_t* const u = opline_anew(x0);
    const int16_t* const v = opline_anew(x1);
    const struct opline_sums s = row_taps == 9 ? dot_nine(u, v, w, w1) : dot(u, v, w, w1, taps);
    sums[0] = s.s00;
    sums[1] = s.s10;
    sums[2] = s.s01;
    sums[3] = s.s11;
  }
}

static void dot_channels(const int16_t* x0, const int16_t* x1, const int8_t* w, int32_t row_taps,
                         int32_t taps, int32_t channels, int32_t* sums) {
  if (row_taps == 9) {
    dot_rows(x0, x1, w, 9, taps, channels, sums); /* constant: the loop has no choice to make */
  } else {
    dot_rows(x0, x1, w, row_taps, taps, channels, sums);
  }
}

/* All output channels of two positions; a single position is given twice. Products first, then
 * requantisation: each loop keeps what it needs in registers, which both together would not. */
static void multiply(const struct opline_layer* layer, const struct opline_tensors* t,
                     const struct opline_gather* g, const struct opline_finish* f,
                     const int16_t* x1, int8_t* out0, int8_t* out1) {
  const int32_t row_taps = layer->kernel_h * g->row_taps;
  for (int32_t c = 0; c < layer->out_c; c += kChunk) {
    int32_t sums[2 * kChunk];
    const int32_t left = layer->out_c - c;
    const int32_t channels = left < kChunk ? left : kChunk;
    dot_channels(t->scratch, x1, t->weights + c * row_taps, row_taps, g->taps, channels, sums);
    opline_finish_pairs(f, t->channels + c, sums, channels, out0 + c, out1 + c);
  }
}

/* Rows of up to four taps are the first layers': where no padding interferes they have a shorter
 * way. */
static inline void gather(const struct opline_layer* layer, const struct opline_gather* g,
                          const struct opline_window* v, const struct opline_window* h,
                          int16_t* column) {
  const int32_t kernel_h = layer->kernel_h, kernel_w = layer->kernel_w;
  if (g->row_taps <= 4 && v->last - v->first == kernel_h && h->last - h->first == kernel_w) {
    opline_gather_narrow(g, g->input + v->start * g->row_bytes + h->start * g->depth, kernel_h,
                         column);
  } else {
    opline_gather_column(g, v, h, kernel_w, column);
  }
}

void opline_conv_im2col(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_gather g = opline_gather_of(layer, t->input);
  const struct opline_finish f = opline_finish_of(layer);
  int16_t* const columns[2] = {t->scratch, t->scratch + g.taps};
  int8_t* out = t->output;
  int32_t gathered = 0;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const struct opline_window v =
        opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
    for (int32_t x = 0; x < layer->out_w; ++x) {
      const struct opline_window h =
          opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
      gather(layer, &g, &v, &h, columns[gathered]);
      if (++gathered == 1) continue;
      multiply(layer, t, &g, &f, columns[1], out, out + layer->out_c);
      out += 2 * layer->out_c;
      gathered = 0;
    }
  }
  if (gathered == 1) multiply(layer, t, &g, &f, columns[0], out, out);
}
