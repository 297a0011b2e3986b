/* firmware/kernels/pad.c - a border of zeros around a tensor; their code is the output's zero
 * point. */
#include "firmware/kernels/copy.h"
#include "firmware/kernels/layers.h"

void opline_pad(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int8_t zero = (int8_t)layer->output_zero_point;
  const int32_t depth = layer->in_c;
  const int32_t in_row = layer->in_w * depth, out_row = layer->out_w * depth;
  const int32_t before = layer->pad_left * depth, after = out_row - in_row - before;
  const int32_t rows_after = layer->out_h - layer->in_h - layer->pad_top;
  const int8_t* in = t->input;
  int8_t* out = opline_fill(t->output, zero, layer->pad_top * out_row);
  for (int32_t y = 0; y < layer->in_h; ++y, in += in_row) {
    out = opline_fill(out, zero, before);
    out = opline_copy(out, in, in_row);
    out = opline_fill(out, zero, after);
  }
  opline_fill(out, zero, rows_after * out_row);
}
