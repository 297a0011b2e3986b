/* firmware/kernels/portable/dot_s4.h - a row of weights of four bits times codes of eight or four.
 */
#ifndef OPLINE_PORTABLE_DOT_S4_H
#define OPLINE_PORTABLE_DOT_S4_H

#include "firmware/kernels/codes.h"

/* sum((x[i] - zero_point) * w[i]) over `count` codes. */
static inline int32_t opline_dot_s8_s4(const int8_t* restrict x, const int8_t* restrict w,
                                       int32_t count, int32_t zero_point) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count / 2; ++i) {
    sum += (x[2 * i] - zero_point) * opline_low_code(w[i]) +
           (x[2 * i + 1] - zero_point) * opline_high_code(w[i]);
  }
  return count % 2 == 0 ? sum : sum + (x[count - 1] - zero_point) * opline_low_code(w[count / 2]);
}

/* The same for inputs that are packed; `count` is even. */
static inline int32_t opline_dot_s4_s4(const int8_t* restrict x, const int8_t* restrict w,
                                       int32_t count, int32_t zero_point) {
  int32_t sum = 0;
  for (int32_t i = 0; i < count / 2; ++i) {
    sum += (opline_low_code(x[i]) - zero_point) * opline_low_code(w[i]) +
           (opline_high_code(x[i]) - zero_point) * opline_high_code(w[i]);
  }
  return sum;
}

static inline int32_t opline_dot_s4(const struct opline_layer* layer, const int8_t* x,
                                    const int8_t* w, int32_t count) {
  return layer->input_bits == 4 ? opline_dot_s4_s4(x, w, count, layer->input_zero_point)
                                : opline_dot_s8_s4(x, w, count, layer->input_zero_point);
}

static inline int32_t opline_add_wrapping(int32_t a, int32_t b) {
  return (int32_t)((uint32_t)a + (uint32_t)b);
}

#endif /* OPLINE_PORTABLE_DOT_S4_H */
