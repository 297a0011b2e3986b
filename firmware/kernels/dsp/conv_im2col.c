/* firmware/kernels/dsp/conv_im2col.c - convolution, two gathered columns by two output channels. */
#include "firmware/kernels/dsp/conv_columns.h"
#include "firmware/kernels/dsp/im2col.h"

void opline_conv_im2col(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_gather g = opline_gather_of(layer, t->input);
  const struct opline_rows r = {t->weights, t->channels, layer->out_c, layer->kernel_h * g.row_taps,
                                g.taps};
  const struct opline_finish f = opline_finish_of(layer);
  uint32_t* const columns = (uint32_t*)(void*)t->scratch;
  const int32_t positions = layer->out_h * layer->out_w;
  int8_t* out = t->output;
  int32_t position = 0;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const struct opline_window v =
        opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
    for (int32_t x = 0; x < layer->out_w; ++x, ++position) {
      const struct opline_window h =
          opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
      opline_gather(&g, &v, &h, columns + position % 2);
      if (position % 2 != 0) {
        multiply_columns(&r, columns, &f, out, out + layer->out_c);
        out += 2 * layer->out_c;
      } else if (position + 1 == positions) { /* the last of an odd number: the same column twice */
        opline_gather(&g, &v, &h, columns + 1);
        multiply_columns(&r, columns, &f, out, out);
      }
    }
  }
}
