/* firmware/kernels/layers.h - one function per kernel of a plan; opline_run_layer dispatches.
 *
 * The members of opline_tensors are the layer's offsets resolved; a constant operand is `input` or
 * `input2`. */
#ifndef OPLINE_LAYERS_H
#define OPLINE_LAYERS_H

#include "firmware/include/opline_plan.h"

struct opline_tensors {
  const int8_t* input;
  const int8_t* input2;
  int8_t* output;
  int16_t* scratch;
  const int8_t* weights;
  const struct opline_channel* channels;
  const uint8_t* table;
};

void opline_conv_1x1(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_conv_im2col(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_conv_general(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_depthwise(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_depthwise_3x3(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_depthwise_any(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_fully_connected(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_average_pool(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_max_pool(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_add(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_sub(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_mul(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_prelu(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_transpose(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_gather_positions(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_lookup(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_softmax(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_pad(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_mean_hw(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_concatenation(const struct opline_layer* layer, const struct opline_tensors* t);

/* Codes of four bits. */
void opline_conv_1x1_s4(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_conv_im2col_s4(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_depthwise_s4(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_depthwise_3x3_s4(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_fully_connected_s4(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_average_pool_s4(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_max_pool_s4(const struct opline_layer* layer, const struct opline_tensors* t);
void opline_add_s4(const struct opline_layer* layer, const struct opline_tensors* t);

/* The part of a window that lies inside the input, along one axis: taps [first, last), the first at
 * `start`.
 */
struct opline_window {
  int32_t first, last, start;
};

static inline struct opline_window opline_clip_window(int32_t position, int32_t stride, int32_t pad,
                                                      int32_t kernel, int32_t size) {
  const int32_t origin = position * stride - pad;
  struct opline_window w;
  w.first = origin < 0 ? -origin : 0;
  w.last = size - origin < kernel ? size - origin : kernel;
  w.start = origin + w.first;
  return w;
}

/* The same with `dilation` (>= 1) positions from a tap to the next. There may be no tap inside;
 * then first == last. */
static inline struct opline_window opline_clip_dilated(int32_t position, int32_t stride,
                                                       int32_t pad, int32_t kernel, int32_t size,
                                                       int32_t dilation) {
  const int32_t origin = position * stride - pad;
  const int32_t inside = (size - origin + dilation - 1) / dilation;
  struct opline_window w;
  w.first = origin < 0 ? (-origin + dilation - 1) / dilation : 0;
  w.last = inside < kernel ? inside : kernel;
  w.start = origin + w.first * dilation;
  return w;
}

#endif /* OPLINE_LAYERS_H */
