/* firmware/kernels/dsp/mul.c - element-wise products, and PReLU.
 *
 * As portable/mul.c, with the requantisation of finish.h. */
#include "firmware/kernels/broadcast.h"
#include "firmware/kernels/dsp/finish.h"

struct product {
  struct opline_finish finish;
  struct opline_scale scale[2]; /* PReLU: of values, of products */
  int32_t a_zero, b_zero;
};

static struct product product_of(const struct opline_layer* layer) {
  const struct opline_multiplier* m = layer->requantize;
  const struct product p = {
      opline_finish_of(layer),
      {opline_scale_of(0, m[0].multiplier, m[0].shift),
       opline_scale_of(0, m[1].multiplier, m[1].shift)},
      layer->input_zero_point,
      layer->input2_zero_point,
  };
  return p;
}

static void mul_run(const void* numbers, const int8_t* a, const int8_t* b, int8_t* out,
                    int32_t count, int32_t a_step, int32_t b_step) {
  const struct product p = *(const struct product*)numbers; /* in registers */
  for (; count > 0; --count, a += a_step, b += b_step) {
    const int32_t x = (*a - p.a_zero) * (*b - p.b_zero);
    *out++ = (int8_t)opline_finish_sum(&p.finish, x, p.scale[0].doubled, p.scale[0].right);
  }
}

static void prelu_run(const void* numbers, const int8_t* a, const int8_t* b, int8_t* out,
                      int32_t count, int32_t a_step, int32_t b_step) {
  const struct product p = *(const struct product*)numbers;
  for (; count > 0; --count, a += a_step, b += b_step) {
    const int32_t x = *a - p.a_zero;
    const struct opline_scale* s = &p.scale[x < 0];
    *out++ =
        (int8_t)opline_finish_sum(&p.finish, x < 0 ? x * (*b - p.b_zero) : x, s->doubled, s->right);
  }
}

void opline_mul(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct product p = product_of(layer);
  opline_for_runs(layer, t, mul_run, &p);
}

void opline_prelu(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct product p = product_of(layer);
  opline_for_runs(layer, t, prelu_run, &p);
}
