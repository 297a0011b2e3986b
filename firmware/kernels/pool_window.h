/* firmware/kernels/pool_window.h - the taps of one pooled output, and TFLite's mean. */
#ifndef OPLINE_POOL_WINDOW_H
#define OPLINE_POOL_WINDOW_H

#include "firmware/kernels/layers.h"

/* The taps of one output position that lie inside the input. */
struct opline_region {
  const int8_t* start; /* first tap, first channel of the layer */
  int32_t rows, columns;
  int32_t row_bytes, column_bytes;
};

static inline struct opline_region opline_clip_region(const struct opline_layer* layer,
                                                      const int8_t* input, int32_t y, int32_t x) {
  const struct opline_window v =
      opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
  const struct opline_window h =
      opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
  struct opline_region r;
  r.column_bytes = layer->in_c;
  r.row_bytes = layer->in_w * layer->in_c;
  r.start = input + v.start * r.row_bytes + h.start * r.column_bytes;
  r.rows = v.last - v.first;
  r.columns = h.last - h.first;
  return r;
}

/* TFLite rounds the mean half away from zero. */
static inline int32_t opline_mean(int32_t sum, int32_t count) {
  return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

#endif /* OPLINE_POOL_WINDOW_H */
