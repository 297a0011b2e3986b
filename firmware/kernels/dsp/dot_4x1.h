/* firmware/kernels/dsp/dot_4x1.h - four rows of weights times one column of bytes. */
#ifndef OPLINE_DSP_DOT_4X1_H
#define OPLINE_DSP_DOT_4X1_H

#include "firmware/kernels/dsp/instructions.h"

/* Four taps of two rows; `even` and `odd` are the column's. */
static inline __attribute__((always_inline)) void opline_two_rows(uint32_t even, uint32_t odd,
                                                                  const int8_t* row0,
                                                                  const int8_t* row1,
                                                                  int32_t sums[2]) {
  const uint32_t a = opline_fetch(row0), b = opline_fetch(row1);
  const uint32_t a_even = opline_sxtb16(a), a_odd = opline_sxtb16_odd(a);
  sums[0] = opline_smlad(even, a_even, sums[0]);
  const uint32_t b_even = opline_sxtb16(b);
  sums[0] = opline_smlad(odd, a_odd, sums[0]);
  const uint32_t b_odd = opline_sxtb16_odd(b);
  sums[1] = opline_smlad(even, b_even, sums[1]);
  sums[1] = opline_smlad(odd, b_odd, sums[1]);
}

static inline __attribute__((always_inline)) void opline_four_rows(
    uint32_t even, uint32_t odd, const int8_t* row0, const int8_t* row1, const int8_t* row2,
    const int8_t* row3, int32_t sums[4]) {
  opline_two_rows(even, odd, row0, row1, sums);
  opline_two_rows(even, odd, row2, row3, sums + 2);
}

/* sums[r] = sum((column[i] + offset) * rows[r * stride + i]), i in [0, count), for `rows` 1..4
 * rows; the missing ones repeat the first. Reads up to three bytes beyond the ends. */
static inline __attribute__((always_inline)) void opline_dot_4x1(const int8_t* column,
                                                                 uint32_t offset,
                                                                 const int8_t* row0, int32_t stride,
                                                                 int32_t rows, int32_t count,
                                                                 int32_t sums[4]) {
  const int8_t* row1 = rows > 1 ? row0 + stride : row0;
  const int8_t* row2 = rows > 2 ? row1 + stride : row0;
  const int8_t* row3 = rows > 3 ? row2 + stride : row0;
  int32_t s[4] = {0, 0, 0, 0};
  const int8_t* end = column + (count & ~7);
  for (; column != end; column += 8, row0 += 8, row1 += 8, row2 += 8, row3 += 8) {
    const uint32_t x = opline_fetch(column);
    const uint32_t even = opline_sxtab16(offset, x), odd = opline_sxtab16_odd(offset, x);
    opline_four_rows(even, odd, row0, row1, row2, row3, s);
    const uint32_t x4 = opline_fetch(column + 4);
    const uint32_t even4 = opline_sxtab16(offset, x4), odd4 = opline_sxtab16_odd(offset, x4);
    opline_four_rows(even4, odd4, row0 + 4, row1 + 4, row2 + 4, row3 + 4, s);
  }
  if ((count & 4) != 0) {
    const uint32_t x = opline_fetch(column);
    const uint32_t even = opline_sxtab16(offset, x), odd = opline_sxtab16_odd(offset, x);
    opline_four_rows(even, odd, row0, row1, row2, row3, s);
    column += 4, row0 += 4, row1 += 4, row2 += 4, row3 += 4;
  }
  const int32_t rest =
      count & 3; /* taps 0 and 2 are the halves of `even`, 1 and 3 those of `odd` */
  if (rest != 0) {
    const uint32_t x = opline_fetch(column);
    const uint32_t even = opline_sxtab16(offset, x), odd = opline_sxtab16_odd(offset, x);
    opline_four_rows(rest == 3 ? even : even & 0xffffu, rest == 1 ? 0 : odd & 0xffffu, row0, row1,
                     row2, row3, s);
  }
  sums[0] = s[0];
  sums[1] = s[1];
  sums[2] = s[2];
  sums[3] = s[3];
}

#endif /* OPLINE_DSP_DOT_4X1_H */
