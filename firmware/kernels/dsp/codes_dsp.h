/* firmware/kernels/dsp/codes_dsp.h - eight codes at a time as four pairs of halves.
 *
 * Pair k holds codes k and k + 4: where a mask leaves them in a word of eight codes of four bits.
 * Codes of eight bits are brought into the same order. */
#ifndef OPLINE_DSP_CODES_H
#define OPLINE_DSP_CODES_H

#include "firmware/kernels/codes.h"
#include "firmware/kernels/dsp/instructions.h"

#define OPLINE_INLINE static inline __attribute__((always_inline))

struct opline_pairs {
  uint32_t p0, p1, p2, p3;
};

/* Bits 0..3 of both halves, in a register, which a shifted operand needs: GCC would shift first. */
OPLINE_INLINE uint32_t opline_code_mask(void) {
  uint32_t mask = 0x000f000fu;
  __asm__("" : "+r"(mask));
  return mask;
}

OPLINE_INLINE uint32_t opline_sub_halves(uint32_t a, uint32_t b) {
  uint32_t r;
  __asm__("ssub16 %0, %1, %2" : "=r"(r) : "r"(a), "r"(b));
  return r;
}

OPLINE_INLINE uint32_t opline_add_halves(uint32_t a, uint32_t b) {
  uint32_t r;
  __asm__("sadd16 %0, %1, %2" : "=r"(r) : "r"(a), "r"(b));
  return r;
}

/* The lower halves of both. */
OPLINE_INLINE uint32_t opline_low_halves(uint32_t a, uint32_t b) {
  uint32_t r;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(r) : "r"(a), "r"(b));
  return r;
}

/* The upper halves of both, a's in the lower half. */
OPLINE_INLINE uint32_t opline_high_halves(uint32_t a, uint32_t b) {
  uint32_t r;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(r) : "r"(b), "r"(a));
  return r;
}

/* Codes as they are stored: each 0..15. */
OPLINE_INLINE struct opline_pairs opline_stored_pairs(uint32_t word, uint32_t mask) {
  const struct opline_pairs r = {word & mask, word >> 4 & mask, word >> 8 & mask,
                                 word >> 12 & mask};
  return r;
}

OPLINE_INLINE struct opline_pairs opline_sub_pairs(struct opline_pairs p, uint32_t offset) {
  const struct opline_pairs r = {opline_sub_halves(p.p0, offset), opline_sub_halves(p.p1, offset),
                                 opline_sub_halves(p.p2, offset), opline_sub_halves(p.p3, offset)};
  return r;
}

/* Eight bytes, codes of eight bits. */
OPLINE_INLINE struct opline_pairs opline_byte_pairs(uint32_t a, uint32_t b) {
  const uint32_t a_even = opline_sxtb16(a), a_odd = opline_sxtb16_odd(a);
  const uint32_t b_even = opline_sxtb16(b), b_odd = opline_sxtb16_odd(b);
  const struct opline_pairs r = {opline_low_halves(a_even, b_even), opline_low_halves(a_odd, b_odd),
                                 opline_high_halves(a_even, b_even),
                                 opline_high_halves(a_odd, b_odd)};
  return r;
}

/* The codes at p, of four bits where `packed`, else of eight, of which more than the first four are
 * read where `left` is above 4. */
OPLINE_INLINE struct opline_pairs opline_input_pairs(const int8_t* p, int packed, int32_t left,
                                                     uint32_t mask) {
  if (packed) return opline_stored_pairs(opline_fetch(p), mask);
  return opline_byte_pairs(opline_fetch(p), left > 4 ? opline_fetch(p + 4) : 0);
}

/* What a stored code of zero_point is, in both halves. */
OPLINE_INLINE uint32_t opline_stored_zero(const struct opline_layer* layer, int packed) {
  return opline_both_halves(layer->input_zero_point + (packed ? kCodeOffset : 0));
}

/* Keeps codes 0..count - 1 of a pair of code `k` and code k + 4. */
OPLINE_INLINE uint32_t opline_first_of_pair(uint32_t pair, int32_t k, int32_t count) {
  return k + 4 < count ? pair : k < count ? pair & 0xffffu : 0;
}

OPLINE_INLINE struct opline_pairs opline_first_codes(struct opline_pairs p, int32_t count) {
  const struct opline_pairs r = {
      opline_first_of_pair(p.p0, 0, count), opline_first_of_pair(p.p1, 1, count),
      opline_first_of_pair(p.p2, 2, count), opline_first_of_pair(p.p3, 3, count)};
  return r;
}

/* sum + a * b, all eight. */
OPLINE_INLINE int32_t opline_dot_pairs(struct opline_pairs a, struct opline_pairs b, int32_t sum) {
  sum = opline_smlad(a.p0, b.p0, sum);
  sum = opline_smlad(a.p1, b.p1, sum);
  sum = opline_smlad(a.p2, b.p2, sum);
  return opline_smlad(a.p3, b.p3, sum);
}

OPLINE_INLINE int32_t opline_sum_pairs(struct opline_pairs a, int32_t sum) {
  const uint32_t ones = 0x00010001u;
  const struct opline_pairs all = {ones, ones, ones, ones};
  return opline_dot_pairs(a, all, sum);
}

#endif /* OPLINE_DSP_CODES_H */
