/* firmware/kernels/dsp/finish.c - see the header.   Room: firmware. */
#include "firmware/kernels/dsp/finish.h"

int32_t opline_scale_general(int32_t x, int32_t doubled, int32_t right, int32_t round) {
  const int64_t y = opline_requantize(x, (int32_t)((uint32_t)doubled >> 1), ~right);
  /* The caller halves and saturates to a byte: bytes are far from these limits. */
  const int64_t z = 2 * y + round;
  return z > INT32_MAX ? INT32_MAX : z < INT32_MIN ? INT32_MIN : (int32_t)z;
}

void opline_finish_channels(const struct opline_layer* layer, const struct opline_finish* finish,
                            const int32_t* sums, const struct opline_channel* channels, int32_t count,
                            int8_t* out) {
  const struct opline_finish f = *finish;
  for (int32_t i = 0; i < count; ++i) {
    const struct opline_scale scale = opline_channel_scale(layer, &channels[i]);
    out[i] = opline_finish_one(&f, sums[i], &scale);
  }
}
