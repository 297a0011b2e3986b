/* firmware/kernels/pad.c - a border of zeros around a tensor; their code is the output's zero
 * point. */
#include "firmware/kernels/copy.h"
#include "firmware/kernels/layers.h"

/* A row of positions, each with its channels' border. Not inlined: the loop over rows without one
 * is slower with it. */
__attribute__((noinline)) static int8_t* pad_channels(const struct opline_layer* layer,
                                                      const int8_t* in, int8_t* out) {
  const int8_t zero = (int8_t)layer->output_zero_point;
  const int32_t depth = layer->in_c, before = layer->begin_c;
  const int32_t after = layer->out_c - depth - before;
  for (int32_t x = 0; x < layer->in_w; ++x, in += depth) {
    out = opline_fill(out, zero, before);
    out = opline_copy(out, in, depth);
    out = opline_fill(out, zero, after);
  }
  return out;
}

void opline_pad(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int8_t zero = (int8_t)layer->output_zero_point;
  const int32_t in_row = layer->in_w * layer->in_c, out_row = layer->out_w * layer->out_c;
  const int32_t before = layer->pad_left * layer->out_c;
  const int32_t after = (layer->out_w - layer->in_w - layer->pad_left) * layer->out_c;
  const int32_t rows_after = layer->out_h - layer->in_h - layer->pad_top;
  const int8_t* in = t->input;
  int8_t* out = opline_fill(t->output, zero, layer->pad_top * out_row);
  for (int32_t y = 0; y < layer->in_h; ++y, in += in_row) {
    out = opline_fill(out, zero, before);
    out = layer->out_c == layer->in_c ? opline_copy(out, in, in_row) : pad_channels(layer, in, out);
    out = opline_fill(out, zero, after);
  }
  opline_fill(out, zero, rows_after * out_row);
}
