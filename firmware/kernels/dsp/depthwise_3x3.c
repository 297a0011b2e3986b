/* firmware/kernels/dsp/depthwise_3x3.c - 3x3 filters, four channels at a time, their weights held
 * in SRAM.
 *
 * Weights lie [tap][channel] in flash: the nine words of a group are in nine lines, one more than
 * the ART's data cache has, so reading them again for every position would miss every time. A block
 * of up to 32 channels is therefore prepared once, on the stack: weights extended to halves in the
 * order of use, biases and scales; then every position is visited. */
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/layers.h"

enum { kGroups = 8, kTaps = 9 };

/* Four channels. */
struct group {
  uint32_t weights[kTaps][2];   /* channels 0 and 2, channels 1 and 3 */
  struct opline_scale scale[4]; /* of channels that exist */
};

/* What does not change from position to position. */
struct context {
  struct opline_finish finish;
  uint32_t offset;  /* minus the input's zero point, twice */
  int32_t depth;    /* channels of a position */
  int32_t x_row;    /* bytes from a row of the input to the next */
  int32_t channels; /* of this block, 1..32 */
};

struct sums {
  int32_t c0, c1, c2, c3;
};

static void prepare(const struct opline_layer* layer, const struct opline_tensors* t, int32_t first,
                    int32_t channels, struct group* groups) {
  for (int32_t c = 0; c < channels; ++c) {
    groups[c / 4].scale[c % 4] = opline_channel_scale(layer, &t->channels[first + c]);
  }
  for (int32_t c = 0; c < channels; c += 4) {
    const int8_t* w = t->weights + first + c;
    for (int32_t tap = 0; tap < kTaps; ++tap, w += layer->in_c) {
      const uint32_t word = opline_fetch(w);
      groups[c / 4].weights[tap][0] = opline_sxtb16(word);
      groups[c / 4].weights[tap][1] = opline_sxtb16_odd(word);
    }
  }
}

static inline __attribute__((always_inline)) void tap(struct sums* s, const int8_t* x,
                                                      const uint32_t* w, uint32_t offset) {
  const uint32_t u = opline_fetch(x), even = opline_fetch(w), odd = opline_fetch(w + 1);
  const uint32_t u_even = opline_sxtab16(offset, u), u_odd = opline_sxtab16_odd(offset, u);
  s->c0 = opline_smlabb(u_even, even, s->c0);
  s->c2 = opline_smlatt(u_even, even, s->c2);
  s->c1 = opline_smlabb(u_odd, odd, s->c1);
  s->c3 = opline_smlatt(u_odd, odd, s->c3);
}

static inline __attribute__((always_inline)) void store(const struct context* k,
                                                        const struct group* g, const struct sums* s,
                                                        int32_t left, int8_t* out) {
  out[0] = opline_finish_one(&k->finish, s->c0, &g->scale[0]);
  if (left < 4) {
    if (left > 1) out[1] = opline_finish_one(&k->finish, s->c1, &g->scale[1]);
    if (left > 2) out[2] = opline_finish_one(&k->finish, s->c2, &g->scale[2]);
    return;
  }
  out[1] = opline_finish_one(&k->finish, s->c1, &g->scale[1]);
  out[2] = opline_finish_one(&k->finish, s->c2, &g->scale[2]);
  out[3] = opline_finish_one(&k->finish, s->c3, &g->scale[3]);
}

/* A position whose nine taps lie inside the input. */
static void inside(const struct context* k, const struct group* g, const int8_t* x, int8_t* out) {
  const int32_t depth = k->depth;
  for (int32_t left = k->channels; left > 0; left -= 4, ++g, x += 4, out += 4) {
    struct sums s = {0, 0, 0, 0};
    const int8_t* row = x;
    tap(&s, row, g->weights[0], k->offset);
    tap(&s, row + depth, g->weights[1], k->offset);
    tap(&s, row + 2 * depth, g->weights[2], k->offset);
    row += k->x_row;
    tap(&s, row, g->weights[3], k->offset);
    tap(&s, row + depth, g->weights[4], k->offset);
    tap(&s, row + 2 * depth, g->weights[5], k->offset);
    row += k->x_row;
    tap(&s, row, g->weights[6], k->offset);
    tap(&s, row + depth, g->weights[7], k->offset);
    tap(&s, row + 2 * depth, g->weights[8], k->offset);
    store(k, g, &s, left, out);
  }
}

/* A position at an edge. `x` is the first tap inside. */
static void at_edge(const struct context* k, const struct group* g, const int8_t* x, int8_t* out,
                    const struct opline_window* v, const struct opline_window* h) {
  const int32_t columns = h->last - h->first;
  const int32_t first = v->first * 3 + h->first;
  for (int32_t left = k->channels; left > 0; left -= 4, ++g, x += 4, out += 4) {
    struct sums s = {0, 0, 0, 0};
    const int8_t* row = x;
    const uint32_t* w = g->weights[first];
    for (int32_t rows = v->last - v->first; rows > 0; --rows, row += k->x_row, w += 3 * 2) {
      tap(&s, row, w, k->offset);
      if (columns > 1) tap(&s, row + k->depth, w + 2, k->offset);
      if (columns > 2) tap(&s, row + 2 * k->depth, w + 4, k->offset);
    }
    store(k, g, &s, left, out);
  }
}

static void all_positions(const struct opline_layer* layer, const struct context* k,
                          const struct group* groups, const int8_t* input, int8_t* out) {
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const struct opline_window v =
        opline_clip_window(y, layer->stride_h, layer->pad_top, 3, layer->in_h);
    const int8_t* row = input + v.start * k->x_row;
    for (int32_t x = 0; x < layer->out_w; ++x, out += k->depth) {
      const struct opline_window h =
          opline_clip_window(x, layer->stride_w, layer->pad_left, 3, layer->in_w);
      const int8_t* p = row + h.start * k->depth;
      if (v.last - v.first == 3 && h.last - h.first == 3) {
        inside(k, groups, p, out);
      } else {
        at_edge(k, groups, p, out, &v, &h);
      }
    }
  }
}

void opline_depthwise_3x3(const struct opline_layer* layer, const struct opline_tensors* t) {
  struct group groups[kGroups];
  struct context k = {opline_finish_of(layer), opline_both_halves(-layer->input_zero_point),
                      layer->in_c, layer->in_w * layer->in_c, 0};
  for (int32_t c = 0; c < k.depth; c += 4 * kGroups) {
    k.channels = k.depth - c < 4 * kGroups ? k.depth - c : 4 * kGroups;
    prepare(layer, t, c, k.channels, groups);
    all_positions(layer, &k, groups, t->input + c, t->output + c);
  }
}
