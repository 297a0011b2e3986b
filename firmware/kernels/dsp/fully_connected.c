/* firmware/kernels/dsp/fully_connected.c - a matrix times the flattened input, four rows at a time.
 *
 * The input's word is extended once for four rows of weights; every weight is read once. */
#include "firmware/kernels/dsp/dot_4x1.h"
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/dsp/one_position.h"

/* One multiplier and shift for all rows. */
static __attribute__((noinline)) void whole_tensor(const struct opline_layer* layer,
                                                   const struct opline_tensors* t) {
  const int32_t depth = (int32_t)opline_input_bytes(layer);
  const uint32_t offset = opline_both_halves(-layer->input_zero_point);
  const struct opline_finish f = opline_finish_of(layer);
  for (int32_t c = 0; c < layer->out_c; c += 4) {
    const int32_t rest = layer->out_c - c;
    const int32_t rows = rest < 4 ? rest : 4;
    int32_t sums[4];
    opline_dot_4x1(t->input, offset, t->weights + c * depth, depth, rows, depth, sums);
    for (int32_t r = 0; r < rows; ++r) {
      const struct opline_scale scale = opline_scale_of(
          t->channels[c + r].bias, layer->requantize[0].multiplier, layer->requantize[0].shift);
      t->output[c + r] = opline_finish_one(&f, sums[r], &scale);
    }
  }
}

void opline_fully_connected(const struct opline_layer* layer, const struct opline_tensors* t) {
  if (layer->requantize[0].multiplier != 0) {
    whole_tensor(layer, t);
  } else {
    opline_one_position(layer, t, (int32_t)opline_input_bytes(layer));
  }
}
