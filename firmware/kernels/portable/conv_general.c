/* firmware/kernels/portable/conv_general.c - dilated and grouped convolution.
 *
 * As conv_im2col.c, over columns that hold one group's channels of each tap. */
#include "firmware/kernels/portable/dot.h"

/* What the output channels of one group share. */
struct group {
  const int8_t* input;      /* its first channel of the first position */
  int32_t depth, taps;      /* input channels; weights of an output */
  int32_t first, out_depth; /* output channels */
};

/* column[ky][kx][c] = input - zero_point; 0 beyond the edges. */
static void gather(const struct opline_layer* layer, const struct group* g, int32_t y, int32_t x,
                   int16_t* column) {
  const struct opline_window v = opline_clip_dilated(
      y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h, layer->dilation_h);
  const struct opline_window h = opline_clip_dilated(
      x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w, layer->dilation_w);
  for (int32_t i = 0; i < g->taps; ++i) column[i] = 0;
  for (int32_t ky = v.first; ky < v.last; ++ky) {
    const int32_t row = v.start + (ky - v.first) * layer->dilation_h;
    for (int32_t kx = h.first; kx < h.last; ++kx) {
      const int32_t position = row * layer->in_w + h.start + (kx - h.first) * layer->dilation_w;
      const int8_t* p = g->input + position * layer->in_c;
      int16_t* to = column + (ky * layer->kernel_w + kx) * g->depth;
      for (int32_t c = 0; c < g->depth; ++c) to[c] = (int16_t)(p[c] - layer->input_zero_point);
    }
  }
}

static void multiply(const struct opline_layer* layer, const struct opline_tensors* t,
                     const struct group* g, int8_t* output) {
  for (int32_t c = g->first; c < g->first + g->out_depth; c += kRows) {
    const int32_t rest = g->first + g->out_depth - c;
    const int32_t rows = rest < kRows ? rest : kRows;
    int32_t sums[kRows];
    opline_dot_s16(t->scratch, t->weights + c * g->taps, g->taps, rows, g->taps, sums);
    for (int32_t r = 0; r < rows; ++r) {
      const struct opline_channel* channel = t->channels + c + r;
      output[c + r] = opline_output_byte(layer, opline_add_wrapping(channel->bias, sums[r]),
                                         channel->multiplier, channel->shift + layer->shift_offset);
    }
  }
}

void opline_conv_general(const struct opline_layer* layer, const struct opline_tensors* t) {
  struct group g = {t->input, layer->in_c / layer->groups, 0, 0, layer->out_c / layer->groups};
  g.taps = layer->kernel_h * layer->kernel_w * g.depth;
  for (int32_t i = 0; i < layer->groups; ++i, g.input += g.depth, g.first += g.out_depth) {
    int8_t* output = t->output;
    for (int32_t y = 0; y < layer->out_h; ++y) {
      for (int32_t x = 0; x < layer->out_w; ++x, output += layer->out_c) {
        gather(layer, &g, y, x, t->scratch);
        multiply(layer, t, &g, output);
      }
    }
  }
}
