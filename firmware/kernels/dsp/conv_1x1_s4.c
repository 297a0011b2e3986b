/* firmware/kernels/dsp/conv_1x1_s4.c - pointwise convolution with weights of four bits, two output
 * channels by two positions.
 *
 * As conv_1x1.c: two rows of weights are widened on the stack and meet every position. Inputs of
 * four bits are unpacked in the inner loop, those of eight are extended there. Both leave the zero
 * point to the sum of the weights. Of deeper inputs than the stack has room for, a part of the
 * channels follows the other, for twelve positions at a time. */
#include "firmware/kernels/dsp/dot_s4.h"
#include "firmware/kernels/dsp/finish_s4.h"
#include "firmware/kernels/layers.h"

enum {
  kWidened = 280,  /* taps of a row that are widened at a time */
  kPositions = 12, /* whose sums wait for requantisation */
  kMore = 4        /* positions that a further part of the channels is added to at a time */
};

/* Two rows of weights, as far as they are widened. */
struct rows {
  struct opline_widened widened;
  const int8_t* row[2];
  int32_t first; /* tap that is widened; -1: none yet */
  uint32_t halves[kWidened];
};

/* Four pairs in the order in which opline_dot_codes takes them, or opline_dot_widened. */
OPLINE_INLINE void store_pairs(struct opline_pairs p, int packed, uint32_t* to) {
  to[0] = packed ? p.p0 : opline_low_halves(p.p0, p.p2);
  to[2] = packed ? p.p1 : opline_low_halves(p.p1, p.p3);
  to[4] = packed ? p.p2 : opline_high_halves(p.p0, p.p2);
  to[6] = packed ? p.p3 : opline_high_halves(p.p1, p.p3);
}

/* Widens `taps` weights into every other word of `to`; what the last group lacks is 0. Returns
 * their sum. */
static int32_t widen(const int8_t* row, int32_t taps, int packed, uint32_t* to) {
  const uint32_t mask = opline_code_mask(), offset = opline_both_halves(kCodeOffset);
  int32_t sum = 0;
  for (; taps > 0; taps -= 8, row += 4, to += 8) {
    const struct opline_pairs stored = opline_stored_pairs(opline_fetch(row), mask);
    struct opline_pairs p = opline_sub_pairs(stored, offset);
    if (taps < 8) p = opline_first_codes(p, taps);
    sum = opline_sum_pairs(p, sum);
    store_pairs(p, packed, to);
  }
  return sum;
}

/* The taps from `first` on; their sums begin at what the zero point takes. */
static void prepare(const struct opline_layer* layer, int32_t first, struct rows* r) {
  if (r->first == first) return;
  const int packed = layer->input_bits == 4;
  const int32_t left = (int32_t)opline_fan_in(layer) - first;
  const int32_t taps = left < kWidened ? left : kWidened;
  const int32_t zero = layer->input_zero_point + (packed ? kCodeOffset : 0);
  const int32_t step = opline_input_step(layer);
  const struct opline_widened w = {
      r->halves, packed ? (taps + 7) & ~7 : (taps + 3) & ~3, step, 2 * step, {0, 0}};
  r->widened = w;
  r->first = first;
  for (int32_t i = 0; i < 2; ++i)
    r->widened.start[i] = -zero * widen(r->row[i] + first / 2, taps, packed, r->halves + i);
}

static void dot(const struct opline_widened* w, int packed, const int8_t* x, int32_t pairs,
                int32_t* sums) {
  if (packed) {
    opline_dot_codes(w, x, pairs, sums);
  } else {
    opline_dot_widened(w, x, pairs, sums);
  }
}

/* Two channels' sums at each of the positions; behind an odd number of positions two more: there is
 * room for them, since full blocks are even. */
static void dot_positions(const struct opline_layer* layer, const struct rows* r, const int8_t* x,
                          int32_t positions, int32_t* sums) {
  const int packed = layer->input_bits == 4;
  struct opline_widened w = r->widened;
  x += packed ? r->first / 2 : r->first;
  if (positions > 1) dot(&w, packed, x, positions / 2, sums);
  if (positions % 2 != 0) {
    const int32_t step = w.distance;
    w.distance = 0;
    dot(&w, packed, x + (positions - 1) * step, 1, sums + 2 * (positions - 1));
  }
}

static void dot_all(const struct opline_layer* layer, struct rows* r, const int8_t* x,
                    int32_t positions, int32_t* sums) {
  prepare(layer, 0, r);
  dot_positions(layer, r, x, positions, sums);
  const int32_t codes = (int32_t)opline_fan_in(layer);
  for (int32_t first = kWidened; first < codes; first += kWidened) {
    prepare(layer, first, r);
    for (int32_t p = 0; p < positions; p += kMore) {
      int32_t more[2 * kMore];
      const int32_t count = positions - p < kMore ? positions - p : kMore;
      dot_positions(layer, r, x + p * opline_input_step(layer), count, more);
      for (int32_t i = 0; i < 2 * count; ++i) sums[2 * p + i] += more[i];
    }
  }
}

/* Both channels of each position in a byte. */
static void finish_packed(const struct opline_finish* finish, const struct opline_scale s[2],
                          const int32_t* sums, int32_t positions, int8_t* out, int32_t stride) {
  const struct opline_finish f = *finish;
  const struct opline_scale s0 = s[0], s1 = s[1];
  if (s0.right < 0 || s1.right < 0) {
    for (; positions > 0; --positions, sums += 2, out += stride)
      *out = opline_pack_s4(opline_finish_s4(&f, sums[0], &s0), opline_finish_s4(&f, sums[1], &s1));
    return;
  }
  const uint32_t bias0 = (uint32_t)s0.bias, bias1 = (uint32_t)s1.bias;
  for (; positions > 0; --positions, sums += 2, out += stride) {
    const int32_t x0 = (int32_t)((uint32_t)sums[0] + bias0),
                  x1 = (int32_t)((uint32_t)sums[1] + bias1);
    const uint32_t y0 = opline_finish_usual(&f, x0, s0.doubled, s0.right),
                   y1 = opline_finish_usual(&f, x1, s1.doubled, s1.right);
    *out = opline_pack_s4(y0, y1);
  }
}

static void finish_positions(const struct opline_layer* layer, const struct opline_finish* f,
                             const struct opline_scale s[2], const int32_t* sums, int32_t c,
                             int32_t positions, int8_t* out) {
  const int32_t stride = opline_output_step(layer), channels = layer->out_c - c < 2 ? 1 : 2;
  if (layer->output_bits == 4 && channels == 2) {
    finish_packed(f, s, sums, positions, out + c / 2, stride);
    return;
  }
  for (; positions > 0; --positions, sums += 2, out += stride) {
    opline_store_s4(layer, out, c, channels, opline_finish_s4(f, sums[0], &s[0]),
                    opline_finish_s4(f, sums[1], &s[1]));
  }
}

static void pair_of_channels(const struct opline_layer* layer, const struct opline_tensors* t,
                             const struct opline_finish* f, int32_t c) {
  const int32_t row_bytes = ((int32_t)opline_fan_in(layer) + 1) / 2;
  const int32_t second = layer->out_c - c < 2 ? 0 : 1; /* a single channel is taken twice */
  struct rows r;
  r.first = -1;
  r.row[0] = t->weights + c * row_bytes;
  r.row[1] = r.row[0] + second * row_bytes;
  const struct opline_scale s[2] = {opline_channel_scale_s4(layer, t->channels + c),
                                    opline_channel_scale_s4(layer, t->channels + c + second)};
  const int8_t* x = t->input;
  int8_t* out = t->output;
  for (int32_t left = layer->out_h * layer->out_w; left > 0; left -= kPositions) {
    int32_t sums[2 * kPositions];
    const int32_t positions = left < kPositions ? left : kPositions;
    dot_all(layer, &r, x, positions, sums);
    finish_positions(layer, f, s, sums, c, positions, out);
    x += positions * opline_input_step(layer);
    out += positions * opline_output_step(layer);
  }
}

void opline_conv_1x1_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  if (layer->out_h * layer->out_w == 1) {
    opline_fully_connected_s4(layer, t); /* which takes the scales of channels for a convolution */
    return;
  }
  const struct opline_finish f = opline_finish_s4_of(layer);
  for (int32_t c = 0; c < layer->out_c; c += 2) pair_of_channels(layer, t, &f, c);
}
