/* firmware/kernels/portable/conv_1x1.c - pointwise convolution: the input is the matrix.
 *
 * sum((x - z) * w) = sum(x * w) - z * sum(w): the second term is a constant of the output channel.
 */
#include "firmware/kernels/portable/dot.h"

static void rows_of_channels(const struct opline_layer* layer, const struct opline_tensors* t,
                             int32_t first, int32_t rows) {
  const int32_t depth = layer->in_c;
  const int32_t positions = layer->out_h * layer->out_w;
  const int8_t* weights = t->weights + first * depth;
  const struct opline_channel* channels = t->channels + first;
  int32_t start[kRows], sums[kRows];
  for (int32_t r = 0; r < rows; ++r) {
    const int32_t offset = -layer->input_zero_point * opline_row_sum(weights + r * depth, depth);
    start[r] = opline_add_wrapping(channels[r].bias, offset);
  }
  for (int32_t p = 0; p < positions; ++p) {
    opline_dot_s8(t->input + p * depth, weights, depth, rows, depth, sums);
    int8_t* output = t->output + p * layer->out_c + first;
    for (int32_t r = 0; r < rows; ++r) {
      output[r] =
          opline_output_byte(layer, opline_add_wrapping(start[r], sums[r]), channels[r].multiplier,
                             channels[r].shift + layer->shift_offset);
    }
  }
}

void opline_conv_1x1(const struct opline_layer* layer, const struct opline_tensors* t) {
  for (int32_t c = 0; c < layer->out_c; c += kRows) {
    const int32_t rest = layer->out_c - c;
    rows_of_channels(layer, t, c, rest < kRows ? rest : kRows);
  }
}
