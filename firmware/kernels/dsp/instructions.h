/* firmware/kernels/dsp/instructions.h - the packed arithmetic of the DSP extension, one function an
 * instruction.
 *
 * ARMv7-M Architecture Reference Manual (DDI 0403E), A7.7. Inline assembly rather than arm_acle.h
 * because the rotation of SXTB16 and SMMLAR have no intrinsic there. What inner loops are made of
 * is volatile: the written order keeps at most fourteen values alive, whereas GCC's scheduler would
 * hoist the loads of an unrolled loop and spill. */
#ifndef OPLINE_DSP_INSTRUCTIONS_H
#define OPLINE_DSP_INSTRUCTIONS_H

#include <stdint.h>

/* An unaligned word, loaded where it is written; pairs of loads pipeline. */
struct __attribute__((packed, may_alias)) opline_unaligned_word {
  uint32_t value;
};

static inline uint32_t opline_fetch(const void* p) {
  uint32_t r;
  __asm__ volatile("ldr %0, %1" : "=r"(r) : "m"(*(const struct opline_unaligned_word*)p));
  return r;
}

/* p, which GCC then takes for a new address: it would hoist p + 4, p + 8, ... out of a loop, and
 * spill them. */
static inline const void* opline_anew(const void* p) {
  __asm__ volatile("" : "+r"(p));
  return p;
}

/* Bytes 0 and 2 of x, each extended to 16 bits. */
static inline uint32_t opline_sxtb16(uint32_t x) {
  uint32_t r;
  __asm__ volatile("sxtb16 %0, %1" : "=r"(r) : "r"(x));
  return r;
}

/* Bytes 1 and 3. */
static inline uint32_t opline_sxtb16_odd(uint32_t x) {
  uint32_t r;
  __asm__ volatile("sxtb16 %0, %1, ror #8" : "=r"(r) : "r"(x));
  return r;
}

/* The same, added to the two halves of `to`. */
static inline uint32_t opline_sxtab16(uint32_t to, uint32_t x) {
  uint32_t r;
  __asm__ volatile("sxtab16 %0, %1, %2" : "=r"(r) : "r"(to), "r"(x));
  return r;
}

static inline uint32_t opline_sxtab16_odd(uint32_t to, uint32_t x) {
  uint32_t r;
  __asm__ volatile("sxtab16 %0, %1, %2, ror #8" : "=r"(r) : "r"(to), "r"(x));
  return r;
}

/* sum + low(a) * low(b) + high(a) * high(b) */
static inline int32_t opline_smlad(uint32_t a, uint32_t b, int32_t sum) {
  int32_t r;
  __asm__ volatile("smlad %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(sum));
  return r;
}

/* sum + low(a) * low(b) */
static inline int32_t opline_smlabb(uint32_t a, uint32_t b, int32_t sum) {
  int32_t r;
  __asm__ volatile("smlabb %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(sum));
  return r;
}

/* sum + high(a) * high(b) */
static inline int32_t opline_smlatt(uint32_t a, uint32_t b, int32_t sum) {
  int32_t r;
  __asm__ volatile("smlatt %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(sum));
  return r;
}

/* sum + low(a) * high(b) */
static inline int32_t opline_smlabt(uint32_t a, uint32_t b, int32_t sum) {
  int32_t r;
  __asm__ volatile("smlabt %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(sum));
  return r;
}

/* (sum * 2^32 + a * b + 2^31) / 2^32, rounded down */
static inline int32_t opline_smmlar(int32_t a, int32_t b, int32_t sum) {
  int32_t r;
  __asm__("smmlar %0, %1, %2, %3" : "=r"(r) : "r"(a), "r"(b), "r"(sum));
  return r;
}

/* x >> 1, saturated to [0, 255] */
static inline uint32_t opline_half_usat8(int32_t x) {
  uint32_t r;
  __asm__("usat %0, #8, %1, asr #1" : "=r"(r) : "r"(x));
  return r;
}

/* The sum of the lowest bytes, at most 255; the other bytes likewise. */
static inline uint32_t opline_uqadd8(uint32_t a, uint32_t b) {
  uint32_t r;
  __asm__("uqadd8 %0, %1, %2" : "=r"(r) : "r"(a), "r"(b));
  return r;
}

/* The larger of each pair of signed bytes: SSUB8 sets the flags that SEL chooses by. */
static inline uint32_t opline_max_bytes(uint32_t a, uint32_t b) {
  uint32_t r;
  __asm__("ssub8 %0, %1, %2\n\tsel %0, %1, %2" : "=&r"(r) : "r"(a), "r"(b));
  return r;
}

/* Both halves hold the 16-bit value. */
static inline uint32_t opline_both_halves(int32_t value) {
  return ((uint32_t)value & 0xffffu) * 0x10001u;
}

/* Keeps the first `bytes` (1..3) bytes of a word. */
static inline uint32_t opline_first_bytes(uint32_t word, uint32_t bytes) {
  return word & ((1u << (8u * bytes)) - 1u);
}

#endif /* OPLINE_DSP_INSTRUCTIONS_H */
