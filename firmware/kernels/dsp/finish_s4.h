/* firmware/kernels/dsp/finish_s4.h - requantisation to codes of four or eight bits.
 *
 * As finish.h, whose limits move by 8 for codes of four bits: so a code comes out as it is stored.
 */
#ifndef OPLINE_DSP_FINISH_S4_H
#define OPLINE_DSP_FINISH_S4_H

#include "firmware/kernels/codes.h"
#include "firmware/kernels/dsp/finish.h"

static inline struct opline_finish opline_finish_s4_of(const struct opline_layer* layer) {
  struct opline_layer stored = *layer;
  if (layer->output_bits == 4) {
    stored.output_zero_point = (int16_t)(layer->output_zero_point + kCodeOffset);
    stored.activation_min = (int8_t)(layer->activation_min + kCodeOffset);
    stored.activation_max = (int8_t)(layer->activation_max + kCodeOffset);
  }
  return opline_finish_of(&stored);
}

static inline struct opline_scale opline_channel_scale_s4(const struct opline_layer* layer,
                                                          const struct opline_channel* channel) {
  struct opline_scale s = opline_channel_scale(layer, channel);
  s.bias = opline_bias_s4(layer, channel);
  return s;
}

/* The code of a sum without the bias, as it is stored, in the lowest byte. */
static inline uint32_t opline_finish_s4(const struct opline_finish* f, int32_t sum,
                                        const struct opline_scale* scale) {
  const int32_t x = (int32_t)((uint32_t)sum + (uint32_t)scale->bias);
  return opline_finish_sum(f, x, scale->doubled, scale->right);
}

/* Two stored codes in a byte. */
static inline int8_t opline_pack_s4(uint32_t low, uint32_t high) {
  return (int8_t)(low | high << 4);
}

/* The stored code that fills a byte. */
static inline uint32_t opline_fill_s4(const struct opline_layer* layer) {
  return (uint32_t)(layer->output_zero_point + kCodeOffset);
}

/* Writes `channels` (1 or 2) neighbouring channels, of which the first is even. */
static inline void opline_store_s4(const struct opline_layer* layer, int8_t* position, int32_t c,
                                   int32_t channels, uint32_t y0, uint32_t y1) {
  if (layer->output_bits == 4) {
    position[c / 2] = opline_pack_s4(y0, channels > 1 ? y1 : opline_fill_s4(layer));
    return;
  }
  position[c] = (int8_t)y0;
  if (channels > 1) position[c + 1] = (int8_t)y1;
}

#endif /* OPLINE_DSP_FINISH_S4_H */
