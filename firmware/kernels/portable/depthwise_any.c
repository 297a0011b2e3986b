/* firmware/kernels/portable/depthwise_any.c - any window, dilation and number of filters per
 * channel. */
#include "firmware/kernels/portable/dot.h"

static int32_t sum_of(const struct opline_layer* layer, const struct opline_tensors* t,
                      const struct opline_window* v, const struct opline_window* h, int32_t c) {
  const int32_t from = c / (layer->out_c / layer->in_c);
  int32_t sum = 0;
  for (int32_t ky = v->first; ky < v->last; ++ky) {
    const int32_t row = v->start + (ky - v->first) * layer->dilation_h;
    for (int32_t kx = h->first; kx < h->last; ++kx) {
      const int32_t position = row * layer->in_w + h->start + (kx - h->first) * layer->dilation_w;
      const int32_t weight = t->weights[(ky * layer->kernel_w + kx) * layer->out_c + c];
      sum += (t->input[position * layer->in_c + from] - layer->input_zero_point) * weight;
    }
  }
  return sum;
}

void opline_depthwise_any(const struct opline_layer* layer, const struct opline_tensors* t) {
  int8_t* output = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const struct opline_window v = opline_clip_dilated(
        y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h, layer->dilation_h);
    for (int32_t x = 0; x < layer->out_w; ++x) {
      const struct opline_window h = opline_clip_dilated(
          x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w, layer->dilation_w);
      for (int32_t c = 0; c < layer->out_c; ++c, ++output) {
        const struct opline_channel* channel = &t->channels[c];
        const int32_t sum = opline_add_wrapping(channel->bias, sum_of(layer, t, &v, &h, c));
        *output = opline_output_byte(layer, sum, channel->multiplier,
                                     channel->shift + layer->shift_offset);
      }
    }
  }
}
