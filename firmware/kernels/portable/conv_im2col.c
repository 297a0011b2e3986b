/* firmware/kernels/portable/conv_im2col.c - convolution over a gathered column of int16. */
#include "firmware/kernels/portable/dot.h"

/* column[ky][kx][c] = input - zero_point; 0 beyond the edges. */
static void gather(const struct opline_layer* layer, const int8_t* input, int32_t y, int32_t x,
                   int16_t* column) {
  const struct opline_window v =
      opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
  const struct opline_window h =
      opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
  const int32_t row_taps = layer->kernel_w * layer->in_c;
  const int32_t first = h.first * layer->in_c;
  const int32_t last = h.last * layer->in_c;
  for (int32_t ky = 0; ky < layer->kernel_h; ++ky, column += row_taps) {
    if (ky < v.first || ky >= v.last) {
      for (int32_t i = 0; i < row_taps; ++i) column[i] = 0;
      continue;
    }
    const int8_t* p = input + ((v.start + ky - v.first) * layer->in_w + h.start) * layer->in_c;
    for (int32_t i = 0; i < first; ++i) column[i] = 0;
    for (int32_t i = first; i < last; ++i) column[i] = (int16_t)(*p++ - layer->input_zero_point);
    for (int32_t i = last; i < row_taps; ++i) column[i] = 0;
  }
}

static void multiply(const struct opline_layer* layer, const struct opline_tensors* t,
                     int8_t* output) {
  const int32_t taps = layer->kernel_h * layer->kernel_w * layer->in_c;
  for (int32_t c = 0; c < layer->out_c; c += kRows) {
    const int32_t rest = layer->out_c - c;
    const int32_t rows = rest < kRows ? rest : kRows;
    const struct opline_channel* channels = t->channels + c;
    int32_t sums[kRows];
    opline_dot_s16(t->scratch, t->weights + c * taps, taps, rows, taps, sums);
    for (int32_t r = 0; r < rows; ++r) {
      output[c + r] =
          opline_output_byte(layer, opline_add_wrapping(channels[r].bias, sums[r]),
                             channels[r].multiplier, channels[r].shift + layer->shift_offset);
    }
  }
}

void opline_conv_im2col(const struct opline_layer* layer, const struct opline_tensors* t) {
  int8_t* output = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, output += layer->out_c) {
      gather(layer, t->input, y, x, t->scratch);
      multiply(layer, t, output);
    }
  }
}
