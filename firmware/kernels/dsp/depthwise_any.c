/* firmware/kernels/dsp/depthwise_any.c - any window, dilation and number of filters per channel,
 * four output channels at a time.
 *
 * Four output channels read one to four input channels: a byte (a multiplier of 4, 8, ...), a word
 * (a multiplier of 1) or four bytes. The last one to three output channels are computed as a whole
 * group: up to three bytes beyond the tensors are read, their sums dropped. */
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/layers.h"

/* The taps of a position that lie inside the input. */
struct taps {
  const int8_t* x; /* the first one */
  const int8_t* w;
  int32_t rows, columns;
  int32_t x_tap, w_tap; /* bytes from a tap to the next */
  int32_t x_row, w_row; /* and from the end of one row of taps to the next */
  int32_t zero_point;
};

static struct taps taps_at(const struct opline_layer* layer, const struct opline_tensors* t,
                           int32_t y, int32_t x) {
  const struct opline_window v = opline_clip_dilated(
      y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h, layer->dilation_h);
  const struct opline_window h = opline_clip_dilated(
      x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w, layer->dilation_w);
  struct taps p;
  p.rows = v.last - v.first;
  p.columns = h.last - h.first;
  p.x = t->input + (v.start * layer->in_w + h.start) * layer->in_c;
  p.w = t->weights + (v.first * layer->kernel_w + h.first) * layer->out_c;
  p.x_tap = layer->dilation_w * layer->in_c;
  p.w_tap = layer->out_c;
  p.x_row = layer->dilation_h * layer->in_w * layer->in_c - p.columns * p.x_tap;
  p.w_row = (layer->kernel_w - p.columns) * p.w_tap;
  p.zero_point = layer->input_zero_point;
  return p;
}

/* Four outputs of the one input channel at `x`. */
static void from_one(const struct taps* p, const int8_t* x, const int8_t* w, int32_t sums[4]) {
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const int32_t zero_point = p->zero_point;
  for (int32_t row = p->rows; row > 0; --row, x += p->x_row, w += p->w_row) {
    for (int32_t column = p->columns; column > 0; --column, x += p->x_tap, w += p->w_tap) {
      const uint32_t v = opline_fetch(w), even = opline_sxtb16(v), odd = opline_sxtb16_odd(v);
      const uint32_t u = (uint32_t)(*x - zero_point);
      s0 = opline_smlabb(u, even, s0);
      s1 = opline_smlabb(u, odd, s1);
      s2 = opline_smlabt(u, even, s2);
      s3 = opline_smlabt(u, odd, s3);
    }
  }
  sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

/* Four outputs of the four input channels from `x` on. */
static void from_each(const struct taps* p, const int8_t* x, const int8_t* w, int32_t sums[4]) {
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const uint32_t offset = opline_both_halves(-p->zero_point);
  for (int32_t row = p->rows; row > 0; --row, x += p->x_row, w += p->w_row) {
    for (int32_t column = p->columns; column > 0; --column, x += p->x_tap, w += p->w_tap) {
      const uint32_t u = opline_fetch(x), v = opline_fetch(w);
      const uint32_t u_even = opline_sxtab16(offset, u), v_even = opline_sxtb16(v);
      s0 = opline_smlabb(u_even, v_even, s0);
      s2 = opline_smlatt(u_even, v_even, s2);
      const uint32_t u_odd = opline_sxtab16_odd(offset, u), v_odd = opline_sxtb16_odd(v);
      s1 = opline_smlabb(u_odd, v_odd, s1);
      s3 = opline_smlatt(u_odd, v_odd, s3);
    }
  }
  sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

/* Four outputs, output j of the input channel at x + from[j]. */
static void from_several(const struct taps* p, const int8_t* x, const int32_t from[4],
                         const int8_t* w, int32_t sums[4]) {
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const int32_t zero_point = p->zero_point, i1 = from[1], i2 = from[2], i3 = from[3];
  for (int32_t row = p->rows; row > 0; --row, x += p->x_row, w += p->w_row) {
    for (int32_t column = p->columns; column > 0; --column, x += p->x_tap, w += p->w_tap) {
      const uint32_t v = opline_fetch(w), even = opline_sxtb16(v), odd = opline_sxtb16_odd(v);
      s0 = opline_smlabb((uint32_t)(x[0] - zero_point), even, s0);
      s1 = opline_smlabb((uint32_t)(x[i1] - zero_point), odd, s1);
      s2 = opline_smlabt((uint32_t)(x[i2] - zero_point), even, s2);
      s3 = opline_smlabt((uint32_t)(x[i3] - zero_point), odd, s3);
    }
  }
  sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

static void one_position(const struct opline_layer* layer, const struct opline_tensors* t,
                         const struct taps* p, const struct opline_finish* f, int8_t* out) {
  const int32_t multiplier = layer->out_c / layer->in_c;
  for (int32_t c = 0; c < layer->out_c; c += 4) {
    const int32_t left = layer->out_c - c, count = left < 4 ? left : 4;
    const int8_t* const x = p->x + c / multiplier;
    int32_t from[4] = {0, 0, 0, 0}, sums[4];
    for (int32_t j = 1; j < count; ++j) from[j] = (c + j) / multiplier - c / multiplier;
    if (multiplier == 1) {
      from_each(p, x, p->w + c, sums);
    } else if (from[count - 1] == 0) {
      from_one(p, x, p->w + c, sums);
    } else {
      from_several(p, x, from, p->w + c, sums);
    }
    opline_finish_channels(f, t->channels + c, sums, count, out + c);
  }
}

void opline_depthwise_any(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_finish f = opline_finish_of(layer);
  int8_t* out = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, out += layer->out_c) {
      const struct taps p = taps_at(layer, t, y, x);
      one_position(layer, t, &p, &f, out);
    }
  }
}
