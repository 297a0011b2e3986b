/* firmware/kernels/concatenation.c - two tensors side by side along their channels.
 *
 * TFLite asks for one scale and zero point of all int8 tensors of a concatenation, so bytes are
 * moved as they are. */
#include "firmware/kernels/copy.h"
#include "firmware/kernels/layers.h"

void opline_concatenation(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int32_t first = layer->in_c, second = layer->out_c - layer->in_c;
  const int8_t* a = t->input;
  const int8_t* b = t->input2;
  int8_t* out = t->output;
  for (int32_t left = layer->in_h * layer->in_w; left > 0; --left, a += first, b += second) {
    out = opline_copy(out, a, first);
    out = opline_copy(out, b, second);
  }
}
