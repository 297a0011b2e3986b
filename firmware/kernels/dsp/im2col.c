/* firmware/kernels/dsp/im2col.c - see the header.
 *
 * Two steps: rows of the window are copied as bytes, whole words whatever their alignment, into the
 * upper part of the column's own memory; then they are widened from the front. With G groups the
 * column has 8 G bytes and the bytes start at 4 G - 4: the widening has written 8 i + 8 bytes after
 * group i and reads on at 4 G + 4 i, which is not less. So four bytes remain behind the copy, and
 * every row may be copied with up to three bytes too many. */
#include "firmware/kernels/dsp/im2col.h"

#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/words.h"

/* At least one byte; up to three more are copied. */
static inline int8_t* copy(int8_t* to, const int8_t* from, int32_t count) {
  int8_t* const end = to + count;
  for (; count >= 16; count -= 16, to += 16, from += 16) {
    const uint32_t a = opline_fetch(from), b = opline_fetch(from + 4);
    const uint32_t c = opline_fetch(from + 8), d = opline_fetch(from + 12);
    opline_store_word(to, a);
    opline_store_word(to + 4, b);
    opline_store_word(to + 8, c);
    opline_store_word(to + 12, d);
  }
  for (; to < end; to += 4, from += 4) opline_store_word(to, opline_load_word(from));
  return end;
}

/* Up to three more are filled. */
static inline int8_t* fill(int8_t* to, uint32_t word, int32_t count) {
  int8_t* const end = to + count;
  for (; to < end; to += 4) opline_store_word(to, word);
  return end;
}

static inline uint32_t* widen_group(uint32_t word, uint32_t offset, uint32_t* to) {
  to[0] = opline_sxtab16(offset, word);
  to[1] = opline_sxtab16_odd(offset, word);
  return to + 2;
}

static inline void widen(const int8_t* bytes, uint32_t offset, int32_t taps, uint32_t* to) {
  for (; taps >= 8; taps -= 8, bytes += 8) {
    to = widen_group(opline_load_word(bytes), offset, to);
    to = widen_group(opline_load_word(bytes + 4), offset, to);
  }
  if (taps != 0) widen_group(opline_load_word(bytes), offset, to);
}

struct opline_gather opline_gather_of(const struct opline_layer* layer, const int8_t* input) {
  struct opline_gather g;
  g.input = input;
  g.depth = layer->in_c;
  g.row_bytes = layer->in_w * layer->in_c;
  g.row_taps = layer->kernel_w * layer->in_c;
  g.taps = (layer->kernel_h * g.row_taps + 3) & ~3;
  g.zero_word = (uint8_t)layer->input_zero_point * 0x01010101u;
  g.offset = opline_both_halves(-layer->input_zero_point);
  return g;
}

/* Nine taps in three words: a first layer's 3x3. */
static inline void gather_3x3(const int8_t* from, int32_t row_bytes, uint32_t zero_word,
                              uint32_t offset, uint32_t* to) {
  const uint32_t a = opline_fetch(from), b = opline_fetch(from + row_bytes);
  const uint32_t c = opline_fetch(from + 2 * row_bytes);
  to = widen_group((a & 0xffffffu) | b << 24, offset, to);
  to = widen_group(((b >> 8) & 0xffffu) | c << 16, offset, to);
  widen_group(((c >> 16) & 0xffu) | zero_word << 8, offset, to);
}

static inline void gather_whole_words(const int8_t* from, int32_t row_bytes, int32_t rows,
                                      uint32_t offset, uint32_t* to) {
  for (; rows > 0; --rows, from += row_bytes) to = widen_group(opline_fetch(from), offset, to);
}

void opline_gather_narrow(const struct opline_gather* g, const int8_t* from, int32_t rows,
                          int16_t* column) {
  const uint32_t offset = g->offset, width = 8u * (uint32_t)g->row_taps;
  const int32_t row_bytes = g->row_bytes;
  uint32_t* to = (uint32_t*)(void*)column;
  if (width == 24 && rows == 3) {
    gather_3x3(from, row_bytes, g->zero_word, offset, to);
    return;
  }
  if (width == 32) {
    gather_whole_words(from, row_bytes, rows, offset, to);
    return;
  }
  const uint32_t mask = (1u << width) - 1u;
  uint32_t word = 0, bits = 0; /* taps that wait for their group to be whole */
  for (; rows > 0; --rows, from += row_bytes) {
    const uint32_t row = opline_fetch(from) & mask;
    word |= row << bits;
    bits += width;
    if (bits < 32) continue;
    to = widen_group(word, offset, to);
    bits -= 32;
    word = row >> (width - bits);
  }
  if (bits != 0) widen_group(word | g->zero_word << bits, offset, to);
}

void opline_gather_column(const struct opline_gather* g, const struct opline_window* v,
                          const struct opline_window* h, int32_t kernel_w, int16_t* column) {
  int8_t* const bytes = (int8_t*)column + g->taps - 4;
  const int8_t* from = g->input + v->start * g->row_bytes + h->start * g->depth;
  const int32_t inside = (h->last - h->first) * g->depth;
  int8_t* to = v->first == 0 ? bytes : fill(bytes, g->zero_word, v->first * g->row_taps);
  if (inside == g->row_taps) {
    for (int32_t rows = v->last - v->first; rows > 0; --rows, from += g->row_bytes)
      to = copy(to, from, inside);
  } else {
    const int32_t before = h->first * g->depth, after = (kernel_w - h->last) * g->depth;
    for (int32_t rows = v->last - v->first; rows > 0; --rows, from += g->row_bytes) {
      to = fill(to, g->zero_word, before);
      to = copy(to, from, inside);
      to = fill(to, g->zero_word, after);
    }
  }
  fill(to, g->zero_word, (int32_t)(bytes + g->taps - to));
  widen(bytes, g->offset, g->taps, (uint32_t*)(void*)column);
}
