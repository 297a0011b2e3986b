/* firmware/kernels/copy.h - moves and fills of bytes, a word at a time, whatever the alignment. */
#ifndef OPLINE_COPY_H
#define OPLINE_COPY_H

#include "firmware/kernels/words.h"

/* Returns the byte behind the last one written. The ranges don't overlap. */
static inline int8_t* opline_copy(int8_t* restrict to, const int8_t* restrict from, int32_t bytes) {
  for (; bytes >= 4; bytes -= 4, to += 4, from += 4) opline_store_word(to, opline_load_word(from));
  for (; bytes > 0; --bytes) *to++ = *from++;
  return to;
}

static inline int8_t* opline_fill(int8_t* to, int8_t value, int32_t bytes) {
  const uint32_t word = (uint8_t)value * 0x01010101u;
  for (; bytes >= 4; bytes -= 4, to += 4) opline_store_word(to, word);
  for (; bytes > 0; --bytes) *to++ = value;
  return to;
}

#endif /* OPLINE_COPY_H */
