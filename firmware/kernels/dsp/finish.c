/* firmware/kernels/dsp/finish.c - see the header.   Room: firmware. */
#include "firmware/kernels/dsp/finish.h"

/* Out of line: with the layer's constants in registers the loop is shorter than four copies that spill them.
 */
void opline_finish_channels(const struct opline_finish* finish, const int32_t* sums,
                            const struct opline_channel* channels, int32_t count, int8_t* out) {
  const struct opline_finish f = *finish;
  for (const int32_t* end = sums + count; sums != end; ++sums, ++channels) {
    const int32_t x = (int32_t)((uint32_t)*sums + (uint32_t)channels->bias);
    *out++ = (int8_t)opline_finish_one(&f, x, opline_channel_scale(channels, f.shift_offset));
  }
}
