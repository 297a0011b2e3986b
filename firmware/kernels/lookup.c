/* firmware/kernels/lookup.c - functions of one value: the code of each output is looked up by the
 * code of its input.
 *
 * TFLM computes each element; the host has computed all 256 with its arithmetic
 * (src/network/lookup_table.h). Four at a time; the output may be the input. */
#include "firmware/kernels/layers.h"
#include "firmware/kernels/words.h"

void opline_lookup(const struct opline_layer* layer, const struct opline_tensors* t) {
  const uint8_t* const table = t->table;
  const int8_t* in = t->input;
  int8_t* out = t->output;
  int32_t left = (int32_t)opline_output_bytes(layer);
  for (; left >= 4; left -= 4, in += 4, out += 4) {
    const uint32_t x = opline_load_word(in);
    const uint32_t low = table[x & 0xffu] | (uint32_t)table[(x >> 8) & 0xffu] << 8;
    const uint32_t high = table[(x >> 16) & 0xffu] | (uint32_t)table[x >> 24] << 8;
    opline_store_word(out, low | high << 16);
  }
  for (; left > 0; --left) *out++ = (int8_t)table[(uint8_t)*in++];
}
