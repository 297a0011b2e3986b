/* firmware/kernels/portable/pool.c - average and maximum over windows, channel by channel.
 *
 * Channels are the innermost dimension, so a block of them is carried along while the window is
 * walked: the accumulators of a block stay on the stack and the input is read in the order in which
 * it lies. */
#include "firmware/kernels/pool_window.h"
#include "firmware/kernels/requantize.h"

enum { kBlock = 32 };

static void average_block(const struct opline_layer* layer, const struct opline_region* r,
                          int32_t first, int32_t count, int8_t* output) {
  int32_t sums[kBlock] = {0};
  for (int32_t row = 0; row < r->rows; ++row) {
    const int8_t* p = r->start + row * r->row_bytes + first;
    for (int32_t column = 0; column < r->columns; ++column, p += r->column_bytes) {
      for (int32_t c = 0; c < count; ++c) sums[c] += p[c];
    }
  }
  for (int32_t c = 0; c < count; ++c) {
    const int32_t value = opline_mean(sums[c], r->rows * r->columns);
    output[first + c] = (int8_t)opline_clamp(value, layer->activation_min, layer->activation_max);
  }
}

static void max_block(const struct opline_layer* layer, const struct opline_region* r,
                      int32_t first, int32_t count, int8_t* output) {
  int8_t best[kBlock];
  for (int32_t c = 0; c < count; ++c) best[c] = INT8_MIN;
  for (int32_t row = 0; row < r->rows; ++row) {
    const int8_t* p = r->start + row * r->row_bytes + first;
    for (int32_t column = 0; column < r->columns; ++column, p += r->column_bytes) {
      for (int32_t c = 0; c < count; ++c) best[c] = p[c] > best[c] ? p[c] : best[c];
    }
  }
  for (int32_t c = 0; c < count; ++c) {
    output[first + c] = (int8_t)opline_clamp(best[c], layer->activation_min, layer->activation_max);
  }
}

typedef void pool_block(const struct opline_layer*, const struct opline_region*, int32_t, int32_t,
                        int8_t*);

static void pool(const struct opline_layer* layer, const struct opline_tensors* t,
                 pool_block* block) {
  int8_t* output = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, output += layer->out_c) {
      const struct opline_region r = opline_clip_region(layer, t->input, y, x);
      for (int32_t c = 0; c < layer->in_c; c += kBlock) {
        const int32_t rest = layer->in_c - c;
        block(layer, &r, c, rest < kBlock ? rest : kBlock, output);
      }
    }
  }
}

void opline_average_pool(const struct opline_layer* layer, const struct opline_tensors* t) {
  pool(layer, t, average_block);
}

void opline_max_pool(const struct opline_layer* layer, const struct opline_tensors* t) {
  pool(layer, t, max_block);
}
