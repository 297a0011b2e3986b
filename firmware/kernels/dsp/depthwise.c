/* firmware/kernels/dsp/depthwise.c - one filter per channel, any window, four channels at a time.
 *
 * A tap costs a word of input and a word of weights, four extensions and four multiply-accumulates.
 * The last one to three channels are computed as a whole group: up to three bytes beyond the
 * tensors are read, their sums dropped. */
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/layers.h"

/* What stays the same for all channels of a position. */
struct position {
  const int8_t* x; /* the first tap inside the input */
  const int8_t* w; /* its weights */
  int32_t rows, columns;
  int32_t x_row, w_row; /* bytes from the end of one row of taps to the next */
};

static struct position position_at(const struct opline_layer* layer, const struct opline_tensors* t,
                                   int32_t y, int32_t x) {
  const struct opline_window v =
      opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
  const struct opline_window h =
      opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
  const int32_t depth = layer->in_c;
  struct position p;
  p.rows = v.last - v.first;
  p.columns = h.last - h.first;
  p.x = t->input + (v.start * layer->in_w + h.start) * depth;
  p.w = t->weights + (v.first * layer->kernel_w + h.first) * depth;
  p.x_row = (layer->in_w - p.columns) * depth;
  p.w_row = (layer->kernel_w - p.columns) * depth;
  return p;
}

/* Sums of the four channels from `c` on. */
static inline void four_channels(const struct position* p, int32_t c, int32_t depth,
                                 uint32_t offset, int32_t sums[4]) {
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const int8_t* x = p->x + c;
  const int8_t* w = p->w + c;
  for (int32_t row = p->rows; row > 0; --row, x += p->x_row, w += p->w_row) {
    for (int32_t column = p->columns; column > 0; --column, x += depth, w += depth) {
      const uint32_t u = opline_fetch(x), v = opline_fetch(w);
      const uint32_t u_even = opline_sxtab16(offset, u), v_even = opline_sxtb16(v);
      s0 = opline_smlabb(u_even, v_even, s0);
      s2 = opline_smlatt(u_even, v_even, s2);
      const uint32_t u_odd = opline_sxtab16_odd(offset, u), v_odd = opline_sxtb16_odd(v);
      s1 = opline_smlabb(u_odd, v_odd, s1);
      s3 = opline_smlatt(u_odd, v_odd, s3);
    }
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
}

void opline_depthwise(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_finish f = opline_finish_of(layer);
  const uint32_t offset = opline_both_halves(-layer->input_zero_point);
  const int32_t depth = layer->in_c;
  int8_t* out = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, out += depth) {
      const struct position p = position_at(layer, t, y, x);
      for (int32_t c = 0; c < depth; c += 4) {
        int32_t sums[4];
        four_channels(&p, c, depth, offset, sums);
        const int32_t left = depth - c;
        opline_finish_channels(&f, t->channels + c, sums, left < 4 ? left : 4, out + c);
      }
    }
  }
}
