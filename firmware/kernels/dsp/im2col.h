/* firmware/kernels/dsp/im2col.h - gathers the window of one output position as 16-bit halves.   Room:
 * firmware.
 *
 * A column is stored as SXTB16 will deliver the weights: per group of four taps a word with taps 0 and 2,
 * then one with taps 1 and 3. So the inner loop needs no reordering. The zero point is already subtracted. */
#ifndef OPLINE_DSP_IM2COL_H
#define OPLINE_DSP_IM2COL_H

#include "firmware/kernels/layers.h"

/* Taps of a column, padded to whole groups. */
static inline int32_t opline_column_taps(const struct opline_layer* layer) {
  return (layer->kernel_h * layer->kernel_w * layer->in_c + 3) & ~3;
}

/* Fills `column` (opline_column_taps() halves, 4-byte aligned); taps beyond the edges and the last group are
 * 0. */
void opline_gather_column(const struct opline_layer* layer, const int8_t* input, int32_t y, int32_t x,
                          int16_t* column);

#endif /* OPLINE_DSP_IM2COL_H */
