/* firmware/kernels/dsp/depthwise_s4.c - one filter of four bits per channel, any window, four
 * channels at a time.
 *
 * Up to three bytes beyond the tensors are read, their sums dropped. */
#include "firmware/kernels/dsp/depthwise_s4.h"

/* What stays the same for all channels of a position. */
struct position {
  const struct opline_layer* layer;
  const struct opline_tensors* t;
  struct opline_window v, h;
  int32_t step, w_step; /* bytes of a position of the input, of a tap of weights */
  int32_t x_row, w_row; /* from the end of a row of taps to the next */
};

/* Channels of the group of eight that begins at c. */
OPLINE_INLINE void four_channels(const struct position* p, int32_t c, int packed, int half,
                                 struct opline_four_sums* sums) {
  const uint32_t mask = opline_code_mask(), zero = opline_stored_zero(p->layer, packed);
  const int32_t columns = p->h.last - p->h.first;
  const int8_t* x = p->t->input + (p->v.start * p->layer->in_w + p->h.start) * p->step +
                    (packed ? c / 2 : c + 4 * half);
  const int8_t* w =
      p->t->weights + (p->v.first * p->layer->kernel_w + p->h.first) * p->w_step + c / 2;
  struct opline_four_sums s = {0, 0, 0, 0};
  for (int32_t row = p->v.last - p->v.first; row > 0; --row, x += p->x_row, w += p->w_row) {
    for (int32_t column = columns; column > 0; --column, x += p->step, w += p->w_step) {
      const uint32_t u = opline_fetch(x), v = opline_fetch(w);
      uint32_t pairs[2];
      opline_weight_pairs(v, packed, half, mask, pairs);
      opline_add_pair(&s.a0, &s.d0,
                      opline_sub_halves(opline_first_pair(u, packed, half, mask), zero), pairs[0]);
      opline_add_pair(&s.a1, &s.d1,
                      opline_sub_halves(opline_second_pair(u, packed, half, mask), zero), pairs[1]);
    }
  }
  *sums = s;
}

OPLINE_INLINE void eight_channels(const struct position* p, const struct opline_finish* f,
                                  int32_t c, int packed, int8_t* out) {
  const int32_t d = packed ? kOfPacked : kOfBytes, end = p->layer->in_c;
  struct opline_four_sums s;
  struct opline_scale scale[4];
  four_channels(p, c, packed, 0, &s);
  opline_scales_of_four(p->layer, p->t->channels, c, d, scale);
  opline_store_four(p->layer, f, &s, scale, c, d, end, out);
  const int32_t b = c + (packed ? 2 : 4);
  if (b >= end) return;
  four_channels(p, c, packed, 1, &s);
  opline_scales_of_four(p->layer, p->t->channels, b, d, scale);
  opline_store_four(p->layer, f, &s, scale, b, d, end, out);
}

static void all_channels(const struct position* p, const struct opline_finish* f, int8_t* out) {
  for (int32_t c = 0; c < p->layer->in_c; c += 8) {
    if (p->layer->input_bits == 4) {
      eight_channels(p, f, c, 1, out);
    } else {
      eight_channels(p, f, c, 0, out);
    }
  }
}

void opline_depthwise_s4(const struct opline_layer* layer, const struct opline_tensors* t) {
  const struct opline_finish f = opline_finish_s4_of(layer);
  struct position p = {
      layer, t, {0, 0, 0}, {0, 0, 0}, opline_input_step(layer), (layer->in_c + 1) / 2, 0, 0};
  int8_t* out = t->output;
  for (int32_t y = 0; y < layer->out_h; ++y) {
    p.v = opline_clip_window(y, layer->stride_h, layer->pad_top, layer->kernel_h, layer->in_h);
    for (int32_t x = 0; x < layer->out_w; ++x, out += opline_output_step(layer)) {
      p.h = opline_clip_window(x, layer->stride_w, layer->pad_left, layer->kernel_w, layer->in_w);
      p.x_row = (layer->in_w - (p.h.last - p.h.first)) * p.step;
      p.w_row = (layer->kernel_w - (p.h.last - p.h.first)) * p.w_step;
      all_channels(&p, &f, out);
    }
  }
}
