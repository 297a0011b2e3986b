/* firmware/kernels/fixed_point.h - gemmlowp's fixed-point exp and reciprocal, as softmax, logistic
 * and tanh need them.
 *
 * Numbers are int32 with an implied count of integer bits: Q5.26 (differences), Q0.31 (results),
 * Q2.29 (Newton). Source of the method and the constants: google/gemmlowp, fixedpoint/fixedpoint.h,
 * which TFLite's kernels use. */
#ifndef OPLINE_FIXED_POINT_H
#define OPLINE_FIXED_POINT_H

#include "firmware/kernels/requantize.h"

/* SaturatingRoundingDoublingHighMul with its one saturating case. */
static inline int32_t opline_fixed_mul(int32_t a, int32_t b) {
  return a == INT32_MIN && b == INT32_MIN ? INT32_MAX : opline_doubling_high_mul(a, b);
}

/* x * 2^exponent, saturating; exponent in [1, 30]. */
static inline int32_t opline_saturating_shift_left(int32_t x, int32_t exponent) {
  const int32_t limit = (int32_t)((1u << (31 - exponent)) - 1u);
  if (x > limit) return INT32_MAX;
  if (x < -limit - 1) return INT32_MIN;
  return (int32_t)((uint32_t)x << exponent);
}

/* exp(a) for a in [-1/4, 0), Q0.31 in and out: a Taylor expansion around -1/8. */
static inline int32_t opline_exp_last_quarter(int32_t a) {
  const int32_t exp_of_minus_eighth = 1895147668;
  const int32_t one_third = 715827883;
  const int32_t x = a + (1 << 28);
  const int32_t x2 = opline_fixed_mul(x, x);
  const int32_t x3 = opline_fixed_mul(x2, x);
  const int32_t x4 = opline_fixed_mul(x2, x2);
  const int32_t x4_over_4 = opline_rounding_divide_by_pot(x4, 2);
  const int32_t cubic = opline_fixed_mul(x4_over_4 + x3, one_third) + x2; /* x4/12 + x3/3 + x2 */
  const int32_t tail = opline_rounding_divide_by_pot(cubic, 1);
  return exp_of_minus_eighth + opline_fixed_mul(exp_of_minus_eighth, x + tail);
}

/* exp(a) for a <= 0 with 4 or 5 integer bits; the result is Q0.31. */
static inline int32_t opline_exp_on_negative(int32_t a, int32_t integer_bits) {
  /* exp(-2^i) for i = -2..4 */
  static const int32_t factors[7] = {1672461947, 1302514674, 790015084, 290630308,
                                     39332535,   720401,     242};
  const int32_t one_quarter = 1 << (29 - integer_bits);
  const int32_t in_quarter = (a & (one_quarter - 1)) - one_quarter;
  const int32_t remainder = in_quarter - a;
  int32_t result = opline_exp_last_quarter(opline_saturating_shift_left(in_quarter, integer_bits));
  for (int32_t i = 0; i < integer_bits + 2; ++i) {
    if (remainder & (one_quarter << i)) result = opline_fixed_mul(result, factors[i]);
  }
  return a == 0 ? INT32_MAX : result;
}

/* 2 / (1 + a) in Q2.29 for a in [0, 1] in Q0.31: three Newton-Raphson steps on the half
 * denominator. */
static inline int32_t opline_two_over_one_plus(int32_t a) {
  const int32_t constant_48_over_17 = 1515870810;
  const int32_t constant_neg_32_over_17 = -1010580540;
  const int32_t one = 1 << 29;
  const int32_t half_denominator = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
  int32_t x = constant_48_over_17 + opline_fixed_mul(half_denominator, constant_neg_32_over_17);
  for (int32_t i = 0; i < 3; ++i) {
    const int32_t error = one - opline_fixed_mul(half_denominator, x);
    x += opline_saturating_shift_left(opline_fixed_mul(x, error), 2);
  }
  return x;
}

/* 1 / (1 + a) for a in [0, 1], Q0.31 in and out. */
static inline int32_t opline_one_over_one_plus(int32_t a) {
  return opline_saturating_shift_left(opline_two_over_one_plus(a), 1);
}

#endif /* OPLINE_FIXED_POINT_H */
