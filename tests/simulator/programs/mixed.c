/* What an int8 inference consists of, and more: dual multiplies, requantisation, floats, 64-bit
   division, sorting, recursion, switches, strings, volatile bytes. Everything ends in `results`. */
#include <arm_acle.h>
#include <stdint.h>
#ifndef REPEAT
#define REPEAT 1
#endif

volatile uint32_t results[64];
static uint32_t state = 12345;
static uint32_t draw(void) { return state = state * 1664525u + 1013904223u; }

static int8_t weights[4096] __attribute__((aligned(4))), inputs[4096] __attribute__((aligned(4)));
static const int8_t flash_weights[64] = {1,  -2,  3,  -4,  5,  -6,  7,   -8,   9,   -10,
                                         11, -12, 13, -14, 15, -16, 100, -100, 127, -128};
static int16_t columns[512] __attribute__((aligned(4)));

static int32_t dot(const int8_t* w, const int16_t* x, int n) {
  int32_t sum = 0;
  for (int i = 0; i < n; i += 4) {
    uint32_t four;
    __builtin_memcpy(&four, w + i, 4);
    const int16x2_t even = __sxtb16((int8x4_t)four),
                    odd = __sxtb16((int8x4_t)(four >> 8 | four << 24));
    uint32_t low, high;
    __builtin_memcpy(&low, x + i, 4);
    __builtin_memcpy(&high, x + i + 2, 4);
    sum = __smlad(even, (int16x2_t)low, sum);
    sum = __smlad(odd, (int16x2_t)high, sum);
  }
  return sum;
}

static int32_t requantize(int32_t value, int32_t multiplier, int shift) {
  const int64_t product = (int64_t)value * multiplier;
  const int32_t high = (int32_t)((product + (1 << 30)) >> 31);
  const int32_t rounding = shift > 0 ? 1 << (shift - 1) : 0;
  return __ssat((high + rounding) >> shift, 8);
}

static uint32_t matmul(void) {
  uint32_t sum = 0;
  for (int i = 0; i < 512; ++i) columns[i] = inputs[i];
  for (int row = 0; row < 64; ++row) {
    const int32_t a = dot(weights + row * 32, columns + (row & 7) * 32, 32);
    const int32_t b = dot(flash_weights, columns + (row & 3) * 32, 64);
    sum =
        sum * 31 + (uint32_t)requantize(a, 0x5A827999, 5) + (uint32_t)requantize(b, 0x40000000, 7);
  }
  return sum;
}

static uint32_t depthwise(void) {
  uint32_t sum = 0;
  for (int y = 1; y < 15; ++y)
    for (int x = 1; x < 15; ++x) {
      int32_t total = 0;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx)
          total += inputs[(y + dy) * 16 + x + dx] * weights[(dy + 1) * 3 + dx + 1];
      sum = sum * 33 + (uint32_t)requantize(total, 0x60000000, 6);
    }
  return sum;
}

static float floats(void) {
  float total = 0.5f, smallest = 1e-38f;
  for (int i = 1; i < 60; ++i) {
    const float x = (float)(int32_t)draw() / 65536.0f;
    total += x * 0.25f - total / (float)i;
    total = __builtin_fabsf(total) + __builtin_sqrtf(__builtin_fabsf(x));
    total += (float)(draw() & 0xFFFF) * 1e-3f + (total > 100.0f ? -1.5f : 2.5f);
    smallest *= 0.5f;
    if ((int)total % 3 == 0) total = -total;
  }
  return total + smallest * 1e38f;
}

static double doubles(void) {
  double x = 1.0;
  for (int i = 0; i < 10; ++i) x = x * 1.1 + 1.0 / (x + (double)i);
  return x;
}

static uint64_t divisions(void) {
  uint64_t sum = 0;
  for (int i = 1; i < 40; ++i) {
    const uint64_t a = (uint64_t)draw() << 32 | draw();
    sum += a / (draw() >> (i & 31) | 1u) + a % (1000u + (uint32_t)i);
    sum ^= (uint64_t)((int64_t)a / (int32_t)(draw() | 1u));
    sum += draw() / (draw() >> 20 | 1u) + (uint32_t)((int32_t)draw() % 977);
  }
  return sum;
}

static void sort(uint32_t* values, int n) {
  for (int i = 1; i < n; ++i) {
    const uint32_t v = values[i];
    int j = i;
    for (; j > 0 && values[j - 1] > v; --j) values[j] = values[j - 1];
    values[j] = v;
  }
}

static __attribute__((noinline)) uint32_t fibonacci(uint32_t n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static __attribute__((noinline)) uint32_t dispatch(uint32_t kind, uint32_t x) {
  switch (kind) {
    case 0:
      return x + 1;
    case 1:
      return x ^ 0x55AA55AAu;
    case 2:
      return x >> 3 | x << 29;
    case 3:
      return (uint32_t)__builtin_clz(x | 1);
    case 4:
      return __builtin_bswap32(x);
    case 5:
      return x * x;
    case 6:
      return (uint16_t)x * 3u;
    case 7:
      return x & 0xFFFF00u;
    default:
      return ~x;
  }
}

static uint32_t saturations(void) {
  uint32_t sum = 0;
  for (int i = 0; i < 50; ++i) {
    const uint32_t a = draw(), b = draw();
    sum += (uint32_t)__qadd((int32_t)a, (int32_t)b) ^ (uint32_t)__qsub((int32_t)a, (int32_t)b);
    sum += (uint32_t)__usat((int32_t)a >> 12, 11) + (uint32_t)__uqadd8((uint8x4_t)a, (uint8x4_t)b);
    sum ^= (uint32_t)__sadd16((int16x2_t)a, (int16x2_t)b);
    sum ^= (uint32_t)__sel((uint8x4_t)a, (uint8x4_t)b);
    sum += (uint32_t)__smlabb((int32_t)a, (int32_t)b, 7) +
           (uint32_t)__smlawt((int32_t)a, (int32_t)b, 3);
    sum += (uint32_t)(__smlald((int16x2_t)a, (int16x2_t)b, 99) >> 7);
  }
  return sum;
}

void program(void) {
  for (int round = 0; round < REPEAT; ++round) {
    for (int i = 0; i < 4096; ++i) {
      weights[i] = (int8_t)(draw() >> 24);
      inputs[i] = (int8_t)(draw() >> 24);
    }
    for (int i = 0; i < 20; ++i) results[0] += matmul();
    for (int i = 0; i < 10; ++i) results[1] += depthwise();
    union {
      float f;
      uint32_t u;
    } f = {floats()};
    results[2] ^= f.u;
    union {
      double d;
      uint32_t u[2];
    } d = {doubles()};
    results[3] ^= d.u[0];
    results[4] ^= d.u[1];
    const uint64_t q = divisions();
    results[5] += (uint32_t)q;
    results[6] += (uint32_t)(q >> 32);
    uint32_t values[48];
    for (int i = 0; i < 48; ++i) values[i] = draw();
    sort(values, 48);
    for (int i = 0; i < 48; ++i) results[7] = results[7] * 31 + values[i];
    results[8] += fibonacci(12);
    for (uint32_t i = 0; i < 100; ++i) results[9] += dispatch(i % 10, draw());
    results[10] ^= saturations();
  }
}
