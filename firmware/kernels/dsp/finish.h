/* firmware/kernels/dsp/finish.h - requantisation in five instructions, the bits of requantize.h.   Room:
 * firmware.
 *
 * High multiply: 2m lies in [2^31, 2^32), so as int32 it is 2m - 2^32 and x * 2m = x * (2m - 2^32) + x *
 * 2^32. SMMLAR adds just that x and rounds at bit 31: (2xm + 2^31) / 2^32 = (xm + 2^30) / 2^31, which is
 * gemmlowp's first rounding (ties towards plus infinity), whatever x. Shift by s >= 1, ties away from zero:
 * ((y >> (s - 1)) + 1) >> 1 with y = x - (x < 0); the zero point joins the 1. */
#ifndef OPLINE_DSP_FINISH_H
#define OPLINE_DSP_FINISH_H

#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/requantize.h"

/* What all outputs of a layer share. */
struct opline_finish {
  int32_t shift_offset;
  int32_t round; /* 2 * output_zero_point + 1 */
  int32_t low, high;
};

static inline struct opline_finish opline_finish_of(const struct opline_layer* layer) {
  const struct opline_finish f = {layer->shift_offset, 2 * layer->output_zero_point + 1,
                                  layer->activation_min, layer->activation_max};
  return f;
}

/* A multiplier and shift, prepared: once a channel where many positions share it. */
struct opline_scale {
  int32_t doubled; /* 2 * multiplier, modulo 2^32 */
  int32_t right;   /* -shift - 1: below 0 where the shift is not to the right */
};

static inline struct opline_scale opline_scale_of(int32_t multiplier, int32_t shift) {
  const struct opline_scale s = {(int32_t)((uint32_t)multiplier << 1), ~shift};
  return s;
}

static inline struct opline_scale opline_channel_scale(const struct opline_channel* channel,
                                                       int32_t shift_offset) {
  return opline_scale_of(channel->multiplier, channel->shift + shift_offset);
}

/* Shifts to the left and by nothing: effective scales of 1/2 and more, rare. */
static inline int32_t opline_finish_general(const struct opline_finish* f, int32_t x,
                                            struct opline_scale scale) {
  const int32_t y = opline_requantize(x, (int32_t)((uint32_t)scale.doubled >> 1), ~scale.right);
  return (int32_t)((uint32_t)y + (uint32_t)(f->round >> 1));
}

/* The output of an accumulator that holds the bias. */
static inline int32_t opline_finish_one(const struct opline_finish* f, int32_t x, struct opline_scale scale) {
  if (__builtin_expect(scale.right >= 0, 1)) {
    x = opline_smmlar(x, scale.doubled, x);
    x += x >> 31;
    x = ((x >> scale.right) + f->round) >> 1;
  } else {
    x = opline_finish_general(f, x, scale);
  }
  x = x < f->low ? f->low : x;
  return x > f->high ? f->high : x;
}

/* out[i] of sums[i] without bias, i in [0, count), each with its own channel. */
void opline_finish_channels(const struct opline_finish* f, const int32_t* sums,
                            const struct opline_channel* channels, int32_t count, int8_t* out);

#endif /* OPLINE_DSP_FINISH_H */
