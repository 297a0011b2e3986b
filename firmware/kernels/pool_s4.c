/* firmware/kernels/pool_s4.c - average and maximum over windows of codes of four bits.
 *
 * An average of eight bits has a step of a sixteenth: 16 * mean, of codes and of the zero point, so
 * that nothing of a mean over many positions is lost. Bytes are summed four at a time, their halves
 * apart: a byte holds the sum of 17 halves. */
#include "firmware/kernels/codes.h"
#include "firmware/kernels/pool_window.h"
#include "firmware/kernels/words.h"

enum { kGroup = 8, kMostInBytes = 17, kFiner = 16 };

static struct opline_region region_of(const struct opline_layer* layer, const int8_t* input,
                                      int32_t y, int32_t x) {
  struct opline_layer bytes = *layer; /* a position seen as so many channels of a byte */
  bytes.in_c = (uint16_t)opline_input_step(layer);
  return opline_clip_region(&bytes, input, y, x);
}

/* Up to four bytes; the others are 0. */
static uint32_t load_bytes(const int8_t* p, int32_t bytes) {
  if (bytes >= 4) return opline_load_word(p);
  uint32_t word = 0;
  for (int32_t i = 0; i < bytes; ++i) word |= (uint32_t)(uint8_t)p[i] << (8 * i);
  return word;
}

static void add_halves(uint32_t low, uint32_t high, int32_t sums[kGroup]) {
  for (int32_t i = 0; i < 4; ++i) {
    sums[2 * i] += (int32_t)(low >> (8 * i) & 255u);
    sums[2 * i + 1] += (int32_t)(high >> (8 * i) & 255u);
  }
}

static void add_row(const int8_t* p, int32_t columns, int32_t step, int32_t bytes,
                    int32_t sums[kGroup]) {
  while (columns > 0) {
    uint32_t low = 0, high = 0;
    int32_t left = columns < kMostInBytes ? columns : kMostInBytes;
    columns -= left;
    for (; left > 0; --left, p += step) {
      const uint32_t word = load_bytes(p, bytes);
      low += word & 0x0f0f0f0fu;
      high += word >> 4 & 0x0f0f0f0fu;
    }
    add_halves(low, high, sums);
  }
}

static void average(const struct opline_layer* layer, const struct opline_region* r, int32_t first,
                    int32_t values[kGroup]) {
  const int32_t count = r->rows * r->columns;
  const int32_t finer = layer->output_bits == 8 ? kFiner : 1;
  int32_t sums[kGroup] = {0};
  for (int32_t row = 0; row < r->rows; ++row) {
    add_row(r->start + row * r->row_bytes + first, r->columns, r->column_bytes,
            r->column_bytes - first, sums);
  }
  for (int32_t i = 0; i < kGroup; ++i)
    values[i] = opline_mean(finer * (sums[i] - kCodeOffset * count), count);
}

static void maximum(const struct opline_layer* layer, const struct opline_region* r, int32_t first,
                    int32_t values[kGroup]) {
  (void)layer;
  const int32_t bytes = r->column_bytes - first < 4 ? r->column_bytes - first : 4;
  for (int32_t i = 0; i < kGroup; ++i) values[i] = -kCodeOffset;
  for (int32_t row = 0; row < r->rows; ++row) {
    const int8_t* p = r->start + row * r->row_bytes + first;
    for (int32_t column = 0; column < r->columns; ++column, p += r->column_bytes) {
      for (int32_t i = 0; i < bytes; ++i) {
        const int32_t low = opline_low_code(p[i]), high = opline_high_code(p[i]);
        values[2 * i] = low > values[2 * i] ? low : values[2 * i];
        values[2 * i + 1] = high > values[2 * i + 1] ? high : values[2 * i + 1];
      }
    }
  }
}

typedef void pool_group(const struct opline_layer*, const struct opline_region*, int32_t, int32_t*);

static void pool(const struct opline_layer* layer, const struct opline_tensors* t,
                 pool_group* group) {
  int8_t* output = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, output += opline_output_step(layer)) {
      const struct opline_region r = region_of(layer, t->input, y, x);
      for (int32_t c = 0; c < layer->in_c; c += kGroup) {
        int32_t values[kGroup];
        group(layer, &r, c / 2, values);
        for (int32_t i = 0; i < kGroup && c + i < layer->in_c; ++i) {
          const int32_t code =
              opline_clamp(values[i], layer->activation_min, layer->activation_max);
          opline_store_code(layer, output, c + i, code);
        }
      }
    }
  }
}

void opline_average_pool_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  pool(layer, t, average);
}

void opline_max_pool_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  pool(layer, t, maximum);
}
