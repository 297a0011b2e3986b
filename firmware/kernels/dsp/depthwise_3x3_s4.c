/* firmware/kernels/dsp/depthwise_3x3_s4.c - 3x3 filters of four bits, four channels at a time,
 * their weights held in SRAM.
 *
 * As depthwise_3x3.c: a block of up to 32 channels is widened on the stack, then every position is
 * visited. Where all nine taps lie inside the input, the zero point is left to the sum of the
 * weights; at an edge it is taken off each input. */
#include "firmware/kernels/dsp/depthwise_s4.h"

enum { kGroups = 8, kTaps = 9 };

/* Four channels; two groups are eight neighbours. */
struct group {
  uint32_t weights[kTaps][2];
  struct opline_four_sums start; /* of nine taps: what the zero point takes */
  struct opline_scale scale[4];
};

/* What does not change from position to position. */
struct context {
  struct opline_finish finish;
  const struct opline_layer* layer;
  uint32_t zero;         /* a stored zero point, in both halves */
  int32_t step;          /* bytes of a position of the input */
  int32_t x_row;         /* bytes from a row of the input to the next */
  int32_t first;         /* channel of this block */
  int32_t end;           /* the first channel behind it; 1..32 more */
  int32_t packed_groups; /* whole groups of eight of an input and output of four bits */
};

OPLINE_INLINE void prepare_group(const struct context* k, const int8_t* w, int packed, int half,
                                 struct group* g) {
  const uint32_t mask = opline_code_mask();
  const int32_t w_step = (k->layer->in_c + 1) / 2, zero = (int16_t)k->zero;
  uint32_t sums[2] = {0, 0};
  for (int32_t tap = 0; tap < kTaps; ++tap, w += w_step) {
    opline_weight_pairs(opline_fetch(w), packed, half, mask, g->weights[tap]);
    sums[0] = opline_add_halves(sums[0], g->weights[tap][0]);
    sums[1] = opline_add_halves(sums[1], g->weights[tap][1]);
  }
  g->start.a0 = -zero * (int16_t)sums[0];
  g->start.d0 = -zero * ((int32_t)sums[0] >> 16);
  g->start.a1 = -zero * (int16_t)sums[1];
  g->start.d1 = -zero * ((int32_t)sums[1] >> 16);
}

OPLINE_INLINE void prepare(const struct context* k, const struct opline_tensors* t, int packed,
                           struct group* g) {
  const int32_t d = packed ? kOfPacked : kOfBytes, second = packed ? 2 : 4;
  for (int32_t c = k->first; c < k->end; c += 8, g += 2) {
    const int8_t* const w = t->weights + c / 2;
    prepare_group(k, w, packed, 0, &g[0]);
    prepare_group(k, w, packed, 1, &g[1]);
    opline_scales_of_four(k->layer, t->channels, c, d, g[0].scale);
    opline_scales_of_four(k->layer, t->channels, c + second, d, g[1].scale);
  }
}

OPLINE_INLINE void tap(struct opline_four_sums* s, const int8_t* x, const uint32_t* w, int packed,
                       int half, uint32_t mask) {
  const uint32_t u = opline_fetch(x), w0 = opline_fetch(w), w1 = opline_fetch(w + 1);
  opline_add_pair(&s->a0, &s->d0, opline_first_pair(u, packed, half, mask), w0);
  opline_add_pair(&s->a1, &s->d1, opline_second_pair(u, packed, half, mask), w1);
}

OPLINE_INLINE void tap_at_edge(struct opline_four_sums* s, const int8_t* x, const uint32_t* w,
                               int packed, int half, uint32_t mask, uint32_t zero) {
  const uint32_t u = opline_fetch(x), w0 = opline_fetch(w), w1 = opline_fetch(w + 1);
  const uint32_t u0 = opline_sub_halves(opline_first_pair(u, packed, half, mask), zero);
  const uint32_t u1 = opline_sub_halves(opline_second_pair(u, packed, half, mask), zero);
  opline_add_pair(&s->a0, &s->d0, u0, w0);
  opline_add_pair(&s->a1, &s->d1, u1, w1);
}

/* Where all nine taps lie inside the input. `x` is the first. */
OPLINE_INLINE struct opline_four_sums sums_inside(const struct context* k, const struct group* g,
                                                  int packed, int half, const int8_t* x) {
  const uint32_t mask = opline_code_mask();
  const int32_t step = k->step;
  struct opline_four_sums s = g->start;
  tap(&s, x, g->weights[0], packed, half, mask);
  tap(&s, x + step, g->weights[1], packed, half, mask);
  tap(&s, x + 2 * step, g->weights[2], packed, half, mask);
  x += k->x_row;
  tap(&s, x, g->weights[3], packed, half, mask);
  tap(&s, x + step, g->weights[4], packed, half, mask);
  tap(&s, x + 2 * step, g->weights[5], packed, half, mask);
  x += k->x_row;
  tap(&s, x, g->weights[6], packed, half, mask);
  tap(&s, x + step, g->weights[7], packed, half, mask);
  tap(&s, x + 2 * step, g->weights[8], packed, half, mask);
  return s;
}

/* The part of a window that is inside the input. */
struct clipped {
  int32_t rows, columns, first; /* the first tap */
};

/* At an edge. `x` is the first tap inside. */
OPLINE_INLINE struct opline_four_sums sums_at_edge(const struct context* k, const struct group* g,
                                                   int packed, int half, const int8_t* x,
                                                   const struct clipped* window) {
  const uint32_t mask = opline_code_mask(), zero = k->zero;
  const int32_t step = k->step, columns = window->columns;
  struct opline_four_sums s = {0, 0, 0, 0};
  const uint32_t* w = g->weights[window->first];
  for (int32_t rows = window->rows; rows > 0; --rows, x += k->x_row, w += 3 * 2) {
    tap_at_edge(&s, x, w, packed, half, mask, zero);
    if (columns > 1) tap_at_edge(&s, x + step, w + 2, packed, half, mask, zero);
    if (columns > 2) tap_at_edge(&s, x + 2 * step, w + 4, packed, half, mask, zero);
  }
  return s;
}

/* One half of `count` groups of eight, input and output of four bits; a function of its own, so
 * that its values stay in registers. */
OPLINE_INLINE void halves_inside(const struct context* k, const struct group* g, int half,
                                 const int8_t* x, int8_t* out, int32_t count) {
  for (; count > 0; --count, g += 2, x += 4, out += 4) {
    const struct opline_four_sums s = sums_inside(k, g, 1, half, x);
    opline_store_packed(&k->finish, &s, g->scale, out);
  }
}

OPLINE_INLINE void halves_at_edge(const struct context* k, const struct group* g, int half,
                                  const int8_t* x, int8_t* out, int32_t count,
                                  const struct clipped* window) {
  for (; count > 0; --count, g += 2, x += 4, out += 4) {
    const struct opline_four_sums s = sums_at_edge(k, g, 1, half, x, window);
    opline_store_packed(&k->finish, &s, g->scale, out);
  }
}

static __attribute__((noinline)) void first_inside(const struct context* k, const struct group* g,
                                                   const int8_t* x, int8_t* out, int32_t count) {
  halves_inside(k, g, 0, x, out, count);
}

static __attribute__((noinline)) void second_inside(const struct context* k, const struct group* g,
                                                    const int8_t* x, int8_t* out, int32_t count) {
  halves_inside(k, g, 1, x, out, count);
}

static __attribute__((noinline)) void first_at_edge(const struct context* k, const struct group* g,
                                                    const int8_t* x, int8_t* out, int32_t count,
                                                    const struct clipped* window) {
  halves_at_edge(k, g, 0, x, out, count, window);
}

static __attribute__((noinline)) void second_at_edge(const struct context* k, const struct group* g,
                                                     const int8_t* x, int8_t* out, int32_t count,
                                                     const struct clipped* window) {
  halves_at_edge(k, g, 1, x, out, count, window);
}

/* Four channels from b on, of any output. */
OPLINE_INLINE void four_channels(const struct context* k, const struct group* g, int packed,
                                 int half, const int8_t* x, int32_t b, int8_t* out,
                                 const struct clipped* window) {
  const int whole = window->rows == 3 && window->columns == 3;
  const struct opline_four_sums s =
      whole ? sums_inside(k, g, packed, half, x) : sums_at_edge(k, g, packed, half, x, window);
  opline_store_four(k->layer, &k->finish, &s, g->scale, b, packed ? kOfPacked : kOfBytes, k->end,
                    out);
}

/* The groups of one position that are whole, of an input and output of four bits. */
static void packed_groups(const struct context* k, const struct group* g, const int8_t* x,
                          int8_t* out, const struct clipped* window) {
  const int32_t count = k->packed_groups;
  out += k->first / 2;
  if (window->rows == 3 && window->columns == 3) {
    first_inside(k, g, x, out, count);
    second_inside(k, g + 1, x, out + 1, count);
  } else {
    first_at_edge(k, g, x, out, count, window);
    second_at_edge(k, g + 1, x, out + 1, count, window);
  }
}

/* All channels of the block at one position. */
OPLINE_INLINE void position(const struct context* k, const struct group* g, int packed,
                            const int8_t* x, int8_t* out, const struct clipped* window) {
  const int32_t second = packed ? 2 : 4, done = k->packed_groups;
  if (done > 0) packed_groups(k, g, x, out, window);
  x += (packed ? 4 : 8) * done;
  g += 2 * done;
  for (int32_t c = k->first + 8 * done; c < k->end; c += 8, g += 2, x += packed ? 4 : 8) {
    four_channels(k, g, packed, 0, x, c, out, window);
    if (c + second < k->end)
      four_channels(k, g + 1, packed, 1, packed ? x : x + 4, c + second, out, window);
  }
}

OPLINE_INLINE void all_positions(const struct context* k, const struct group* groups, int packed,
                                 const int8_t* input, int8_t* out) {
  const struct opline_layer* layer = k->layer;
  const int32_t out_step = opline_output_step(layer);
  input += packed ? k->first / 2 : k->first;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const struct opline_window v =
        opline_clip_window(y, layer->stride_h, layer->pad_top, 3, layer->in_h);
    for (int32_t x = 0; x < layer->out_w; ++x, out += out_step) {
      const struct opline_window h =
          opline_clip_window(x, layer->stride_w, layer->pad_left, 3, layer->in_w);
      const struct clipped window = {v.last - v.first, h.last - h.first, v.first * 3 + h.first};
      position(k, groups, packed, input + v.start * k->x_row + h.start * k->step, out, &window);
    }
  }
}

void opline_depthwise_3x3_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  struct group groups[kGroups];
  const int packed = layer->input_bits == 4;
  const int32_t step = opline_input_step(layer);
  struct context k = {opline_finish_s4_of(layer),
                      layer,
                      opline_stored_zero(layer, packed),
                      step,
                      layer->in_w * step,
                      0,
                      0,
                      0};
  for (; k.first < layer->in_c; k.first += 4 * kGroups) {
    k.end = layer->in_c - k.first < 4 * kGroups ? layer->in_c : k.first + 4 * kGroups;
    k.packed_groups = packed && layer->output_bits == 4 ? (k.end - k.first) / 8 : 0;
    if (packed) {
      prepare(&k, t, 1, groups);
      all_positions(&k, groups, 1, t->input, t->output);
    } else {
      prepare(&k, t, 0, groups);
      all_positions(&k, groups, 0, t->input, t->output);
    }
  }
}
