/* firmware/kernels/portable/add.c - element-wise sum of two tensors with scales of their own.
 *
 * TFLite: both inputs are shifted left by 20 and scaled to twice the larger input scale, added,
 * scaled to the output. Elements are independent, so the output may be one of the inputs. */
#include "firmware/kernels/layers.h"
#include "firmware/kernels/requantize.h"

enum { kLeftShift = 20 };

static int32_t scale_input(int32_t value, int32_t zero_point, const struct opline_multiplier* m) {
  return opline_requantize((value - zero_point) * (1 << kLeftShift), m->multiplier, m->shift);
}

void opline_add(const struct opline_layer* layer, const struct opline_tensors* t) {
  const uint32_t count = opline_output_bytes(layer);
  const struct opline_multiplier* m = layer->requantize;
  for (uint32_t i = 0; i < count; ++i) {
    const int32_t a = scale_input(t->input[i], layer->input_zero_point, &m[0]);
    const int32_t b = scale_input(t->input2[i], layer->input2_zero_point, &m[1]);
    const int32_t sum = (int32_t)((uint32_t)a + (uint32_t)b);
    t->output[i] = opline_output_byte(layer, sum, m[2].multiplier, m[2].shift);
  }
}
