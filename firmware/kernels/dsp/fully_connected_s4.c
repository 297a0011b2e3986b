/* firmware/kernels/dsp/fully_connected_s4.c - a matrix of four bits times one row of input, two
 * rows at a time: fully connected layers, and 1x1 convolutions of a single position. */
#include "firmware/kernels/dsp/codes_dsp.h"
#include "firmware/kernels/dsp/finish_s4.h"
#include "firmware/kernels/layers.h"

/* sums[r] = sum((x[i] - zero point) * row r's code i) over a layer's row of weights, for two rows.
 * Reads up to three bytes beyond the ends. */
OPLINE_INLINE void two_rows(const struct opline_layer* layer, const int8_t* x, const int8_t* row0,
                            const int8_t* row1, int packed, int32_t sums[2]) {
  const uint32_t mask = opline_code_mask(), zero = opline_stored_zero(layer, packed);
  int32_t s0 = 0, s1 = 0;
  for (int32_t left = (int32_t)opline_fan_in(layer); left > 0; left -= 8) {
    struct opline_pairs p = opline_sub_pairs(opline_input_pairs(x, packed, left, mask), zero);
    if (left < 8) p = opline_first_codes(p, left);
    s0 = opline_dot_pairs(p, opline_stored_pairs(opline_fetch(row0), mask), s0);
    s1 = opline_dot_pairs(p, opline_stored_pairs(opline_fetch(row1), mask), s1);
    x += packed ? 4 : 8, row0 += 4, row1 += 4;
  }
  sums[0] = s0;
  sums[1] = s1;
}

/* The sum of the inputs without their zero points: eight times it is what stored weights add to a
 * sum of products. */
OPLINE_INLINE int32_t row_sum(const struct opline_layer* layer, const int8_t* x, int packed) {
  const uint32_t mask = opline_code_mask(), zero = opline_stored_zero(layer, packed);
  int32_t sum = 0;
  for (int32_t left = (int32_t)opline_fan_in(layer); left > 0; left -= 8) {
    struct opline_pairs p = opline_sub_pairs(opline_input_pairs(x, packed, left, mask), zero);
    if (left < 8) p = opline_first_codes(p, left);
    sum = opline_sum_pairs(p, sum);
    x += packed ? 4 : 8;
  }
  return sum;
}

static int32_t row_sum_of(const struct opline_layer* layer, const int8_t* x) {
  return layer->input_bits == 4 ? row_sum(layer, x, 1) : row_sum(layer, x, 0);
}

static void dot_rows(const struct opline_layer* layer, const int8_t* x, const int8_t* row0,
                     const int8_t* row1, int32_t sums[2]) {
  if (layer->input_bits == 4) {
    two_rows(layer, x, row0, row1, 1, sums);
  } else {
    two_rows(layer, x, row0, row1, 0, sums);
  }
}

static struct opline_scale scale_of(const struct opline_layer* layer,
                                    const struct opline_channel* channel, int32_t constant) {
  struct opline_scale s = opline_channel_scale_s4(layer, channel);
  if (layer->op == OPLINE_OP_FULLY_CONNECTED && layer->requantize[0].multiplier != 0) {
    const struct opline_multiplier* m = &layer->requantize[0];
    s = opline_scale_of(s.bias, m->multiplier, m->shift);
  }
  s.bias = (int32_t)((uint32_t)s.bias - (uint32_t)constant);
  return s;
}

void opline_fully_connected_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_finish f = opline_finish_s4_of(layer);
  const int32_t row_bytes = ((int32_t)opline_fan_in(layer) + 1) / 2;
  const int32_t constant = kCodeOffset * row_sum_of(layer, t->input);
  const int8_t* row = t->weights;
  for (int32_t c = 0; c < layer->out_c; c += 2, row += 2 * row_bytes) {
    const int32_t channels = layer->out_c - c < 2 ? 1 : 2;
    int32_t sums[2];
    dot_rows(layer, t->input, row, row + (channels - 1) * row_bytes, sums);
    const struct opline_channel* channel = t->channels + c;
    const struct opline_scale s0 = scale_of(layer, channel, constant);
    const struct opline_scale s1 = scale_of(layer, channel + (channels - 1), constant);
    opline_store_s4(layer, t->output, c, channels, opline_finish_s4(&f, sums[0], &s0),
                    opline_finish_s4(&f, sums[1], &s1));
  }
}
