/* firmware/kernels/dsp/conv_general.c - dilated and grouped convolution.
 *
 * As conv_im2col.c, one group after the other, over columns that are gathered tap by tap. */
#include "firmware/kernels/dsp/conv_columns.h"
#include "firmware/kernels/dsp/im2col.h"

/* All positions of the group that `g` and `r` are for; `out` is its first output. */
static void one_group(const struct opline_layer* layer, const struct opline_tap_gather* g,
                      const struct opline_rows* r, uint32_t* columns, int8_t* out) {
  const struct opline_finish f = opline_finish_of(layer);
  const int32_t positions = layer->out_h * layer->out_w;
  int32_t position = 0;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const struct opline_window v = opline_clip_dilated(
        y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h, layer->dilation_h);
    for (int32_t x = 0; x < layer->out_w; ++x, ++position) {
      const struct opline_window h = opline_clip_dilated(
          x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w, layer->dilation_w);
      opline_gather_taps(g, &v, &h, columns + position % 2);
      if (position % 2 != 0) {
        multiply_columns(r, columns, &f, out, out + layer->out_c);
        out += 2 * layer->out_c;
      } else if (position + 1 == positions) { /* the last of an odd number: the same column twice */
        opline_gather_taps(g, &v, &h, columns + 1);
        multiply_columns(r, columns, &f, out, out);
      }
    }
  }
}

void opline_conv_general(const struct opline_layer* layer, const struct opline_tensors* t) {
  struct opline_tap_gather g = opline_tap_gather_of(layer, t->input);
  const int32_t row_taps = layer->kernel_h * layer->kernel_w * g.depth;
  struct opline_rows r = {t->weights, t->channels, layer->out_c / layer->groups, row_taps,
                          (row_taps + 3) & ~3};
  int8_t* out = t->output;
  for (int32_t left = layer->groups; left > 0; --left) {
    one_group(layer, &g, &r, (uint32_t*)(void*)t->scratch, out);
    g.input += g.depth;
    r.weights += r.count * row_taps;
    r.channels += r.count;
    out += r.count;
  }
}
