/* firmware/kernels/crc32.c - CRC-32, a word at a time with four tables of 1 KB (slicing by four).
 *
 * A table entry is linear over exclusive or: T[b] is the sum of T[1 << i] over the bits of b. So
 * eight constants give a table at compile time, and it stays in flash. Table k advances a byte by k
 * more zero bytes; table 0 is the classic one of the reflected polynomial 0xEDB88320. */
#include "firmware/kernels/opline_kernels.h"
#include "firmware/kernels/words.h"

#define BIT(b, i, value) ((((b) >> (i)) & 1u) * (value))
#define T0(b)                                                                 \
  (BIT(b, 0, 0x77073096u) ^ BIT(b, 1, 0xee0e612cu) ^ BIT(b, 2, 0x076dc419u) ^ \
   BIT(b, 3, 0x0edb8832u) ^ BIT(b, 4, 0x1db71064u) ^ BIT(b, 5, 0x3b6e20c8u) ^ \
   BIT(b, 6, 0x76dc4190u) ^ BIT(b, 7, 0xedb88320u))
#define T1(b)                                                                 \
  (BIT(b, 0, 0x191b3141u) ^ BIT(b, 1, 0x32366282u) ^ BIT(b, 2, 0x646cc504u) ^ \
   BIT(b, 3, 0xc8d98a08u) ^ BIT(b, 4, 0x4ac21251u) ^ BIT(b, 5, 0x958424a2u) ^ \
   BIT(b, 6, 0xf0794f05u) ^ BIT(b, 7, 0x3b83984bu))
#define T2(b)                                                                 \
  (BIT(b, 0, 0x01c26a37u) ^ BIT(b, 1, 0x0384d46eu) ^ BIT(b, 2, 0x0709a8dcu) ^ \
   BIT(b, 3, 0x0e1351b8u) ^ BIT(b, 4, 0x1c26a370u) ^ BIT(b, 5, 0x384d46e0u) ^ \
   BIT(b, 6, 0x709a8dc0u) ^ BIT(b, 7, 0xe1351b80u))
#define T3(b)                                                                 \
  (BIT(b, 0, 0xb8bc6765u) ^ BIT(b, 1, 0xaa09c88bu) ^ BIT(b, 2, 0x8f629757u) ^ \
   BIT(b, 3, 0xc5b428efu) ^ BIT(b, 4, 0x5019579fu) ^ BIT(b, 5, 0xa032af3eu) ^ \
   BIT(b, 6, 0x9b14583du) ^ BIT(b, 7, 0xed59b63bu))
#define FOUR(T, b) T(b), T((b) + 1u), T((b) + 2u), T((b) + 3u)
#define SIXTEEN(T, b) FOUR(T, b), FOUR(T, (b) + 4u), FOUR(T, (b) + 8u), FOUR(T, (b) + 12u)
#define SIXTY_FOUR(T, b) \
  SIXTEEN(T, b), SIXTEEN(T, (b) + 16u), SIXTEEN(T, (b) + 32u), SIXTEEN(T, (b) + 48u)
#define TABLE(T) \
  { SIXTY_FOUR(T, 0u), SIXTY_FOUR(T, 64u), SIXTY_FOUR(T, 128u), SIXTY_FOUR(T, 192u) }

static const uint32_t kTables[4][256] = {TABLE(T0), TABLE(T1), TABLE(T2), TABLE(T3)};

uint32_t opline_crc32(uint32_t crc, const void* data, size_t bytes) {
  const uint8_t* p = data;
  crc = ~crc;
  for (; bytes >= 4; bytes -= 4, p += 4) {
    const uint32_t x = crc ^ opline_load_word(p);
    crc = kTables[3][x & 0xffu] ^ kTables[2][(x >> 8) & 0xffu] ^ kTables[1][(x >> 16) & 0xffu] ^
          kTables[0][x >> 24];
  }
  for (; bytes > 0; --bytes) crc = (crc >> 8) ^ kTables[0][(crc ^ *p++) & 0xffu];
  return ~crc;
}
