/* firmware/runtime/opline_runtime.h - loads a plan into the arena and measures its execution.
 *
 *   arena  [ plan | results | activations and scratch | input copy for `db load`, if asked for ]
 *
 * Free of hardware: memory and clock come from outside, so that the host's tests execute the very
 * same code.
 */
#ifndef OPLINE_RUNTIME_H
#define OPLINE_RUNTIME_H

#include "firmware/kernels/opline_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

#define OPLINE_RUNTIME_VERSION "0.1.0"

/* What the image offers. */
struct opline_memory {
  uint8_t* arena; /* 16-byte aligned */
  uint32_t arena_bytes;
  struct opline_pools pools;
  uint32_t weight_pool_bytes, channel_pool_bytes;
  const uint8_t* tensors; /* where a network's own tensors are put: the place of the pools */
  uint32_t tensor_bytes;
};

/* A network that is part of the image, loaded at boot; its tensors are where the pools would be.
 * Beside its plan what MLPerf Tiny's commands need to know of it. */
struct opline_own_network {
  const char* model; /* the benchmark's name of it: "kws01" */
  const uint8_t* plan;
  uint32_t plan_bytes;
  uint8_t input_is_unsigned; /* `db` receives 0..255, which stand for -128..127 */
  int32_t output_zero_point; /* a result is (int8 - zero point) x scale */
  uint64_t output_scale;     /* in 1e-9 */
};

struct opline_runtime {
  struct opline_memory memory;
  const struct opline_own_network* own;                  /* NULL: none */
  uint32_t expected_bytes, expected_crc, received_bytes; /* of the plan that is being loaded */
  uint32_t input_copy, input_copy_bytes, input_received; /* in the arena; of `db load` */
  uint8_t loaded, has_run, has_results;
  uint64_t total_cycles;  /* of the last measured run */
  uint32_t output_digest; /* of its last layer */
};

/* All functions below that return a text return null on success and otherwise a literal that says
 * what was expected. */

/* `own` is loaded, or NULL; where its plan is refused, none is loaded. */
void opline_runtime_start(struct opline_runtime* runtime, const struct opline_memory* memory,
                          const struct opline_own_network* own);

/* Announces a plan of `bytes` with CRC-32 `crc`; forgets the plan, results and input that were
 * there. */
const char* opline_plan_expect(struct opline_runtime* runtime, uint32_t bytes, uint32_t crc);

/* Appends received bytes. With the last one the plan is checked (CRC, opline_check_plan) and
 * becomes the loaded one: `runtime->loaded`. After an error the load starts over with
 * opline_plan_expect. `layer` is that of the error. */
const char* opline_plan_receive(struct opline_runtime* runtime, const uint8_t* bytes,
                                uint32_t count, int32_t* layer);

/* The same for bytes from position `at` on: those that were received before are not taken again, so
 * that a host may repeat itself. */
const char* opline_plan_receive_at(struct opline_runtime* runtime, uint32_t at,
                                   const uint8_t* bytes, uint32_t count, int32_t* layer);

/* Caches in a defined state (opline_board_same_start), then `unmeasured` (>= 1) runs, the last of
 * which takes every layer's digest, then the measured run, which takes cycles per layer and, after
 * its end, the digest of the output. Before each run the input is made from the plan's seed. */
const char* opline_plan_run(struct opline_runtime* runtime, uint32_t unmeasured);

/* Reserves space behind the activations for the network's input; `bytes` must be its size. */
const char* opline_input_expect(struct opline_runtime* runtime, uint32_t bytes);

/* Appends received bytes; those beyond the announced size are disregarded. */
const char* opline_input_receive(struct opline_runtime* runtime, const uint8_t* bytes,
                                 uint32_t count);

/* One inference on the loaded input (opline_input_ready). */
void opline_input_infer(struct opline_runtime* runtime);

int opline_input_ready(const struct opline_runtime* runtime);

/* From a byte as it was received to the int8 of the input, and back: exclusive or. */
static inline uint8_t opline_input_flip(const struct opline_runtime* runtime) {
  return runtime->own != NULL && runtime->own->input_is_unsigned ? 0x80u : 0u;
}

/* Parts of the loaded plan. */
const struct opline_plan_header* opline_runtime_plan(const struct opline_runtime* runtime);
const struct opline_layer* opline_runtime_layers(const struct opline_runtime* runtime);
const struct opline_layer_result* opline_runtime_results(const struct opline_runtime* runtime);
/* The last layer's output tensor. */
const int8_t* opline_runtime_output(const struct opline_runtime* runtime, uint32_t* bytes);

/* Cycles since start, 64 bits made of the board's 32: exact as long as two calls are less than 2^32
 * cycles apart (23 s at 180 MHz; the command loop calls it while it waits). */
uint64_t opline_cycles(void);

#ifdef __cplusplus
}
#endif
#endif /* OPLINE_RUNTIME_H */
