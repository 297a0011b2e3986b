/* firmware/kernels/dsp/depthwise.c - one filter per channel, four channels at a time.   Room: firmware.
 *
 * A tap costs a word of input and a word of weights, four extensions and four multiply-accumulates. The last
 * one to three channels are computed as a whole group: up to three bytes beyond the tensors are read, their
 * sums dropped. */
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/layers.h"

struct four {
  int32_t c0, c1, c2, c3; /* in the order in which opline_finish_channels takes them */
};

static inline __attribute__((always_inline)) void tap(struct four* s, uint32_t x, uint32_t w,
                                                      uint32_t offset) {
  const uint32_t x_even = opline_sxtab16(offset, x), w_even = opline_sxtb16(w);
  s->c0 = opline_smlabb(x_even, w_even, s->c0);
  s->c2 = opline_smlatt(x_even, w_even, s->c2);
  const uint32_t x_odd = opline_sxtab16_odd(offset, x), w_odd = opline_sxtb16_odd(w);
  s->c1 = opline_smlabb(x_odd, w_odd, s->c1);
  s->c3 = opline_smlatt(x_odd, w_odd, s->c3);
}

static inline __attribute__((always_inline)) void tap_at(struct four* s, const int8_t* x, const int8_t* w,
                                                         uint32_t offset) {
  const uint32_t u = opline_fetch(x), v = opline_fetch(w);
  tap(s, u, v, offset);
}

/* What stays the same for all channels of a position. */
struct position {
  const int8_t* x; /* the first tap inside the input */
  const int8_t* w; /* its weights */
  int32_t rows, columns;
  int32_t x_row, w_row; /* bytes from the end of one row of taps to the next */
  int32_t depth;
  uint32_t offset;
};

static inline struct four any_window(const struct position* p, int32_t c) {
  struct four s = {0, 0, 0, 0};
  const int8_t* x = p->x + c;
  const int8_t* w = p->w + c;
  for (int32_t row = 0; row < p->rows; ++row, x += p->x_row, w += p->w_row) {
    for (int32_t column = 0; column < p->columns; ++column, x += p->depth, w += p->depth) {
      tap_at(&s, x, w, p->offset);
    }
  }
  return s;
}

/* Nine taps, all inside. */
static inline struct four whole_3x3(const struct position* p, int32_t c) {
  struct four s = {0, 0, 0, 0};
  const int8_t* x = p->x + c;
  const int8_t* w = p->w + c;
  const int32_t depth = p->depth;
  const int32_t x_step = p->x_row + 3 * depth;
  for (int row = 0; row < 3; ++row, x += x_step, w += 3 * depth) {
    tap_at(&s, x, w, p->offset);
    tap_at(&s, x + depth, w + depth, p->offset);
    tap_at(&s, x + 2 * depth, w + 2 * depth, p->offset);
  }
  return s;
}

static inline void store(const struct opline_finish* f, const struct four* s, const struct opline_channel* ch,
                         int32_t left, int8_t* out) {
  const int32_t sums[4] = {s->c0, s->c1, s->c2, s->c3};
  opline_finish_channels(f, sums, ch, left < 4 ? left : 4, out);
}

static void all_channels(const struct position* p, const struct opline_finish* f,
                         const struct opline_channel* ch, int8_t* out) {
  for (int32_t c = 0; c < p->depth; c += 4) {
    const struct four s = any_window(p, c);
    store(f, &s, ch + c, p->depth - c, out + c);
  }
}

static void all_channels_3x3(const struct position* p, const struct opline_finish* f,
                             const struct opline_channel* ch, int8_t* out) {
  for (int32_t c = 0; c < p->depth; c += 4) {
    const struct four s = whole_3x3(p, c);
    store(f, &s, ch + c, p->depth - c, out + c);
  }
}

static struct position position_at(const struct opline_layer* layer, const struct opline_tensors* t,
                                   int32_t y, int32_t x) {
  const struct opline_window v =
      opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
  const struct opline_window h =
      opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
  struct position p;
  p.depth = layer->in_c;
  p.rows = v.last - v.first;
  p.columns = h.last - h.first;
  p.x = t->input + (v.start * layer->in_w + h.start) * p.depth;
  p.w = t->weights + (v.first * layer->kernel_w + h.first) * p.depth;
  p.x_row = (layer->in_w - p.columns) * p.depth;
  p.w_row = (layer->kernel_w - p.columns) * p.depth;
  p.offset = opline_both_halves(-layer->input_zero_point);
  return p;
}

void opline_depthwise(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_finish f = opline_finish_of(layer);
  int8_t* out = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, out += layer->out_c) {
      const struct position p = position_at(layer, t, y, x);
      all_channels(&p, &f, t->channels, out);
    }
  }
}

void opline_depthwise_3x3(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_finish f = opline_finish_of(layer);
  int8_t* out = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, out += layer->out_c) {
      const struct position p = position_at(layer, t, y, x);
      if (p.rows == 3 && p.columns == 3) {
        all_channels_3x3(&p, &f, t->channels, out);
      } else {
        all_channels(&p, &f, t->channels, out);
      }
    }
  }
}
