/* firmware/kernels/portable/depthwise.c - one filter per channel, any window.
 *
 * Channels lie innermost in input and weights, so a block of accumulators is carried over the
 * window's taps.
 */
#include "firmware/kernels/portable/dot.h"

enum { kBlock = 32 };

static void accumulate(int32_t* restrict sums, const int8_t* restrict input,
                       const int8_t* restrict weights, int32_t count, int16_t zero_point) {
  for (int32_t c = 0; c < count; ++c) sums[c] += (int16_t)(input[c] - zero_point) * weights[c];
}

static void block(const struct opline_layer* layer, const struct opline_tensors* t,
                  const struct opline_window* v, const struct opline_window* h, int32_t first,
                  int32_t count, int8_t* output) {
  int32_t sums[kBlock] = {0};
  const int32_t depth = layer->in_c;
  for (int32_t ky = v->first; ky < v->last; ++ky) {
    const int8_t* p =
        t->input + ((v->start + ky - v->first) * layer->in_w + h->start) * depth + first;
    const int8_t* w = t->weights + (ky * layer->kernel_w + h->first) * depth + first;
    for (int32_t kx = h->first; kx < h->last; ++kx, p += depth, w += depth) {
      accumulate(sums, p, w, count, layer->input_zero_point);
    }
  }
  const struct opline_channel* channels = t->channels + first;
  for (int32_t c = 0; c < count; ++c) {
    output[first + c] =
        opline_output_byte(layer, opline_add_wrapping(channels[c].bias, sums[c]),
                           channels[c].multiplier, channels[c].shift + layer->shift_offset);
  }
}

void opline_depthwise(const struct opline_layer* layer, const struct opline_tensors* t) {
  int8_t* output = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const struct opline_window v =
        opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
    for (int32_t x = 0; x < layer->out_w; ++x, output += layer->out_c) {
      const struct opline_window h =
          opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
      for (int32_t c = 0; c < layer->in_c; c += kBlock) {
        const int32_t rest = layer->in_c - c;
        block(layer, t, &v, &h, c, rest < kBlock ? rest : kBlock, output);
      }
    }
  }
}

void opline_depthwise_3x3(const struct opline_layer* layer, const struct opline_tensors* t) {
  opline_depthwise(layer, t);
}
