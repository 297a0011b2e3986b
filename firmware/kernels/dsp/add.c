/* firmware/kernels/dsp/add.c - element-wise sum of two tensors with scales of their own.
 *
 * As portable/add.c, with the requantisation of finish.h. The larger input's scale is exactly one
 * half, that is a shift of 0, so shifts of 0 are usual here; shifts to the left are not. The output
 * may be one of the inputs. */
#include "firmware/kernels/dsp/finish.h"
#include "firmware/kernels/layers.h"

enum { kLeftShift = 20 };

struct input {
  int32_t doubled, right; /* opline_scale */
  int32_t bias;           /* minus the zero point, shifted */
  int usual;              /* a shift of 0 or to the right */
};

static struct input input_of(const struct opline_multiplier* m, int32_t zero_point) {
  const struct opline_scale s = opline_scale_of(0, m->multiplier, m->shift);
  const struct input in = {s.doubled, s.right, -zero_point * (1 << kLeftShift), s.right >= -1};
  return in;
}

/* Rounded twice; `right` is -1 for a shift of 0, which rounds once. */
static inline int32_t scale_usual(int32_t value, const struct input* in) {
  const int32_t x = value * (1 << kLeftShift) + in->bias;
  const int32_t y = opline_smmlar(x, in->doubled, x);
  return in->right < 0 ? y : (((y + (y >> 31)) >> in->right) + 1) >> 1;
}

static int32_t scale_any(int32_t value, const struct input* in) {
  const int32_t x = value * (1 << kLeftShift) + in->bias;
  return opline_requantize(x, (int32_t)((uint32_t)in->doubled >> 1), ~in->right);
}

/* `usual` is a constant: two loops. */
static inline __attribute__((always_inline)) void add_all(const struct opline_layer* layer,
                                                          const struct opline_tensors* t,
                                                          struct input a, struct input b,
                                                          int usual) {
  const struct opline_scale scale =
      opline_scale_of(0, layer->requantize[2].multiplier, layer->requantize[2].shift);
  const struct opline_finish f = opline_finish_of(layer);
  const int32_t count = (int32_t)opline_output_bytes(layer);
  for (int32_t i = 0; i < count; ++i) {
    const int32_t u = usual ? scale_usual(t->input[i], &a) : scale_any(t->input[i], &a);
    const int32_t v = usual ? scale_usual(t->input2[i], &b) : scale_any(t->input2[i], &b);
    t->output[i] = (int8_t)opline_finish_sum(&f, (int32_t)((uint32_t)u + (uint32_t)v),
                                             scale.doubled, scale.right);
  }
}

void opline_add(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_tensors local =
      *t; /* its pointers stay in registers: bytes stored cannot alias them */
  const struct input a = input_of(&layer->requantize[0], layer->input_zero_point);
  const struct input b = input_of(&layer->requantize[1], layer->input2_zero_point);
  if (a.usual && b.usual) {
    add_all(layer, &local, a, b, 1);
  } else {
    add_all(layer, &local, a, b, 0);
  }
}
