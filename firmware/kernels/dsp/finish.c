/* firmware/kernels/dsp/finish.c - see the header. */
#include "firmware/kernels/dsp/finish.h"

int32_t opline_scale_general(int32_t x, int32_t doubled, int32_t right, int32_t round) {
  const int64_t y = opline_requantize(x, (int32_t)((uint32_t)doubled >> 1), ~right);
  /* The caller halves and saturates to a byte: bytes are far from these limits. */
  const int64_t z = 2 * y + round;
  return z > INT32_MAX ? INT32_MAX : z < INT32_MIN ? INT32_MIN : (int32_t)z;
}

static inline int32_t add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

void opline_finish_channels(const struct opline_finish* finish,
                            const struct opline_channel* channels, const int32_t* sums,
                            int32_t count, int8_t* out) {
  const struct opline_finish f = *finish;
  const struct opline_channel* const end = channels + count;
  do {
    const struct opline_channel ch = *channels; /* all at once: a byte stored could alias them */
    const int32_t x = add(*sums++, ch.bias), m = add(ch.multiplier, ch.multiplier),
                  right = f.right - ch.shift;
    *out++ = (int8_t)opline_finish_sum(&f, x, m, right);
  } while (++channels != end);
}

void opline_finish_pairs(const struct opline_finish* finish, const struct opline_channel* channels,
                         const int32_t* sums, int32_t count, int8_t* out0, int8_t* out1) {
  const struct opline_finish f = *finish;
  const struct opline_channel* const end = channels + count;
  do {
    const struct opline_channel ch = *channels;
    const int32_t x0 = add(sums[0], ch.bias), x1 = add(sums[1], ch.bias);
    const int32_t m = add(ch.multiplier, ch.multiplier), right = f.right - ch.shift;
    const uint32_t y0 = opline_finish_sum(&f, x0, m, right),
                   y1 = opline_finish_sum(&f, x1, m, right);
    *out0++ = (int8_t)y0;
    *out1++ = (int8_t)y1;
    sums += 2;
  } while (++channels != end);
}
