/* firmware/kernels/opline_kernels.h - int8 operations of a plan, the same bits on the host and on
 * every core.
 *
 * Semantics are TFLite's int8 reference kernels (as TFLM executes them and CMSIS-NN reproduces
 * them): accumulator = bias + sum((input - input_zero_point) * weight), taps beyond the input's
 * edge left out; output      = clamp(requantize(accumulator) + output_zero_point, activation_min,
 * activation_max); requantize(x) = RoundingDivideByPOT(SaturatingRoundingDoublingHighMul(x << left,
 * multiplier), right) with left = max(shift, 0), right = max(-shift, 0): gemmlowp's double
 * rounding, see requantize.h. Tensors are [h][w][c], batch 1; weights as opline_plan.h says.
 *
 * Two sets of files give the same bits: portable/ (any C17 compiler; the host library
 * opline::kernels) and dsp/ (cores with the DSP extension: Cortex-M4, M7). What has no use for
 * packed arithmetic exists once, here. Freestanding: no library call, no state, no allocation;
 * scratch comes from the plan. */
#ifndef OPLINE_KERNELS_H
#define OPLINE_KERNELS_H

#include "firmware/include/opline_plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where the offsets of a plan's layers point to; the first two to the same byte for a network's own
 * tensors.
 * Up to three bytes after the end of a layer's weights may be read (never used): a table of
 * channels follows, in the image as in own tensors; a host buffer needs no slack. */
struct opline_pools {
  const int8_t* weights;                 /* 4-byte aligned on a core with the DSP extension */
  const struct opline_channel* channels; /* 4-byte aligned */
  const uint8_t* tables;                 /* 2-byte aligned; may be null where no layer has one */
};

/* Executes one layer of a plan that opline_check_plan accepted. `activations` is 16-byte aligned
 * and holds opline_plan_header.activation_bytes; the layer's offsets are relative to it. Unchecked
 * layers are undefined. */
void opline_run_layer(const struct opline_layer* layer, const struct opline_pools* pools,
                      int8_t* activations);

/* "dsp" or "portable": the set of kernels that was linked. */
const char* opline_kernels_variant(void);

/* CRC-32 of IEEE 802.3 (reflected 0xEDB88320), as zlib's crc32(): start with 0, chain by passing
 * the last value. opline_crc32(0, "123456789", 9) == 0xCBF43926. */
uint32_t opline_crc32(uint32_t crc, const void* data, size_t bytes);

/* input[i] = opline_input_byte(seed, i) for i in [0, bytes). */
void opline_fill_input(uint32_t seed, int8_t* input, uint32_t bytes);

/* What a plan may ask for. Zero means: nothing of it. */
struct opline_limits {
  uint32_t arena_bytes; /* for the plan, its results and its activations (opline_arena_bytes) */
  uint32_t weight_pool_bytes; /* of the weight pool */
  uint32_t channel_pool_bytes;
  const struct opline_channel*
      channels;           /* the channel pool, to check each used multiplier and shift; or null */
  uint32_t tensor_bytes;  /* of the flash reserved for a network's own tensors */
  const uint8_t* tensors; /* its start, 4-byte aligned, to check likewise; or null */
};

/* Why a plan was refused: a literal text, and the layer it refers to (-1: the header). */
struct opline_plan_error {
  const char* text; /* null: the plan is good */
  int32_t layer;
};

/* Checks `bytes` bytes at `plan` (4-byte aligned), whatever they hold: never reads beyond them,
 * never crashes. An accepted plan can be executed without leaving the arena or the pools and
 * without signed overflow. It checks magic, version, lengths; that `kernel` is what
 * opline_choose_kernel says; shapes against strides and padding; offsets, alignment and overlap;
 * zero points, activation ranges, multipliers and shifts. It does not check that a layer reads what
 * an earlier one wrote: that is the planner's, and the digests'. */
struct opline_plan_error opline_check_plan(const void* plan, size_t bytes,
                                           const struct opline_limits* limits);

/* Sums of products stay inside int32 up to this many taps (255 * 128 each). With a bias beyond
 * eight million they may not, and then wrap, on every build alike. */
#define OPLINE_MAX_TAPS 65535u

#ifdef __cplusplus
}
#endif
#endif /* OPLINE_KERNELS_H */
