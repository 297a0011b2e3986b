/* firmware/kernels/dsp/conv_columns.h - two gathered columns times rows of weights, requantised.
 *
 * Products first, then requantisation: each loop keeps what it needs in registers, which both
 * together would not. Weights beyond a row's end meet zeros in the column's last group: they are
 * read (up to three bytes), never used. */
#ifndef OPLINE_DSP_CONV_COLUMNS_H
#define OPLINE_DSP_CONV_COLUMNS_H

#include "firmware/kernels/dsp/dot_widened.h"
#include "firmware/kernels/dsp/finish.h"

enum { kChunk = 16 };

/* What a column meets. */
struct opline_rows {
  const int8_t* weights;
  const struct opline_channel* channels;
  int32_t count;    /* output channels */
  int32_t row_taps; /* weights of each */
  int32_t taps;     /* the same, padded to whole groups of four: those of a column */
};

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

/* All output channels of two positions. */
static void multiply_columns(const struct opline_rows* r, const uint32_t* columns,
                             const struct opline_finish* f, int8_t* out0, int8_t* out1) {
  for (int32_t c = 0; c < r->count; c += kChunk) {
    int32_t sums[2 * kChunk];
    const int32_t left = r->count - c;
    const int32_t channels = left < kChunk ? left : kChunk;
    dot_channels(columns, r->taps, r->weights + c * r->row_taps, r->row_taps, channels, sums);
    opline_finish_pairs(f, r->channels + c, sums, channels, out0 + c, out1 + c);
  }
}

#endif /* OPLINE_DSP_CONV_COLUMNS_H */
