/* firmware/kernels/dsp/dot_2x2.h - two positions of int8 by two rows of weights.
 *
 * Four words give sixteen products: 4 loads, 8 extensions, 8 SMLAD. Alive: 4 sums, 4 pointers, 4
 * extended halves of the input, a word of weights and one of its halves: fourteen, all that the
 * core has. */
#ifndef OPLINE_DSP_DOT_2X2_H
#define OPLINE_DSP_DOT_2X2_H

#include "firmware/kernels/dsp/instructions.h"

struct opline_sums {
  int32_t s00, s01, s10, s11; /* position, channel */
};

static inline __attribute__((always_inline)) void opline_sixteen(struct opline_sums* s, uint32_t x0,
                                                                 uint32_t x1, uint32_t a,
                                                                 const int8_t* w1) {
  const uint32_t x0_odd = opline_sxtb16_odd(x0), x1_odd = opline_sxtb16_odd(x1);
  const uint32_t x0_even = opline_sxtb16(x0), x1_even = opline_sxtb16(x1);
  const uint32_t a_even = opline_sxtb16(a);
  s->s00 = opline_smlad(x0_even, a_even, s->s00);
  s->s10 = opline_smlad(x1_even, a_even, s->s10);
  const uint32_t a_odd = opline_sxtb16_odd(a);
  s->s00 = opline_smlad(x0_odd, a_odd, s->s00);
  s->s10 = opline_smlad(x1_odd, a_odd, s->s10);
  const uint32_t b = opline_fetch(w1);
  const uint32_t b_even = opline_sxtb16(b);
  s->s01 = opline_smlad(x0_even, b_even, s->s01);
  s->s11 = opline_smlad(x1_even, b_even, s->s11);
  const uint32_t b_odd = opline_sxtb16_odd(b);
  s->s01 = opline_smlad(x0_odd, b_odd, s->s01);
  s->s11 = opline_smlad(x1_odd, b_odd, s->s11);
}

static inline __attribute__((always_inline)) void opline_sixteen_at(
    struct opline_sums* s, const int8_t* x0, const int8_t* x1, const int8_t* w0, const int8_t* w1) {
  const uint32_t u = opline_fetch(x0), v = opline_fetch(x1), a = opline_fetch(w0);
  opline_sixteen(s, u, v, a, w1);
}

/* s + products over `depth` taps. The last one to three are masked in the input; reads up to three
 * bytes beyond. */
static inline __attribute__((always_inline)) struct opline_sums opline_dot_2x2(
    const int8_t* x0, const int8_t* x1, const int8_t* w0, const int8_t* w1, int32_t depth,
    struct opline_sums s) {
  const int8_t* const end = x0 + (depth & ~15);
  for (; x0 != end; x0 += 16, x1 += 16, w0 += 16, w1 += 16) {
    opline_sixteen_at(&s, x0, x1, w0, w1);
    opline_sixteen_at(&s, x0 + 4, x1 + 4, w0 + 4, w1 + 4);
    opline_sixteen_at(&s, x0 + 8, x1 + 8, w0 + 8, w1 + 8);
    opline_sixteen_at(&s, x0 + 12, x1 + 12, w0 + 12, w1 + 12);
  }
  if ((depth & 8) != 0) {
    opline_sixteen_at(&s, x0, x1, w0, w1);
    opline_sixteen_at(&s, x0 + 4, x1 + 4, w0 + 4, w1 + 4);
    x0 += 8, x1 += 8, w0 += 8, w1 += 8;
  }
  if ((depth & 4) != 0) {
    opline_sixteen_at(&s, x0, x1, w0, w1);
    x0 += 4, x1 += 4, w0 += 4, w1 += 4;
  }
  if ((depth & 3) != 0) {
    const uint32_t rest = (uint32_t)depth & 3u;
    const uint32_t u = opline_fetch(x0), v = opline_fetch(x1), a = opline_fetch(w0);
    opline_sixteen(&s, opline_first_bytes(u, rest), opline_first_bytes(v, rest), a, w1);
  }
  return s;
}

#endif /* OPLINE_DSP_DOT_2X2_H */
