/* firmware/kernels/dsp/depthwise_s4.h - four channels of a position: their products, and what
 * becomes of the sums.
 *
 * Registers hold the sums of four channels, which are two pairs of halves: channels b and b + d, b
 * + 1 and b + d + 1. Inputs of four bits come eight in a word, whose first two pairs are channels
 * 0, 4, 1 and 5, the others 2, 6, 3 and 7: d is 4, b is 0 or 2. Inputs of eight bits come four in a
 * word: d is 2, b is 0 or 4. */
#ifndef OPLINE_DSP_DEPTHWISE_S4_H
#define OPLINE_DSP_DEPTHWISE_S4_H

#include "firmware/kernels/dsp/codes_dsp.h"
#include "firmware/kernels/dsp/finish_s4.h"
#include "firmware/kernels/layers.h"

enum { kOfPacked = 4, kOfBytes = 2 }; /* d */

struct opline_four_sums {
  int32_t a0, a1; /* of b and b + 1 */
  int32_t d0, d1; /* of b + d and b + d + 1 */
};

/* The words of b and b + 1: as in a group of eight channels that begins at p. */
OPLINE_INLINE uint32_t opline_first_pair(uint32_t word, int packed, int half, uint32_t mask) {
  if (!packed) return opline_sxtb16(word);
  return half == 0 ? word & mask : word >> 8 & mask;
}

OPLINE_INLINE uint32_t opline_second_pair(uint32_t word, int packed, int half, uint32_t mask) {
  if (!packed) return opline_sxtb16_odd(word);
  return half == 0 ? word >> 4 & mask : word >> 12 & mask;
}

/* Of weights as they are stored, which are four bits whatever the inputs: both pairs. */
OPLINE_INLINE void opline_weight_pairs(uint32_t word, int packed, int half, uint32_t mask,
                                       uint32_t pairs[2]) {
  const uint32_t offset = opline_both_halves(kCodeOffset);
  struct opline_pairs p = opline_sub_pairs(opline_stored_pairs(word, mask), offset);
  if (packed) {
    pairs[0] = half == 0 ? p.p0 : p.p2;
    pairs[1] = half == 0 ? p.p1 : p.p3;
  } else {
    pairs[0] = half == 0 ? opline_low_halves(p.p0, p.p2) : opline_high_halves(p.p0, p.p2);
    pairs[1] = half == 0 ? opline_low_halves(p.p1, p.p3) : opline_high_halves(p.p1, p.p3);
  }
}

OPLINE_INLINE void opline_add_pair(int32_t* low, int32_t* high, uint32_t x, uint32_t w) {
  *low = opline_smlabb(x, w, *low);
  *high = opline_smlatt(x, w, *high);
}

/* Channels c and c + 1 of a position, c even; those from `end` on don't exist. */
OPLINE_INLINE void opline_store_two(const struct opline_layer* layer, const struct opline_finish* f,
                                    int32_t s0, int32_t s1, const struct opline_scale* scale,
                                    int32_t c, int32_t end, int8_t* position) {
  if (c >= end) return;
  const int32_t channels = end - c < 2 ? 1 : 2;
  const uint32_t y0 = opline_finish_s4(f, s0, &scale[0]);
  const uint32_t y1 = opline_finish_s4(f, s1, &scale[channels - 1]);
  opline_store_s4(layer, position, c, channels, y0, y1);
}

/* `scale` is in the order of the sums: of b, b + 1, b + d, b + d + 1. */
OPLINE_INLINE void opline_store_four(const struct opline_layer* layer,
                                     const struct opline_finish* f,
                                     const struct opline_four_sums* s,
                                     const struct opline_scale scale[4], int32_t b, int32_t d,
                                     int32_t end, int8_t* position) {
  opline_store_two(layer, f, s->a0, s->a1, scale, b, end, position);
  opline_store_two(layer, f, s->d0, s->d1, scale + 2, b + d, end, position);
}

/* The same where all four exist, d is 4 and the output has four bits: into bytes 0 and 2. */
OPLINE_INLINE void opline_store_packed(const struct opline_finish* f,
                                       const struct opline_four_sums* s,
                                       const struct opline_scale scale[4], int8_t* out) {
  const uint32_t y0 = opline_finish_s4(f, s->a0, &scale[0]);
  const uint32_t y1 = opline_finish_s4(f, s->a1, &scale[1]);
  out[0] = opline_pack_s4(y0, y1);
  const uint32_t y2 = opline_finish_s4(f, s->d0, &scale[2]);
  const uint32_t y3 = opline_finish_s4(f, s->d1, &scale[3]);
  out[2] = opline_pack_s4(y2, y3);
}

/* The scales of the four; a channel that doesn't exist has none. */
OPLINE_INLINE void opline_scales_of_four(const struct opline_layer* layer,
                                         const struct opline_channel* channels, int32_t b,
                                         int32_t d, struct opline_scale scale[4]) {
  for (int32_t i = 0; i < 4; ++i) {
    const int32_t c = b + i % 2 + i / 2 * d;
    if (c < layer->in_c) scale[i] = opline_channel_scale_s4(layer, channels + c);
  }
}

#endif /* OPLINE_DSP_DEPTHWISE_S4_H */
