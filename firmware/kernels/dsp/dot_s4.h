/* firmware/kernels/dsp/dot_s4.h - as dot_widened.h, with rows of stored codes of four bits in place
 * of bytes. */
#ifndef OPLINE_DSP_DOT_S4_H
#define OPLINE_DSP_DOT_S4_H

#include "firmware/kernels/dsp/codes_dsp.h"
#include "firmware/kernels/dsp/dot_widened.h"

/* The sums of `pairs` (>= 1) pairs of rows of codes, 0..15, of which the first begins at `codes`.
 * `halves` holds, per eight taps, the four pairs of codes_dsp.h, each of the first row, then of the
 * second; `taps` is a positive multiple of eight; `distance` and `step` are in bytes. */
void opline_dot_codes(const struct opline_widened* w, const int8_t* codes, int32_t pairs,
                      int32_t* sums);

#endif /* OPLINE_DSP_DOT_S4_H */
