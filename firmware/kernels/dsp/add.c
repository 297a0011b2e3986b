/* firmware/kernels/dsp/add.c - element-wise sum or difference of two tensors with scales of their
 * own.
 *
 * As portable/add.c, with the requantisation of finish.h. The larger input's scale is exactly one
 * half, that is a shift of 0, so shifts of 0 are usual here; shifts to the left are not. The output
 * may be one of the inputs. */
#include "firmware/kernels/broadcast.h"
#include "firmware/kernels/dsp/finish.h"

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

struct sum {
  struct input a, b;
  struct opline_finish finish;
  struct opline_scale scale;
};

/* All but the pointers are constants where it is inlined. */
static inline __attribute__((always_inline)) void sum_all(const struct sum* numbers,
                                                          const int8_t* a, const int8_t* b,
                                                          int8_t* out, int32_t count,
                                                          int32_t a_step, int32_t b_step,
                                                          uint32_t sign, int usual) {
  const struct sum s = *numbers; /* in registers */
  for (int32_t i = 0; i < count; ++i) {
    const int32_t x = a[i * a_step], y = b[i * b_step];
    const uint32_t u = (uint32_t)(usual ? scale_usual(x, &s.a) : scale_any(x, &s.a));
    const uint32_t v = (uint32_t)(usual ? scale_usual(y, &s.b) : scale_any(y, &s.b));
    out[i] = (int8_t)opline_finish_sum(&s.finish, (int32_t)(u + sign * v), s.scale.doubled,
                                       s.scale.right);
  }
}

/* A loop for each way to advance. */
static inline __attribute__((always_inline)) void sum_run(const struct sum* s, const int8_t* a,
                                                          const int8_t* b, int8_t* out,
                                                          int32_t count, int32_t a_step,
                                                          int32_t b_step, uint32_t sign) {
  if (!s->a.usual || !s->b.usual) {
    sum_all(s, a, b, out, count, a_step, b_step, sign, 0);
  } else if (a_step == 0) {
    sum_all(s, a, b, out, count, 0, 1, sign, 1);
  } else if (b_step == 0) {
    sum_all(s, a, b, out, count, 1, 0, sign, 1);
  } else {
    sum_all(s, a, b, out, count, 1, 1, sign, 1);
  }
}

static void add_run(const void* s, const int8_t* a, const int8_t* b, int8_t* out, int32_t count,
                    int32_t a_step, int32_t b_step) {
  sum_run(s, a, b, out, count, a_step, b_step, 1u);
}

static void sub_run(const void* s, const int8_t* a, const int8_t* b, int8_t* out, int32_t count,
                    int32_t a_step, int32_t b_step) {
  sum_run(s, a, b, out, count, a_step, b_step, UINT32_MAX);
}

static struct sum sum_of(const struct opline_layer* layer) {
  const struct opline_multiplier* m = layer->requantize;
  const struct sum s = {input_of(&m[0], layer->input_zero_point),
                        input_of(&m[1], layer->input2_zero_point), opline_finish_of(layer),
                        opline_scale_of(0, m[2].multiplier, m[2].shift)};
  return s;
}

void opline_add(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct sum s = sum_of(layer);
  opline_for_runs(layer, t, add_run, &s);
}

void opline_sub(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct sum s = sum_of(layer);
  opline_for_runs(layer, t, sub_run, &s);
}
