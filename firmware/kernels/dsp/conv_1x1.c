/* firmware/kernels/dsp/conv_1x1.c - pointwise convolution, two output channels by two positions.
 *
 * No im2col: the input is the matrix. Two rows of weights are widened to halves on the stack and
 * meet every position, so the flash is read once. The zero point leaves the inner loop:
 * sum((x - z) * w) = sum(x * w) - z * sum(w). Behind the last tap the halves are 0, and meet up to
 * three bytes that are not the position's. */
#include "firmware/kernels/dsp/dot_2x2.h"
#include "firmware/kernels/dsp/dot_4x1.h"
#include "firmware/kernels/dsp/dot_widened.h"
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/dsp/one_position.h"

enum {
  kWidened = 256,  /* taps of a row that are widened */
  kPositions = 16, /* whose sums wait for requantisation */
};

/* Two rows of weights. */
struct rows {
  struct opline_widened widened; /* their first taps */
  const int8_t* row[2];
  int32_t depth;
  uint32_t halves[kWidened];
};

/* Widens the first `taps` of `depth` into every other word of `to`; what the last group lacks is 0.
 * Returns the sum of all taps. */
static int32_t widen(const int8_t* row, int32_t depth, int32_t taps, uint32_t* to) {
  const uint32_t ones = 0x00010001u;
  int32_t sum = 0;
  for (int32_t i = 0; i < taps; i += 4, to += 4) {
    uint32_t w = opline_fetch(row + i);
    if (taps - i < 4) w = opline_first_bytes(w, (uint32_t)(taps - i));
    to[0] = opline_sxtb16(w);
    to[2] = opline_sxtb16_odd(w);
    sum = opline_smlad(ones, to[0], sum);
    sum = opline_smlad(ones, to[2], sum);
  }
  for (int32_t i = taps; i < depth; ++i) sum += row[i];
  return sum;
}

/* `rows`: the number of different ones; a single one is taken twice. */
static void prepare(const struct opline_layer* layer, const struct opline_channel* channels,
                    int32_t rows, struct rows* r) {
  const int32_t taps = r->depth < kWidened ? r->depth : kWidened;
  const struct opline_widened w = {r->halves, (taps + 3) & ~3, r->depth, 2 * r->depth, {0, 0}};
  r->widened = w;
  for (int32_t i = 0; i < 2; ++i) {
    const int32_t sum = widen(r->row[i], r->depth, taps, r->halves + i);
    r->widened.start[i] =
        (int32_t)((uint32_t)channels[i % rows].bias - (uint32_t)(layer->input_zero_point * sum));
  }
}

/* Adds the products of the taps behind those that are widened. */
static void dot_rest(const struct rows* r, const int8_t* x, int32_t positions, int32_t* sums) {
  const int32_t done = kWidened;
  for (x += done; positions > 0; positions -= 2, sums += 4) {
    const int8_t* const x1 = positions > 1 ? x + r->depth : x;
    const struct opline_sums s = {sums[0], sums[1], sums[2], sums[3]};
    const struct opline_sums t =
        opline_dot_2x2(x, x1, r->row[0] + done, r->row[1] + done, r->depth - done, s);
    sums[0] = t.s00;
    sums[1] = t.s01;
    sums[2] = t.s10;
    sums[3] = t.s11;
    x = x1 + r->depth;
  }
}

/* Two channels' sums at each of the positions; behind an odd number of positions two more. */
static void dot_positions(const struct rows* r, const int8_t* x, int32_t positions, int32_t* sums) {
  struct opline_widened w = r->widened;
  if (positions > 1) opline_dot_widened(&w, x, positions / 2, sums);
  if (positions % 2 != 0) {
    w.distance = 0;
    opline_dot_widened(&w, x + (positions - 1) * r->depth, 1, sums + 2 * (positions - 1));
  }
  if (r->depth > kWidened) dot_rest(r, x, positions, sums);
}

/* One channel's outputs, from every other sum. */
static void finish_positions(const struct opline_finish* finish, const struct opline_scale* scale,
                             const int32_t* sums, int32_t positions, int8_t* out, int32_t stride) {
  const struct opline_finish f = *finish;
  const int32_t doubled = scale->doubled, right = scale->right;
  if (right < 0) {
    for (; positions > 0; --positions, sums += 2, out += stride) {
      *out = (int8_t)opline_finish_sum(&f, *sums, doubled, right);
    }
    return;
  }
  for (; positions > 1; positions -= 2, sums += 4, out += 2 * stride) {
    const uint32_t y0 = opline_finish_usual(&f, sums[0], doubled, right),
                   y1 = opline_finish_usual(&f, sums[2], doubled, right);
    out[0] = (int8_t)y0;
    out[stride] = (int8_t)y1;
  }
  if (positions != 0) *out = (int8_t)opline_finish_usual(&f, *sums, doubled, right);
}

static void pair_of_channels(const struct opline_layer* layer, const struct opline_tensors* t,
                             const struct opline_finish* f, int32_t c) {
  const int32_t channels = layer->out_c - c < 2 ? 1 : 2;
  struct rows r;
  r.depth = layer->in_c;
  r.row[0] = t->weights + c * r.depth;
  r.row[1] = r.row[0] + (channels - 1) * r.depth;
  prepare(layer, t->channels + c, channels, &r);
  const int8_t* x = t->input;
  int8_t* out = t->output + c;
  for (int32_t left = layer->out_h * layer->out_w; left > 0; left -= kPositions) {
    int32_t sums[2 * kPositions];
    const int32_t positions = left < kPositions ? left : kPositions;
    dot_positions(&r, x, positions, sums);
    for (int32_t i = 0; i < channels; ++i) {
      const struct opline_scale scale = opline_channel_scale(layer, t->channels + c + i);
      finish_positions(f, &scale, sums + i, positions, out + i, layer->out_c);
    }
    x += positions * r.depth;
    out += positions * layer->out_c;
  }
}

void opline_one_position(const struct opline_layer* layer, const struct opline_tensors* t,
                         int32_t depth) {
  const uint32_t offset = opline_both_halves(-layer->input_zero_point);
  const struct opline_finish f = opline_finish_of(layer);
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
    opline_one_position(layer, t, layer->in_c);
    return;
  }
  const struct opline_finish f = opline_finish_of(layer);
  for (int32_t c = 0; c < layer->out_c; c += 2) pair_of_channels(layer, t, &f, c);
}
