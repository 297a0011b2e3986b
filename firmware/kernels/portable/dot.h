/* firmware/kernels/portable/dot.h - the inner products of the portable kernels.
 *
 * Loops that a compiler vectorises: four rows of weights share the loads of one column. */
#ifndef OPLINE_PORTABLE_DOT_H
#define OPLINE_PORTABLE_DOT_H

#include "firmware/kernels/layers.h"
#include "firmware/kernels/requantize.h"

enum { kRows = 4 };

/* sums[r] = sum(column[i] * weights[r * stride + i]) for i in [0, count) and `rows` (1..4) rows of
 * weights. The missing rows repeat the first one: their sums mean nothing. */
#define OPLINE_DEFINE_DOT(name, column_type)                                                  \
  static inline void name(const column_type* restrict column, const int8_t* restrict weights, \
                          int32_t stride, int32_t rows, int32_t count, int32_t sums[kRows]) { \
    const int8_t* restrict w0 = weights;                                                      \
    const int8_t* restrict w1 = rows > 1 ? weights + stride : weights;                        \
    const int8_t* restrict w2 = rows > 2 ? weights + 2 * stride : weights;                    \
    const int8_t* restrict w3 = rows > 3 ? weights + 3 * stride : weights;                    \
    int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;                                                   \
    for (int32_t i = 0; i < count; ++i) {                                                     \
      s0 += column[i] * w0[i];                                                                \
      s1 += column[i] * w1[i];                                                                \
      s2 += column[i] * w2[i];                                                                \
      s3 += column[i] * w3[i];                                                                \
    }                                                                                         \
    sums[0] = s0;                                                                             \
    sums[1] = s1;                                                                             \
    sums[2] = s2;                                                                             \
    sums[3] = s3;                                                                             \
  }

OPLINE_DEFINE_DOT(opline_dot_s8, int8_t)   /* zero point left to the caller: see opline_row_sum */
OPLINE_DEFINE_DOT(opline_dot_s16, int16_t) /* the column already holds input - zero_point */

static inline int32_t opline_row_sum(const int8_t* row, int32_t count) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count; ++i) sum += row[i];
  return sum;
}

/* Bias plus dot product; both are in range, their sum wraps on every build alike. */
static inline int32_t opline_add_wrapping(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a + (uint32_t)b);
}

#endif /* OPLINE_PORTABLE_DOT_H */
