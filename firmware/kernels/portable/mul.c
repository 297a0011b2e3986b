/* firmware/kernels/portable/mul.c - element-wise products, and PReLU.
 *
 * TFLite: the product of the values without their zero points is requantized once. PReLU
 * requantizes values from 0 on by themselves and others times their slope. The output may be an
 * input. */
#include "firmware/kernels/broadcast.h"
#include "firmware/kernels/requantize.h"

static void mul_run(const void* numbers, const int8_t* a, const int8_t* b, int8_t* out,
                    int32_t count, int32_t a_step, int32_t b_step) {
  const struct opline_layer* layer = numbers;
  const struct opline_multiplier m = layer->requantize[0];
  for (; count > 0; --count, a += a_step, b += b_step) {
    const int32_t product = (*a - layer->input_zero_point) * (*b - layer->input2_zero_point);
    *out++ = opline_output_byte(layer, product, m.multiplier, m.shift);
  }
}

static void prelu_run(const void* numbers, const int8_t* a, const int8_t* b, int8_t* out,
                      int32_t count, int32_t a_step, int32_t b_step) {
  const struct opline_layer* layer = numbers;
  for (; count > 0; --count, a += a_step, b += b_step) {
    const int32_t x = *a - layer->input_zero_point;
    const int32_t value = x >= 0 ? x : x * (*b - layer->input2_zero_point);
    const struct opline_multiplier* m = &layer->requantize[x < 0];
    *out++ = opline_output_byte(layer, value, m->multiplier, m->shift);
  }
}

void opline_mul(const struct opline_layer* layer, const struct opline_tensors* t) {
  opline_for_runs(layer, t, mul_run, layer);
}

void opline_prelu(const struct opline_layer* layer, const struct opline_tensors* t) {
  opline_for_runs(layer, t, prelu_run, layer);
}
