/* firmware/kernels/dsp/finish.h - requantisation in eight instructions, the bits of requantize.h.
 *
 * High multiply: 2m lies in [2^31, 2^32), so as int32 it is 2m - 2^32 and x * 2m = x * (2m - 2^32)
 * + x * 2^32. SMMLAR adds just that x and rounds at bit 31: (2xm + 2^31) / 2^32 = (xm + 2^30) /
 * 2^31, which is gemmlowp's first rounding (ties towards plus infinity), whatever x. Shift by s >=
 * 1, ties away from zero: ((y >> (s - 1)) + 1) >> 1 with y = x - (x < 0); the zero point joins
 * the 1. Clamp: relative to `low` the lower bound is USAT's 0; a saturating byte addition that
 * moves `high` to 255 is the upper one; what the additions have moved comes off at the end, modulo
 * 256.   */
#ifndef OPLINE_DSP_FINISH_H
#define OPLINE_DSP_FINISH_H

#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/requantize.h"

/* What all outputs of a layer share. */
struct opline_finish {
  int32_t round;   /* 2 * (output_zero_point - low) + 1 */
  uint32_t bounds; /* 255 - (high - low) in the lowest byte, high - 255 above it: one register for
                      both */
  int32_t right;   /* -shift_offset - 1: minus a channel's shift it is opline_scale.right */
};

static inline struct opline_finish opline_finish_of(const struct opline_layer* layer) {
  const int32_t low = layer->activation_min, high = layer->activation_max;
  const uint32_t ceiling = (uint32_t)(255 - (high - low)), back = (uint32_t)(high - 255);
  const struct opline_finish f = {2 * (layer->output_zero_point - low) + 1, ceiling | back << 8,
                                  ~layer->shift_offset};
  return f;
}

/* A channel's numbers, prepared once where many positions share them. */
struct opline_scale {
  int32_t bias;
  int32_t doubled; /* 2 * multiplier, modulo 2^32 */
  int32_t right;   /* -shift - 1: below 0 where the shift is not to the right */
};

static inline struct opline_scale opline_scale_of(int32_t bias, int32_t multiplier, int32_t shift) {
  const struct opline_scale s = {bias, (int32_t)((uint32_t)multiplier << 1), ~shift};
  return s;
}

static inline struct opline_scale opline_channel_scale(const struct opline_layer* layer,
                                                       const struct opline_channel* channel) {
  return opline_scale_of(channel->bias, channel->multiplier, channel->shift + layer->shift_offset);
}

/* Shifts to the left and by nothing (effective scales of 1/2 and more): rare, so out of line.
 * Returns what the usual way has before it halves. */
int32_t opline_scale_general(int32_t x, int32_t doubled, int32_t right, int32_t round);

/* From what is left to halve to the output byte, in the lowest eight bits. */
static inline uint32_t opline_finish_byte(const struct opline_finish* f, int32_t x) {
  return opline_uqadd8(opline_half_usat8(x), f->bounds) + (f->bounds >> 8);
}

/* The output byte (in the lowest eight bits) of a sum that holds the bias; right >= 0. */
static inline uint32_t opline_finish_usual(const struct opline_finish* f, int32_t x,
                                           int32_t doubled, int32_t right) {
  x = opline_smmlar(x, doubled, x);
  x += x >> 31;
  return opline_finish_byte(f, (x >> right) + f->round);
}

/* The same whatever the shift. */
static inline uint32_t opline_finish_sum(const struct opline_finish* f, int32_t x, int32_t doubled,
                                         int32_t right) {
  if (__builtin_expect(right >= 0, 1)) return opline_finish_usual(f, x, doubled, right);
  return opline_finish_byte(f, opline_scale_general(x, doubled, right, f->round));
}

/* The same of a sum without the bias. */
static inline int8_t opline_finish_one(const struct opline_finish* f, int32_t sum,
                                       const struct opline_scale* scale) {
  const int32_t x = (int32_t)((uint32_t)sum + (uint32_t)scale->bias);
  return (int8_t)opline_finish_sum(f, x, scale->doubled, scale->right);
}

/* out[i] of sums[i] for `count` (>= 1) channels, each with its own entry. */
void opline_finish_channels(const struct opline_finish* finish,
                            const struct opline_channel* channels, const int32_t* sums,
                            int32_t count, int8_t* out);

/* The same for two positions: out0[i] of sums[2 * i], out1[i] of sums[2 * i + 1]. */
void opline_finish_pairs(const struct opline_finish* finish, const struct opline_channel* channels,
                         const int32_t* sums, int32_t count, int8_t* out0, int8_t* out1);

#endif /* OPLINE_DSP_FINISH_H */
