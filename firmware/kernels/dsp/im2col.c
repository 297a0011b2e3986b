/* firmware/kernels/dsp/im2col.c - see the header.   Room: firmware.
 *
 * Two steps: rows of the window are copied as bytes, words at a time whatever their alignment, into the upper
 * half of the column's own memory; then they are widened from the front. The widening never overtakes what it
 * reads: after group i it has written 8 i bytes and has still to read from 4 G + 4 i on, with i < G groups.
 */
#include "firmware/kernels/dsp/im2col.h"

#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/words.h"

static inline int8_t* copy(int8_t* to, const int8_t* from, int32_t count) {
  for (; count >= 4; count -= 4, to += 4, from += 4) opline_store_word(to, opline_load_word(from));
  if (count & 2) {
    to[0] = from[0];
    to[1] = from[1];
    to += 2;
    from += 2;
  }
  if (count & 1) *to++ = *from;
  return to;
}

static inline int8_t* fill(int8_t* to, uint32_t word, int32_t count) {
  for (; count >= 4; count -= 4, to += 4) opline_store_word(to, word);
  for (; count > 0; --count) *to++ = (int8_t)word;
  return to;
}

static void widen(const struct opline_layer* layer, const int8_t* bytes, int32_t taps, int16_t* column) {
  const uint32_t offset = opline_both_halves(-layer->input_zero_point);
  uint32_t* to = (uint32_t*)(void*)column;
  for (const int8_t* end = bytes + taps; bytes != end; bytes += 4, to += 2) {
    const uint32_t x = opline_load_word(bytes);
    to[0] = opline_sxtab16(offset, x);
    to[1] = opline_sxtab16_odd(offset, x);
  }
}

void opline_gather_column(const struct opline_layer* layer, const int8_t* input, int32_t y, int32_t x,
                          int16_t* column) {
  const struct opline_window v =
      opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
  const struct opline_window h =
      opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
  const int32_t depth = layer->in_c;
  const int32_t row_bytes = layer->in_w * depth;
  const int32_t before = h.first * depth;
  const int32_t inside = (h.last - h.first) * depth;
  const int32_t after = (layer->kernel_w - h.last) * depth;
  const int32_t taps = opline_column_taps(layer);
  const uint32_t zero = (uint8_t)layer->input_zero_point * 0x01010101u;
  int8_t* const bytes = (int8_t*)column + taps;
  int8_t* to = fill(bytes, zero, v.first * layer->kernel_w * depth);
  const int8_t* from = input + v.start * row_bytes + h.start * depth;
  for (int32_t row = v.first; row < v.last; ++row, from += row_bytes) {
    if (before != 0) to = fill(to, zero, before);
    to = copy(to, from, inside);
    if (after != 0) to = fill(to, zero, after);
  }
  fill(to, zero, (int32_t)(bytes + taps - to));
  widen(layer, bytes, taps, column);
}
