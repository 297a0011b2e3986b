/* firmware/kernels/portable/add.c - element-wise sum or difference of two tensors with scales of
 * their own.
 *
 * TFLite: both inputs are shifted left by 20 and scaled to twice the larger input scale, added,
 * scaled to the output. Elements are independent, so the output may be one of the inputs. */
#include "firmware/kernels/broadcast.h"
#include "firmware/kernels/requantize.h"

enum { kLeftShift = 20 };

static uint32_t scale_input(int32_t value, int32_t zero_point, const struct opline_multiplier* m) {
  return (uint32_t)opline_requantize((value - zero_point) * (1 << kLeftShift), m->multiplier,
                                     m->shift);
}

static inline void sum_run(const struct opline_layer* layer, const int8_t* a, const int8_t* b,
                           int8_t* out, int32_t count, int32_t a_step, int32_t b_step,
                           uint32_t sign) {
  const struct opline_multiplier* m = layer->requantize;
  for (; count > 0; --count, a += a_step, b += b_step) {
    const uint32_t u = scale_input(*a, layer->input_zero_point, &m[0]);
    const uint32_t v = scale_input(*b, layer->input2_zero_point, &m[1]);
    *out++ = opline_output_byte(layer, (int32_t)(u + sign * v), m[2].multiplier, m[2].shift);
  }
}

static void add_run(const void* layer, const int8_t* a, const int8_t* b, int8_t* out, int32_t count,
                    int32_t a_step, int32_t b_step) {
  sum_run(layer, a, b, out, count, a_step, b_step, 1u);
}

static void sub_run(const void* layer, const int8_t* a, const int8_t* b, int8_t* out, int32_t count,
                    int32_t a_step, int32_t b_step) {
  sum_run(layer, a, b, out, count, a_step, b_step, UINT32_MAX);
}

void opline_add(const struct opline_layer* layer, const struct opline_tensors* t) {
  opline_for_runs(layer, t, add_run, layer);
}

void opline_sub(const struct opline_layer* layer, const struct opline_tensors* t) {
  opline_for_runs(layer, t, sub_run, layer);
}
