/* firmware/kernels/portable/fully_connected_s4.c - a matrix of four bits times the flattened input.
 */
#include "firmware/kernels/layers.h"
#include "firmware/kernels/portable/dot_s4.h"

void opline_fully_connected_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  const int32_t codes = (int32_t)opline_fan_in(layer);
  const int8_t* w = t->weights;
  for (int32_t c = 0; c < layer->out_c; ++c, w += (codes + 1) / 2) {
    const int32_t sum = opline_add_wrapping(opline_bias_s4(layer, &t->channels[c]),
                                            opline_dot_s4(layer, t->input, w, codes));
    const struct opline_multiplier all = layer->requantize[0];
    const struct opline_channel* own = &t->channels[c];
    opline_store_code(
        layer, t->output, c,
        all.multiplier != 0
            ? opline_output_byte(layer, sum, all.multiplier, all.shift)
            : opline_output_byte(layer, sum, own->multiplier, own->shift + layer->shift_offset));
  }
}
