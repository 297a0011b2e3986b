/* firmware/kernels/portable/depthwise_s4.c - one filter of four bits per channel, any window.
 *
 * As depthwise.c: a block of accumulators is carried over the window's taps. */
#include "firmware/kernels/layers.h"
#include "firmware/kernels/portable/dot_s4.h"

enum { kBlock = 32 };

static void accumulate_s8(int32_t* restrict sums, const int8_t* restrict x,
                          const int8_t* restrict w, int32_t count, int32_t zero_point) {
  for (int32_t i = 0; i < count / 2; ++i) {
    sums[2 * i] += (x[2 * i] - zero_point) * opline_low_code(w[i]);
    sums[2 * i + 1] += (x[2 * i + 1] - zero_point) * opline_high_code(w[i]);
  }
  if (count % 2 != 0)
    sums[count - 1] += (x[count - 1] - zero_point) * opline_low_code(w[count / 2]);
}

/* The last sum of an odd count is one more, of what fills the byte. */
static void accumulate_s4(int32_t* restrict sums, const int8_t* restrict x,
                          const int8_t* restrict w, int32_t count, int32_t zero_point) {
  for (int32_t i = 0; i < (count + 1) / 2; ++i) {
    sums[2 * i] += (opline_low_code(x[i]) - zero_point) * opline_low_code(w[i]);
    sums[2 * i + 1] += (opline_high_code(x[i]) - zero_point) * opline_high_code(w[i]);
  }
}

static void block(const struct opline_layer* layer, const struct opline_tensors* t,
                  const struct opline_window* v, const struct opline_window* h, int32_t first,
                  int32_t count, int8_t* output) {
  int32_t sums[kBlock] = {0};
  const int32_t step = opline_input_step(layer), w_step = (layer->in_c + 1) / 2;
  const int32_t zero_point = layer->input_zero_point;
  const int32_t offset = layer->input_bits == 4 ? first / 2 : first;
  for (int32_t ky = v->first; ky < v->last; ++ky) {
    const int8_t* x =
        t->input + ((v->start + ky - v->first) * layer->in_w + h->start) * step + offset;
    const int8_t* w = t->weights + (ky * layer->kernel_w + h->first) * w_step + first / 2;
    for (int32_t kx = h->first; kx < h->last; ++kx, x += step, w += w_step) {
      if (layer->input_bits == 4) {
        accumulate_s4(sums, x, w, count, zero_point);
      } else {
        accumulate_s8(sums, x, w, count, zero_point);
      }
    }
  }
  for (int32_t c = 0; c < count; ++c) {
    const struct opline_channel* channel = &t->channels[first + c];
    const int32_t sum = opline_add_wrapping(opline_bias_s4(layer, channel), sums[c]);
    opline_store_code(
        layer, output, first + c,
        opline_output_byte(layer, sum, channel->multiplier, channel->shift + layer->shift_offset));
  }
}

void opline_depthwise_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  int8_t* output = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    const struct opline_window v =
        opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
    for (int32_t x = 0; x < layer->out_w; ++x, output += opline_output_step(layer)) {
      const struct opline_window h =
          opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
      for (int32_t c = 0; c < layer->in_c; c += kBlock) {
        const int32_t rest = layer->in_c - c;
        block(layer, t, &v, &h, c, rest < kBlock ? rest : kBlock, output);
      }
    }
  }
}

void opline_depthwise_3x3_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  opline_depthwise_s4(layer, t);
}
