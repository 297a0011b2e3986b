/* firmware/kernels/words.h - unaligned little-endian words.
 *
 * Cortex-M4 and M7 read unaligned words (at one extra cycle), so the four-byte copy becomes one LDR
 * or STR.
 */
#ifndef OPLINE_WORDS_H
#define OPLINE_WORDS_H

#include <stdint.h>

static inline uint32_t opline_load_word(const void* p) {
  uint32_t word;
  __builtin_memcpy(&word, p, sizeof word);
  return word;
}

static inline void opline_store_word(void* p, uint32_t word) {
  __builtin_memcpy(p, &word, sizeof word);
}

#endif /* OPLINE_WORDS_H */
