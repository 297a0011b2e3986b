/* firmware/kernels/dsp/im2col.h - gathers the window of one output position as 16-bit halves.
 *
 * Two columns lie interleaved, as dot_widened.h expects them: per group of four taps a word with
 * taps 0 and 2 of each, then one with taps 1 and 3 of each. That is how SXTB16 delivers the
 * weights, so the inner loop needs no reordering. The zero point is already subtracted. */
#ifndef OPLINE_DSP_IM2COL_H
#define OPLINE_DSP_IM2COL_H

#include "firmware/kernels/layers.h"

/* What all columns of a layer share. */
struct opline_gather {
  const int8_t* input;
  int32_t depth;      /* channels */
  int32_t row_bytes;  /* of the input */
  int32_t rows;       /* of the kernel */
  int32_t row_taps;   /* of the kernel: kernel_w * depth */
  int32_t taps;       /* of a column, padded to whole groups of four */
  uint32_t zero_word; /* four zero points: what padding holds before widening */
  uint32_t offset;    /* minus the zero point, in both halves */
};

struct opline_gather opline_gather_of(const struct opline_layer* layer, const int8_t* input);

/* Fills every other word from `column` on, a word per two taps, with the window whose rows are `v`
 * and whose columns are `h`, both with at least one tap inside; taps beyond the edges and the rest
 * of the last group are 0. Reads up to three bytes beyond the input. */
void opline_gather(const struct opline_gather* g, const struct opline_window* v,
                   const struct opline_window* h, uint32_t* column);

/* The same for a window whose taps do not follow each other: dilated, or one group of channels. */
struct opline_tap_gather {
  const int8_t* input;        /* the group's first channel of the first position */
  int32_t depth;              /* channels of the group */
  int32_t position, row;      /* bytes from a position of the input to the next, and of rows */
  int32_t tap_step, row_step; /* bytes from a tap to the next, and of rows of taps */
  int32_t rows, columns;      /* of the kernel */
  uint32_t zero_word, offset; /* as above */
};

/* Of the first group. */
struct opline_tap_gather opline_tap_gather_of(const struct opline_layer* layer,
                                              const int8_t* input);

/* As opline_gather(); there may be no tap inside. */
void opline_gather_taps(const struct opline_tap_gather* g, const struct opline_window* v,
                        const struct opline_window* h, uint32_t* column);

#endif /* OPLINE_DSP_IM2COL_H */
