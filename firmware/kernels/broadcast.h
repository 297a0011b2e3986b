/* firmware/kernels/broadcast.h - walks two operands whose extents are the output's or 1.
 *
 * Along an axis where its extent is 1 an operand repeats: its step there is 0. Neighbouring axes
 * along which both operands advance evenly are one loop, so two tensors of one shape are a single
 * run, and so are a tensor and a single value. */
#ifndef OPLINE_BROADCAST_H
#define OPLINE_BROADCAST_H

#include "firmware/kernels/layers.h"

/* `count` steps; each moves the operands on by `a` and `b` bytes. */
struct opline_loop {
  int32_t count, a, b;
};

/* Computes a run of `count` outputs from operands that advance by `a_step` and `b_step`, 0 or 1. */
typedef void (*opline_run)(const void* numbers, const int8_t* a, const int8_t* b, int8_t* out,
                           int32_t count, int32_t a_step, int32_t b_step);

static inline struct opline_loop* opline_nest(struct opline_loop* inner, int32_t count, int32_t a,
                                              int32_t b) {
  const struct opline_loop loop = {count, a, b};
  if (count == 1) return inner;
  if (inner->count == 1) {
    *inner = loop;
  } else if (a == inner->a * inner->count && b == inner->b * inner->count) {
    inner->count *= count;
  } else {
    *++inner = loop;
  }
  return inner;
}

/* The layer's loops, innermost first. */
static inline void opline_nest_axes(const struct opline_layer* l, struct opline_loop loops[3]) {
  const struct opline_loop once = {1, 0, 0};
  loops[0] = loops[1] = loops[2] = once;
  loops = opline_nest(loops, l->out_c, l->in_c != 1, l->in2_c != 1);
  loops = opline_nest(loops, l->out_w, l->in_w == 1 ? 0 : l->in_c, l->in2_w == 1 ? 0 : l->in2_c);
  opline_nest(loops, l->out_h, l->in_h == 1 ? 0 : l->in_w * l->in_c,
              l->in2_h == 1 ? 0 : l->in2_w * l->in2_c);
}

/* Calls `run` for every run of a binary layer. Inlined, as is what is known of `run`. */
static inline __attribute__((always_inline)) void opline_for_runs(const struct opline_layer* layer,
                                                                  const struct opline_tensors* t,
                                                                  opline_run run,
                                                                  const void* numbers) {
  struct opline_loop loops[3];
  opline_nest_axes(layer, loops);
  const int8_t *row_a = t->input, *row_b = t->input2;
  int8_t* out = t->output;
  for (int32_t y = 0; y < loops[2].count; ++y, row_a += loops[2].a, row_b += loops[2].b) {
    const int8_t *a = row_a, *b = row_b;
    for (int32_t x = 0; x < loops[1].count; ++x, a += loops[1].a, b += loops[1].b) {
      run(numbers, a, b, out, loops[0].count, loops[0].a, loops[0].b);
      out += loops[0].count;
    }
  }
}

#endif /* OPLINE_BROADCAST_H */
