/* firmware/kernels/portable/conv_s4.c - convolution with weights of four bits.
 *
 * A window is gathered as the bytes that it has, and the zero point beyond the edges. The window of
 * a 1x1 convolution is the position itself. */
#include "firmware/kernels/layers.h"
#include "firmware/kernels/portable/dot_s4.h"

static int8_t* fill(int8_t* to, int8_t value, int32_t bytes) {
  for (; bytes > 0; --bytes) *to++ = value;
  return to;
}

static void gather(const struct opline_layer* layer, const int8_t* input, int32_t y, int32_t x,
                   int8_t* column) {
  const struct opline_window v =
      opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
  const struct opline_window h =
      opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
  const int32_t step = opline_input_step(layer), zero_point = layer->input_zero_point;
  const int8_t zero =
      layer->input_bits == 4 ? opline_two_codes(zero_point, zero_point) : (int8_t)zero_point;
  for (int32_t ky = 0; ky < layer->kernel_h; ++ky) {
    if (ky < v.first || ky >= v.last) {
      column = fill(column, zero, layer->kernel_w * step);
      continue;
    }
    const int8_t* p = input + ((v.start + ky - v.first) * layer->in_w + h.start) * step;
    column = fill(column, zero, h.first * step);
    for (int32_t left = (h.last - h.first) * step; left > 0; --left) *column++ = *p++;
    column = fill(column, zero, (layer->kernel_w - h.last) * step);
  }
}

static void multiply(const struct opline_layer* layer, const struct opline_tensors* t,
                     const int8_t* column, int8_t* output) {
  const int32_t codes = (int32_t)opline_fan_in(layer);
  const int8_t* w = t->weights;
  for (int32_t c = 0; c < layer->out_c; ++c, w += (codes + 1) / 2) {
    const struct opline_channel* channel = &t->channels[c];
    const int32_t sum =
        opline_add_wrapping(opline_bias_s4(layer, channel), opline_dot_s4(layer, column, w, codes));
    opline_store_code(
        layer, output, c,
        opline_output_byte(layer, sum, channel->multiplier, channel->shift + layer->shift_offset));
  }
}

void opline_conv_1x1_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int32_t positions = layer->out_h * layer->out_w;
  for (int32_t p = 0; p < positions; ++p) {
    multiply(layer, t, t->input + p * opline_input_step(layer),
             t->output + p * opline_output_step(layer));
  }
}

void opline_conv_im2col_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  int8_t* const column = (int8_t*)t->scratch;
  int8_t* output = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, output += opline_output_step(layer)) {
      gather(layer, t->input, y, x, column);
      multiply(layer, t, column, output);
    }
  }
}
