/* firmware/kernels/transpose.c - a tensor with its axes in another order.
 *
 * Bytes are read with a step of their own for each of the output's axes; whole positions are moved
 * where the channels stay last. */
#include "firmware/kernels/copy.h"
#include "firmware/kernels/layers.h"

void opline_transpose(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int32_t steps[4] = {layer->in_w * layer->in_c, layer->in_c, 1, 0};
  const int32_t row = steps[layer->axes & 3], column = steps[(layer->axes >> 2) & 3];
  const int32_t step = steps[(layer->axes >> 4) & 3], depth = layer->out_c;
  int8_t* out = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const int8_t* in = t->input + y * row;
    for (int32_t x = 0; x < layer->out_w; ++x, in += column) {
      if (step == 1) {
        out = opline_copy(out, in, depth);
        continue;
      }
      const int8_t* from = in;
      for (int32_t c = 0; c < depth; ++c, from += step) *out++ = *from;
    }
  }
}
