/* firmware/kernels/dsp/pool.c - average and maximum over windows, four channels at a time.
 *
 * The last one to three channels are computed as a whole group: up to three bytes beyond the input
 * are read. */
#include "firmware/kernels/dsp/instructions.h"
#include "firmware/kernels/pool_window.h"
#include "firmware/kernels/requantize.h"

/* A row of at most 255 taps cannot overflow 16 bits: 255 * 128 = 32640. */
static void add_rows(const struct opline_region* r, int32_t c, int32_t sums[4]) {
  const int8_t* row = r->start + c;
  for (int32_t rows = r->rows; rows > 0; --rows, row += r->row_bytes) {
    uint32_t even = 0, odd = 0;
    const int8_t* p = row;
    for (int32_t columns = r->columns; columns > 0; --columns, p += r->column_bytes) {
      const uint32_t x = opline_fetch(p);
      even = opline_sxtab16(even, x);
      odd = opline_sxtab16_odd(odd, x);
    }
    sums[0] += (int16_t)even;
    sums[1] += (int16_t)odd;
    sums[2] += (int32_t)even >> 16;
    sums[3] += (int32_t)odd >> 16;
  }
}

static void average_any(const struct opline_layer* layer, const struct opline_region* r,
                        int8_t* out) {
  const int32_t count = r->rows * r->columns;
  for (int32_t c = 0; c < r->column_bytes; c += 4) {
    int32_t sums[4] = {0, 0, 0, 0};
    add_rows(r, c, sums);
    for (int32_t i = 0; i < 4 && c + i < r->column_bytes; ++i) {
      const int32_t value = opline_mean(sums[i], count);
      out[c + i] = (int8_t)opline_clamp(value, layer->activation_min, layer->activation_max);
    }
  }
}

/* For 2..255 taps. */
struct divider {
  uint32_t reciprocal; /* 2^32 / count + 1, rounded down */
  int32_t half;
  int32_t low, high;
};

/* Exact: n < 2^16 and reciprocal * count exceeds 2^32 by at most count < 2^8, so the excess never
 * reaches the next quotient. */
static inline int8_t mean_small(const struct divider* d, int32_t sum) {
  const uint32_t n = (uint32_t)((sum < 0 ? -sum : sum) + d->half);
  const int32_t quotient = (int32_t)(((uint64_t)n * d->reciprocal) >> 32);
  return (int8_t)opline_clamp(sum < 0 ? -quotient : quotient, d->low, d->high);
}

/* 16 bits hold the sums of up to 255 taps, so both halves of a word are summed at once to the end.
 */
static void average_small(const struct divider* d, const struct opline_region* r, int8_t* out) {
  const int32_t skip = r->row_bytes - r->columns * r->column_bytes;
  for (int32_t left = r->column_bytes, c = 0; left > 0; left -= 4, c += 4) {
    uint32_t even = 0, odd = 0;
    const int8_t* p = r->start + c;
    for (int32_t rows = r->rows; rows > 0; --rows, p += skip) {
      for (int32_t columns = r->columns; columns > 0; --columns, p += r->column_bytes) {
        const uint32_t x = opline_fetch(p);
        even = opline_sxtab16(even, x);
        odd = opline_sxtab16_odd(odd, x);
      }
    }
    out[c] = mean_small(d, (int16_t)even);
    if (left > 1) out[c + 1] = mean_small(d, (int16_t)odd);
    if (left > 2) out[c + 2] = mean_small(d, (int32_t)even >> 16);
    if (left > 3) out[c + 3] = mean_small(d, (int32_t)odd >> 16);
  }
}

static void average(const struct opline_layer* layer, const struct opline_region* r, int8_t* out) {
  const uint32_t count = (uint32_t)(r->rows * r->columns);
  if (count < 2 || count > 255) {
    average_any(layer, r, out);
    return;
  }
  const struct divider d = {UINT32_MAX / count + 1u, (int32_t)count / 2, layer->activation_min,
                            layer->activation_max};
  average_small(&d, r, out);
}

static void maximum(const struct opline_layer* layer, const struct opline_region* r, int8_t* out) {
  for (int32_t c = 0; c < r->column_bytes; c += 4) {
    uint32_t best = 0x80808080u;
    const int8_t* row = r->start + c;
    for (int32_t rows = r->rows; rows > 0; --rows, row += r->row_bytes) {
      const int8_t* p = row;
      for (int32_t columns = r->columns; columns > 0; --columns, p += r->column_bytes) {
        best = opline_max_bytes(best, opline_fetch(p));
      }
    }
    for (int32_t i = 0; i < 4 && c + i < r->column_bytes; ++i, best >>= 8) {
      out[c + i] = (int8_t)opline_clamp((int8_t)best, layer->activation_min, layer->activation_max);
    }
  }
}

typedef void pool_channels(const struct opline_layer*, const struct opline_region*, int8_t*);

static void pool(const struct opline_layer* layer, const struct opline_tensors* t,
                 pool_channels* channels) {
  int8_t* out = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    for (int32_t x = 0; x < layer->out_w; ++x, out += layer->out_c) {
      const struct opline_region r = opline_clip_region(layer, t->input, y, x);
      channels(layer, &r, out);
    }
  }
}

void opline_average_pool(const struct opline_layer* layer, const struct opline_tensors* t) {
  pool(layer, t, average);
}

void opline_max_pool(const struct opline_layer* layer, const struct opline_tensors* t) {
  pool(layer, t, maximum);
}
