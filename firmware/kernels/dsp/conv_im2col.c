/* firmware/kernels/dsp/conv_im2col.c - convolution, two gathered columns by two output channels.
 *
 * Weights beyond a row's end meet zeros in the column's last group: they are read (up to three
 * bytes), never used. */
#include "firmware/kernels/dsp/dot_widened.h"
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/dsp/im2col.h"

enum { kChunk = 16 };

/* Sums of `channels` (1..kChunk) channels, two positions a channel. Behind an odd number of
 * channels two more. */
static void dot_channels(const uint32_t* columns, int32_t taps, const int8_t* weights,
                         int32_t row_taps, int32_t channels, int32_t* sums) {
  struct opline_widened w = {columns, taps, row_taps, 2 * row_taps, {0, 0}};
  if (channels > 1) opline_dot_widened(&w, weights, channels / 2, sums);
  if (channels % 2 != 0) {
    w.distance = 0; /* the last row twice */
    opline_dot_widened(&w, weights + (channels - 1) * row_taps, 1, sums + 2 * (channels - 1));
  }
}

/* All output channels of two positions. Products first, then requantisation: each loop keeps what
 * it needs in registers, which both together would not. */
static void multiply(const struct opline_layer* layer, const struct opline_tensors* t,
                     const struct opline_gather* g, const struct opline_finish* f, int8_t* out0,
                     int8_t* out1) {
  const int32_t row_taps = layer->kernel_h * g->row_taps;
  for (int32_t c = 0; c < layer->out_c; c += kChunk) {
    int32_t sums[2 * kChunk];
    const int32_t left = layer->out_c - c;
    const int32_t channels = left < kChunk ? left : kChunk;
    dot_channels((const uint32_t*)(const void*)t->scratch, g->taps, t->weights + c * row_taps,
                 row_taps, channels, sums);
    opline_finish_pairs(f, t->channels + c, sums, channels, out0 + c, out1 + c);
  }
}

void opline_conv_im2col(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_gather g = opline_gather_of(layer, t->input);
  const struct opline_finish f = opline_finish_of(layer);
  uint32_t* const columns = (uint32_t*)(void*)t->scratch;
  const int32_t positions = layer->out_h * layer->out_w;
  int8_t* out = t->output;
  int32_t position = 0;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const struct opline_window v =
        opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
    for (int32_t x = 0; x < layer->out_w; ++x, ++position) {
      const struct opline_window h =
          opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
      opline_gather(&g, &v, &h, columns + position % 2);
      if (position % 2 != 0) {
        multiply(layer, t, &g, &f, out, out + layer->out_c);
        out += 2 * layer->out_c;
      } else if (position + 1 == positions) { /* the last of an odd number: the same column twice */
        opline_gather(&g, &v, &h, columns + 1);
        multiply(layer, t, &g, &f, out, out);
      }
    }
  }
}
