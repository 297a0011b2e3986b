/* firmware/kernels/dsp/dot_widened.h - many pairs of rows of bytes times one pair of rows of
 * halves.
 *
 * Convolutions spend most of their cycles here. One pair of rows is widened to halves beforehand,
 * since it meets all pairs of the other: rows of weights where those are positions (conv_1x1), two
 * gathered positions where those are rows of weights (conv_im2col). In assembly, because the order
 * of the instructions is what a core's cycles depend on, and all its registers are in use. */
#ifndef OPLINE_DSP_DOT_WIDENED_H
#define OPLINE_DSP_DOT_WIDENED_H

#include <stdint.h>

/* dot_widened.S reads the members by their offsets. */
struct opline_widened {
  const uint32_t* halves; /* per four taps: halves 0 and 2 of both rows, then halves 1 and 3 */
  int32_t taps;           /* of a row; a positive multiple of four */
  int32_t distance;       /* bytes from the first row of a pair to the second */
  int32_t step;           /* bytes from a pair to the next */
  int32_t start[2];       /* what the sums with either row of halves begin at */
};

/* The sums of `pairs` (>= 1) pairs of rows of bytes, of which the first begins at `bytes`: per pair
 * the first row with both rows of halves, then the second. */
void opline_dot_widened(const struct opline_widened* w, const int8_t* bytes, int32_t pairs,
                        int32_t* sums);

#endif /* OPLINE_DSP_DOT_WIDENED_H */
