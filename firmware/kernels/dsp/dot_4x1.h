/* firmware/kernels/dsp/dot_4x1.h - four rows of weights times one column of bytes.   Room: firmware. */
#ifndef OPLINE_DSP_DOT_4X1_H
#define OPLINE_DSP_DOT_4X1_H

#include "firmware/kernels/dsp/instructions.h"

/* Four taps: the two halves of the column's word against those of a row. */
static inline int32_t opline_four_taps(uint32_t even, uint32_t odd, const int8_t* row, int32_t sum) {
  const uint32_t w = opline_fetch(row);
  sum = opline_smlad(even, opline_sxtb16(w), sum);
  return opline_smlad(odd, opline_sxtb16_odd(w), sum);
}

/* sums[r] = sum((column[i] + offset) * rows[r * stride + i]), i in [0, count), for `rows` 1..4 rows; the
 * missing ones repeat the first. Reads up to three bytes beyond the ends. */
static inline void opline_dot_4x1(const int8_t* column, uint32_t offset, const int8_t* row0, int32_t stride,
                                  int32_t rows, int32_t count, int32_t sums[4]) {
  const int8_t* row1 = rows > 1 ? row0 + stride : row0;
  const int8_t* row2 = rows > 2 ? row1 + stride : row0;
  const int8_t* row3 = rows > 3 ? row2 + stride : row0;
  int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
  const int8_t* const end = column + (count & ~7);
  for (; column != end; column += 8, row0 += 8, row1 += 8, row2 += 8, row3 += 8) {
    for (int i = 0; i < 8; i += 4) {
      const uint32_t x = opline_fetch(column + i);
      const uint32_t even = opline_sxtab16(offset, x), odd = opline_sxtab16_odd(offset, x);
      s0 = opline_four_taps(even, odd, row0 + i, s0);
      s1 = opline_four_taps(even, odd, row1 + i, s1);
      s2 = opline_four_taps(even, odd, row2 + i, s2);
      s3 = opline_four_taps(even, odd, row3 + i, s3);
    }
  }
  for (count &= 7; count > 0; count -= 4, column += 4, row0 += 4, row1 += 4, row2 += 4, row3 += 4) {
    const uint32_t x = opline_fetch(column);
    uint32_t even = opline_sxtab16(offset, x), odd = opline_sxtab16_odd(offset, x);
    if (count < 4) { /* taps 0 and 2 are the even halves, 1 and 3 the odd ones */
      even = count < 3 ? even & 0xffffu : even;
      odd = count < 2 ? 0 : odd & 0xffffu;
    }
    s0 = opline_four_taps(even, odd, row0, s0);
    s1 = opline_four_taps(even, odd, row1, s1);
    s2 = opline_four_taps(even, odd, row2, s2);
    s3 = opline_four_taps(even, odd, row3, s3);
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
}

#endif /* OPLINE_DSP_DOT_4X1_H */
