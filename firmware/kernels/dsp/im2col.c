/* firmware/kernels/dsp/im2col.c - see the header.
 *
 * The rows of a window follow each other without gaps, however they lie in the input. Where they
 * are whole words, words are widened as they are read; else bytes are shifted into place, and
 * widened as soon as four are together. */
#include "firmware/kernels/dsp/im2col.h"

#include "firmware/kernels/dsp/instructions.h"

/* Four taps into the column; returns where the next four go. */
static inline uint32_t* widen_group(uint32_t word, uint32_t offset, uint32_t* to) {
  to[0] = opline_sxtab16(offset, word);
  to[2] = opline_sxtab16_odd(offset, word);
  return to + 4;
}

struct opline_gather opline_gather_of(const struct opline_layer* layer, const int8_t* input) {
  struct opline_gather g;
  g.input = input;
  g.depth = layer->in_c;
  g.row_bytes = layer->in_w * layer->in_c;
  g.rows = layer->kernel_h;
  g.row_taps = layer->kernel_w * layer->in_c;
  g.taps = (layer->kernel_h * g.row_taps + 3) & ~3;
  g.zero_word = (uint8_t)layer->input_zero_point * 0x01010101u;
  g.offset = opline_both_halves(-layer->input_zero_point);
  return g;
}

/* Rows of whole words. */

static inline uint32_t* widen_words(const int8_t* from, uint32_t offset, int32_t bytes,
                                    uint32_t* to) {
  for (; bytes >= 8; bytes -= 8, from += 8) {
    const uint32_t a = opline_fetch(from), b = opline_fetch(from + 4);
    to = widen_group(b, offset, widen_group(a, offset, to));
  }
  return bytes == 0 ? to : widen_group(opline_fetch(from), offset, to);
}

/* Padding is the zero point, which the column does not hold. */
static inline uint32_t* pad_words(int32_t bytes, uint32_t* to) {
  for (; bytes > 0; bytes -= 4, to += 4) to[0] = to[2] = 0;
  return to;
}

static void gather_words(const struct opline_gather* g, const struct opline_window* v,
                         const struct opline_window* h, const int8_t* from, uint32_t* to) {
  const int32_t before = h->first * g->depth, inside = (h->last - h->first) * g->depth;
  const int32_t after = g->row_taps - before - inside;
  to = pad_words(v->first * g->row_taps, to);
  for (int32_t row = v->first; row < v->last; ++row, from += g->row_bytes) {
    to = pad_words(before, to);
    to = widen_words(from, g->offset, inside, to);
    to = pad_words(after, to);
  }
  pad_words(g->taps - v->last * g->row_taps, to);
}

/* Rows of up to four taps: a word each. */

/* Nine taps inside the input in three words: a first layer's 3x3. */
static inline void gather_3x3(const int8_t* from, int32_t row_bytes, uint32_t zero_word,
                              uint32_t offset, uint32_t* to) {
  const uint32_t a = opline_fetch(from), b = opline_fetch(from + row_bytes);
  const uint32_t c = opline_fetch(from + 2 * row_bytes);
  to = widen_group((a & 0xffffffu) | b << 24, offset, to);
  to = widen_group(((b >> 8) & 0xffffu) | c << 16, offset, to);
  widen_group(((c >> 16) & 0xffu) | zero_word << 8, offset, to);
}

static void gather_narrow(const struct opline_gather* g, const struct opline_window* v,
                          const struct opline_window* h, const int8_t* from, uint32_t* to) {
  const uint32_t width = 8u * (uint32_t)g->row_taps, offset = g->offset;
  const uint32_t before = 8u * (uint32_t)(h->first * g->depth);
  const uint32_t inside = (0xffffffffu >> (32u - 8u * (uint32_t)((h->last - h->first) * g->depth)))
                          << before;
  const uint32_t zero = g->zero_word >> (32 - width), around = zero & ~inside;
  const int32_t row_bytes = g->row_bytes, rows = g->rows;
  if (width == 24 && rows == 3 && inside == 0xffffffu && v->last - v->first == 3) {
    gather_3x3(from, row_bytes, g->zero_word, offset, to);
    return;
  }
  uint32_t word = 0, bits = 0; /* taps that wait for their group to be whole */
  for (int32_t row = 0; row < rows; ++row) {
    uint32_t taps = zero;
    if (row >= v->first && row < v->last) {
      taps = ((opline_fetch(from) << before) & inside) | around;
      from += row_bytes;
    }
    word |= taps << bits;
    bits += width;
    if (bits < 32) continue;
    to = widen_group(word, offset, to);
    bits -= 32;
    word = bits == 0 ? 0 : taps >> (width - bits);
  }
  if (bits != 0) widen_group(word | g->zero_word << bits, offset, to);
}

/* Any rows. */

struct stream {
  uint32_t* to;
  uint32_t offset;
  uint32_t waiting, bits; /* bytes that are not a group yet, and their bits: 0, 8, 16 or 24 */
};

static inline __attribute__((always_inline)) void append_word(struct stream* s, uint32_t word) {
  s->to = widen_group(s->waiting | word << s->bits, s->offset, s->to);
  s->waiting = word >> 1 >> (31 - s->bits); /* nothing where no byte waits */
}

/* Up to three of the lowest bytes of a word. */
static inline __attribute__((always_inline)) void append_bytes(struct stream* s, uint32_t word,
                                                               int32_t count) {
  word = opline_first_bytes(word, (uint32_t)count);
  const uint32_t bits = s->bits + 8u * (uint32_t)count;
  if (bits >= 32) {
    append_word(s, word);
  } else {
    s->waiting |= word << s->bits;
  }
  s->bits = bits & 31u;
}

static inline __attribute__((always_inline)) void append_row(struct stream* s, const int8_t* from,
                                                             int32_t count) {
  for (; count >= 8; count -= 8, from += 8) {
    const uint32_t a = opline_fetch(from), b = opline_fetch(from + 4);
    append_word(s, a);
    append_word(s, b);
  }
  if (count >= 4) append_word(s, opline_fetch(from)), count -= 4, from += 4;
  if (count > 0) append_bytes(s, opline_fetch(from), count);
}

static inline __attribute__((always_inline)) void append_padding(struct stream* s, uint32_t word,
                                                                 int32_t count) {
  for (; count >= 4; count -= 4) append_word(s, word);
  if (count > 0) append_bytes(s, word, count);
}

static void gather_bytes(const struct opline_gather* g, const struct opline_window* v,
                         const struct opline_window* h, const int8_t* from, uint32_t* to) {
  const int32_t before = h->first * g->depth, inside = (h->last - h->first) * g->depth;
  const int32_t between = g->row_taps - inside;
  int32_t padding = v->first * g->row_taps + before;
  struct stream s = {to, g->offset, 0, 0};
  for (int32_t row = v->first; row < v->last; ++row, from += g->row_bytes) {
    append_padding(&s, g->zero_word, padding);
    append_row(&s, from, inside);
    padding = between;
  }
  append_padding(&s, g->zero_word, padding - before + (g->rows - v->last) * g->row_taps);
  if (s.bits != 0) append_word(&s, g->zero_word);
}

void opline_gather(const struct opline_gather* g, const struct opline_window* v,
                   const struct opline_window* h, uint32_t* column) {
  const int8_t* const from = g->input + v->start * g->row_bytes + h->start * g->depth;
  if (g->row_taps <= 4) {
    gather_narrow(g, v, h, from, column);
  } else if (g->depth % 4 == 0) {
    gather_words(g, v, h, from, column);
  } else {
    gather_bytes(g, v, h, from, column);
  }
}

/* Taps apart from each other. */

struct opline_tap_gather opline_tap_gather_of(const struct opline_layer* layer,
                                              const int8_t* input) {
  const int32_t position = layer->in_c, row = layer->in_w * layer->in_c;
  const struct opline_tap_gather g = {
      .input = input,
      .depth = layer->in_c / layer->groups,
      .position = position,
      .row = row,
      .tap_step = layer->dilation_w * position,
      .row_step = layer->dilation_h * row,
      .rows = layer->kernel_h,
      .columns = layer->kernel_w,
      .zero_word = (uint8_t)layer->input_zero_point * 0x01010101u,
      .offset = opline_both_halves(-layer->input_zero_point),
  };
  return g;
}

void opline_gather_taps(const struct opline_tap_gather* g, const struct opline_window* v,
                        const struct opline_window* h, uint32_t* column) {
  const int32_t depth = g->depth, row_taps = g->columns * depth;
  const int32_t columns = h->last - h->first, inside = columns * depth;
  const int8_t* row = g->input + v->start * g->row + h->start * g->position;
  int32_t padding = v->first * row_taps + h->first * depth, rest = g->rows * row_taps;
  struct stream s = {column, g->offset, 0, 0};
  for (int32_t ky = v->first; ky < v->last; ++ky, row += g->row_step) {
    append_padding(&s, g->zero_word, padding);
    const int8_t* from = row;
    for (int32_t kx = columns; kx > 0; --kx, from += g->tap_step) append_row(&s, from, depth);
    rest -= padding + inside;
    padding = row_taps - inside;
  }
  append_padding(&s, g->zero_word, rest);
  if (s.bits != 0) append_word(&s, g->zero_word);
}
