/* firmware/kernels/portable/fully_connected.c - a matrix times the flattened input. */
#include "firmware/kernels/opline_kernels.h"
#include "firmware/kernels/portable/dot.h"

void opline_fully_connected(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int32_t depth = (int32_t)opline_input_bytes(layer);
  const struct opline_multiplier all = layer->requantize[0];
  for (int32_t c = 0; c < layer->out_c; c += kRows) {
    const int32_t rest = layer->out_c - c;
    const int32_t rows = rest < kRows ? rest : kRows;
    const int8_t* weights = t->weights + c * depth;
    int32_t sums[kRows];
    opline_dot_s8(t->input, weights, depth, rows, depth, sums);
    for (int32_t r = 0; r < rows; ++r) {
      const int32_t offset = -layer->input_zero_point * opline_row_sum(weights + r * depth, depth);
      const struct opline_channel* channel = &t->channels[c + r];
      const int32_t start = opline_add_wrapping(channel->bias, offset);
      t->output[c + r] = opline_output_byte(
          layer, opline_add_wrapping(start, sums[r]),
          all.multiplier != 0 ? all.multiplier : channel->multiplier,
          all.multiplier != 0 ? all.shift : channel->shift + layer->shift_offset);
    }
  }
}
