/* firmware/runtime/memory.c - the four functions GCC may call in freestanding code.
 *
 * Compiled with -fno-tree-loop-distribute-patterns: without it GCC recognises these loops as memset
 * and memcpy and replaces them by calls to themselves. */
#include <stddef.h>
#include <stdint.h>

void* memcpy(void* restrict to, const void* restrict from, size_t bytes);
void* memmove(void* to, const void* from, size_t bytes);
void* memset(void* to, int value, size_t bytes);
int memcmp(const void* a, const void* b, size_t bytes);

void* memcpy(void* restrict to, const void* restrict from, size_t bytes) {
  uint8_t* t = to;
  const uint8_t* f = from;
  for (; bytes >= 4; bytes -= 4, t += 4, f += 4) {
    uint32_t word; /* one LDR and one STR, whatever the alignment */
    __builtin_memcpy(&word, f, 4);
    __builtin_memcpy(t, &word, 4);
  }
  for (; bytes > 0; --bytes) *t++ = *f++;
  return to;
}

void* memmove(void* to, const void* from, size_t bytes) {
  uint8_t* t = to;
  const uint8_t* f = from;
  if (t <= f) {
    for (; bytes > 0; --bytes) *t++ = *f++;
  } else {
    while (bytes-- > 0) t[bytes] = f[bytes];
  }
  return to;
}

void* memset(void* to, int value, size_t bytes) {
  uint8_t* t = to;
  const uint32_t word = (uint8_t)value * 0x01010101u;
  for (; bytes >= 4; bytes -= 4, t += 4) __builtin_memcpy(t, &word, 4);
  for (; bytes > 0; --bytes) *t++ = (uint8_t)value;
  return to;
}

int memcmp(const void* a, const void* b, size_t bytes) {
  const uint8_t* x = a;
  const uint8_t* y = b;
  for (; bytes > 0; --bytes, ++x, ++y) {
    if (*x != *y) return *x - *y;
  }
  return 0;
}
