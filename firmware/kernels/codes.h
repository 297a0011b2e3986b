/* firmware/kernels/codes.h - codes of four bits, two in a byte, as the kernels of either set read
 * and write them.
 *
 * A code n of -8..7 is stored as n + 8. So a mask extracts eight of a word in four instructions,
 * each already where a half of 16 bits has it; what the 8 adds to a sum of products is a constant.
 * Names end in _s4, as those of CMSIS-NN. */
#ifndef OPLINE_CODES_H
#define OPLINE_CODES_H

#include "firmware/kernels/requantize.h"

enum { kCodeOffset = 8 };

static inline int32_t opline_low_code(int8_t byte) { return ((uint8_t)byte & 15) - kCodeOffset; }

static inline int32_t opline_high_code(int8_t byte) { return ((uint8_t)byte >> 4) - kCodeOffset; }

static inline int8_t opline_two_codes(int32_t low, int32_t high) {
  return (int8_t)((low + kCodeOffset) | (high + kCodeOffset) << 4);
}

/* Writes channel c of a position. Channels come in ascending order: an even one fills the other
 * half of its byte with the zero point. */
static inline void opline_store_code(const struct opline_layer* layer, int8_t* position, int32_t c,
                                     int32_t code) {
  if (layer->output_bits == 8) {
    position[c] = (int8_t)code;
  } else if (c % 2 == 0) {
    position[c / 2] = opline_two_codes(code, layer->output_zero_point);
  } else {
    position[c / 2] = opline_two_codes(opline_low_code(position[c / 2]), code);
  }
}

/* The bias of a channel of a layer with weights of four bits. */
static inline int32_t opline_bias_s4(const struct opline_layer* layer,
                                     const struct opline_channel* channel) {
  return (int32_t)((uint32_t)(channel->bias >> layer->bias_shift) + (uint32_t)layer->bias_offset);
}

/* From one position to the next. */
static inline int32_t opline_input_step(const struct opline_layer* layer) {
  return (int32_t)opline_code_bytes(layer->in_c, layer->input_bits);
}

static inline int32_t opline_output_step(const struct opline_layer* layer) {
  return (int32_t)opline_code_bytes(layer->out_c, layer->output_bits);
}

#endif /* OPLINE_CODES_H */
