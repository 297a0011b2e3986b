/* firmware/kernels/dsp/conv_im2col_s4.c - convolution with weights of four bits, two gathered
 * columns by two output channels.
 *
 * A window is gathered as it is stored, then widened to the order of codes_dsp.h. Stored weights
 * are 8 too large: eight times the sum of a column is where its sums of products begin. Weights
 * beyond a row's end meet zeros: they are read (up to three bytes), never used. */
#include "firmware/kernels/copy.h"
#include "firmware/kernels/dsp/dot_s4.h"
#include "firmware/kernels/dsp/finish_s4.h"
#include "firmware/kernels/layers.h"

enum { kChunk = 16 };

/* What all columns of a layer share. */
struct gather {
  const int8_t* input;
  int32_t step;      /* bytes of a position */
  int32_t codes;     /* of a window */
  uint32_t* columns; /* two, interleaved */
  int8_t* window;
  int8_t zero; /* a byte of zero points */
};

static struct gather gather_of(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int32_t zero = layer->input_zero_point;
  const int32_t codes = (int32_t)opline_fan_in(layer);
  struct gather g = {
      t->input, opline_input_step(layer), codes, (uint32_t*)(void*)t->scratch, NULL, (int8_t)zero};
  g.window = (int8_t*)(g.columns + 2 * ((codes + 7) & ~7) / 2);
  if (layer->input_bits == 4) g.zero = opline_two_codes(zero, zero);
  return g;
}

static void gather(const struct opline_layer* layer, const struct gather* g, int32_t y, int32_t x) {
  const struct opline_window v =
      opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
  const struct opline_window h =
      opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
  const int32_t row = layer->kernel_w * g->step, in_row = layer->in_w * g->step;
  const int32_t before = h.first * g->step, inside = (h.last - h.first) * g->step;
  const int8_t* from = g->input + v.start * in_row + h.start * g->step;
  int8_t* to = opline_fill(g->window, g->zero, v.first * row);
  for (int32_t left = v.last - v.first; left > 0; --left, from += in_row) {
    to = opline_fill(to, g->zero, before);
    to = opline_copy(to, from, inside);
    to = opline_fill(to, g->zero, row - before - inside);
  }
  opline_fill(to, g->zero, (layer->kernel_h - v.last) * row);
}

/* Fills every other word from `to` on; what the last group lacks is 0. Returns where sums of
 * products begin. */
OPLINE_INLINE int32_t widen_codes(const struct opline_layer* layer, const struct gather* g,
                                  int packed, uint32_t* to) {
  const uint32_t mask = opline_code_mask(), zero = opline_stored_zero(layer, packed);
  const int8_t* x = g->window;
  int32_t sum = 0;
  for (int32_t left = g->codes; left > 0; left -= 8, to += 8) {
    struct opline_pairs p = opline_sub_pairs(opline_input_pairs(x, packed, left, mask), zero);
    if (left < 8) p = opline_first_codes(p, left);
    sum = opline_sum_pairs(p, sum);
    to[0] = p.p0;
    to[2] = p.p1;
    to[4] = p.p2;
    to[6] = p.p3;
    x += packed ? 4 : 8;
  }
  return -kCodeOffset * sum;
}

static int32_t widen(const struct opline_layer* layer, const struct gather* g, int32_t column) {
  return layer->input_bits == 4 ? widen_codes(layer, g, 1, g->columns + column)
                                : widen_codes(layer, g, 0, g->columns + column);
}

/* Sums of `channels` (1..kChunk) channels, two positions a channel. Behind an odd number of
 * channels two more. */
static void dot_channels(const struct opline_widened* widened, const int8_t* weights,
                         int32_t channels, int32_t* sums) {
  struct opline_widened w = *widened;
  if (channels > 1) opline_dot_codes(&w, weights, channels / 2, sums);
  if (channels % 2 != 0) {
    const int32_t row_bytes = w.distance;
    w.distance = 0; /* the last row twice */
    opline_dot_codes(&w, weights + (channels - 1) * row_bytes, 1, sums + 2 * (channels - 1));
  }
}

static void finish_channels(const struct opline_layer* layer, const struct opline_finish* finish,
                            const struct opline_channel* channels, int32_t first, int32_t count,
                            const int32_t* sums, int8_t* out0, int8_t* out1) {
  const struct opline_finish f = *finish;
  for (int32_t c = first; count > 0; c += 2, count -= 2, sums += 4) {
    const int32_t both = count < 2 ? 1 : 2;
    const struct opline_scale s0 = opline_channel_scale_s4(layer, channels + c);
    const struct opline_scale s1 = opline_channel_scale_s4(layer, channels + c + both - 1);
    opline_store_s4(layer, out0, c, both, opline_finish_s4(&f, sums[0], &s0),
                    opline_finish_s4(&f, sums[2], &s1));
    opline_store_s4(layer, out1, c, both, opline_finish_s4(&f, sums[1], &s0),
                    opline_finish_s4(&f, sums[3], &s1));
  }
}

/* All output channels of two positions. */
static void multiply(const struct opline_layer* layer, const struct opline_tensors* t,
                     const struct opline_finish* f, const struct opline_widened* w, int8_t* out0,
                     int8_t* out1) {
  const int8_t* weights = t->weights;
  for (int32_t c = 0; c < layer->out_c; c += kChunk, weights += kChunk * w->distance) {
    int32_t sums[2 * kChunk];
    const int32_t left = layer->out_c - c;
    const int32_t channels = left < kChunk ? left : kChunk;
    dot_channels(w, weights, channels, sums);
    finish_channels(layer, f, t->channels, c, channels, sums, out0, out1);
  }
}

void opline_conv_im2col_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct gather g = gather_of(layer, t);
  const struct opline_finish f = opline_finish_s4_of(layer);
  const int32_t row_bytes = (g.codes + 1) / 2, step = opline_output_step(layer);
  const int32_t positions = layer->out_h * layer->out_w;
  struct opline_widened w = {g.columns, (g.codes + 7) & ~7, row_bytes, 2 * row_bytes, {0, 0}};
  int8_t* out = t->output;
  int32_t position = 0;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, ++position) {
      gather(layer, &g, y, x);
      w.start[position % 2] = widen(layer, &g, position % 2);
      if (position % 2 != 0) {
        multiply(layer, t, &f, &w, out, out + step);
        out += 2 * step;
      } else if (position + 1 == positions) { /* the last of an odd number: the same column twice */
        w.start[1] = widen(layer, &g, 1);
        multiply(layer, t, &f, &w, out, out);
      }
    }
  }
}
