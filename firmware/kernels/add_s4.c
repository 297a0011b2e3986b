/* firmware/kernels/add_s4.c - element-wise sum of two tensors of four bits.
 *
 * As portable/add.c. An input has sixteen values, so what each is worth is computed once. The
 * output may be one of the inputs: a byte is written when both its codes were read; an output of
 * eight bits is longer than its inputs, and has a place of its own. */
#include "firmware/kernels/codes.h"
#include "firmware/kernels/layers.h"

enum { kLeftShift = 20, kCodes = 16 };

static void scale_codes(const struct opline_multiplier* m, int32_t zero_point,
                        int32_t scaled[kCodes]) {
  for (int32_t u = 0; u < kCodes; ++u) {
    const int32_t value = u - kCodeOffset - zero_point;
    scaled[u] = opline_requantize(value * (1 << kLeftShift), m->multiplier, m->shift);
  }
}

static int32_t code_of(const struct opline_layer* layer, int32_t a, int32_t b) {
  const struct opline_multiplier* m = &layer->requantize[2];
  return opline_output_byte(layer, (int32_t)((uint32_t)a + (uint32_t)b), m->multiplier, m->shift);
}

void opline_add_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  int32_t a[kCodes], b[kCodes];
  scale_codes(&layer->requantize[0], layer->input_zero_point, a);
  scale_codes(&layer->requantize[1], layer->input2_zero_point, b);
  const int32_t in_step = opline_input_step(layer), out_step = opline_output_step(layer);
  const int32_t positions = layer->in_h * layer->in_w;
  for (int32_t p = 0; p < positions; ++p) {
    const int8_t* x = t->input + p * in_step;
    const int8_t* y = t->input2 + p * in_step;
    int8_t* out = t->output + p * out_step;
    for (int32_t c = 0; c < layer->in_c; c += 2, ++x, ++y) {
      const uint8_t u = (uint8_t)*x, v = (uint8_t)*y;
      opline_store_code(layer, out, c, code_of(layer, a[u & 15], b[v & 15]));
      if (c + 1 < layer->in_c)
        opline_store_code(layer, out, c + 1, code_of(layer, a[u >> 4], b[v >> 4]));
    }
  }
}
