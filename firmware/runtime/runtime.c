/* firmware/runtime/runtime.c - see the header. */
#include "firmware/runtime/opline_runtime.h"

#include "firmware/boards/opline_board.h"
#include "firmware/runtime/trigger.h"

const struct opline_plan_header* opline_runtime_plan(const struct opline_runtime* runtime) {
  return (const struct opline_plan_header*)(const void*)runtime->memory.arena;
}

const struct opline_layer* opline_runtime_layers(const struct opline_runtime* runtime) {
  return (const struct opline_layer*)(const void*)(runtime->memory.arena +
                                                   sizeof(struct opline_plan_header));
}

static struct opline_layer_result* results(const struct opline_runtime* runtime) {
  return (struct opline_layer_result*)(void*)(runtime->memory.arena +
                                              opline_align(opline_runtime_plan(runtime)->bytes));
}

const struct opline_layer_result* opline_runtime_results(const struct opline_runtime* runtime) {
  return results(runtime);
}

static int8_t* activations(const struct opline_runtime* runtime) {
  const struct opline_plan_header* plan = opline_runtime_plan(runtime);
  return (int8_t*)runtime->memory.arena + opline_arena_bytes(plan->bytes, plan->layer_count, 0);
}

const int8_t* opline_runtime_output(const struct opline_runtime* runtime, uint32_t* bytes) {
  const struct opline_layer* layer =
      &opline_runtime_layers(runtime)[opline_runtime_plan(runtime)->layer_count - 1];
  *bytes = opline_output_bytes(layer);
  return activations(runtime) + layer->output;
}

static void forget_plan(struct opline_runtime* runtime) {
  runtime->loaded = runtime->has_run = runtime->has_results = 0;
  runtime->expected_bytes = runtime->received_bytes = 0;
  runtime->input_copy_bytes = runtime->input_received = 0;
}

/* ---- Loading ---- */

const char* opline_plan_expect(struct opline_runtime* runtime, uint32_t bytes, uint32_t crc) {
  forget_plan(runtime);
  if (bytes < sizeof(struct opline_plan_header) + sizeof(struct opline_layer)) {
    return "plan load: expected at least a header and a layer";
  }
  if (bytes > runtime->memory.arena_bytes) return "plan load: exceeds the arena";
  runtime->expected_bytes = bytes;
  runtime->expected_crc = crc;
  return NULL;
}

const char* opline_plan_receive_at(struct opline_runtime* runtime, uint32_t at,
                                   const uint8_t* bytes, uint32_t count, int32_t* layer) {
  *layer = -1;
  const uint32_t received = runtime->received_bytes;
  if (at < received && count <= received - at) return NULL; /* sent again: its reply was lost */
  if (runtime->expected_bytes != 0 && at != received)
    return "plan at: bytes before these are missing";
  return opline_plan_receive(runtime, bytes, count, layer);
}

static const char* accept_plan(struct opline_runtime* runtime, int32_t* layer) {
  const uint32_t bytes = runtime->expected_bytes;
  const struct opline_memory* m = &runtime->memory;
  const struct opline_limits limits = {m->arena_bytes,        m->weight_pool_bytes,
                                       m->channel_pool_bytes, m->pools.channels,
                                       m->tensor_bytes,       m->tensors};
  if (opline_crc32(0, m->arena, bytes) != runtime->expected_crc)
    return "plan: CRC-32 differs from what was announced";
  const struct opline_plan_error error = opline_check_plan(m->arena, bytes, &limits);
  *layer = error.layer;
  return error.text;
}

const char* opline_plan_receive(struct opline_runtime* runtime, const uint8_t* bytes,
                                uint32_t count, int32_t* layer) {
  *layer = -1;
  if (runtime->loaded || runtime->expected_bytes == 0)
    return "plan: expected 'plan load N CRC' before";
  if (count > runtime->expected_bytes - runtime->received_bytes) {
    forget_plan(runtime);
    return "plan: more bytes than announced";
  }
  for (uint32_t i = 0; i < count; ++i) runtime->memory.arena[runtime->received_bytes++] = bytes[i];
  if (runtime->received_bytes < runtime->expected_bytes) return NULL;
  const char* error = accept_plan(runtime, layer);
  if (error != NULL) {
    forget_plan(runtime);
    return error;
  }
  runtime->loaded = 1;
  return NULL;
}

void opline_runtime_start(struct opline_runtime* runtime, const struct opline_memory* memory,
                          const struct opline_own_network* own) {
  int32_t layer;
  runtime->memory = *memory;
  runtime->own = own;
  forget_plan(runtime);
  if (own == NULL) return;
  const uint32_t crc = opline_crc32(0, own->plan, own->plan_bytes);
  if (opline_plan_expect(runtime, own->plan_bytes, crc) == NULL)
    opline_plan_receive(runtime, own->plan, own->plan_bytes, &layer);
}

/* ---- Execution ---- */

static struct opline_pools pools_of(const struct opline_runtime* runtime) {
  const struct opline_memory* m = &runtime->memory;
  const struct opline_plan_header* plan = opline_runtime_plan(runtime);
  struct opline_pools pools = m->pools;
  if (plan->tensor_bytes != 0) {
    pools.weights = (const int8_t*)m->tensors;
    pools.channels = (const struct opline_channel*)(const void*)m->tensors;
  }
  pools.tables = m->arena + opline_tables_offset(plan->layer_count);
  return pools;
}

static void run_layers(const struct opline_runtime* runtime) {
  const struct opline_pools pools = pools_of(runtime);
  const uint32_t count = opline_runtime_plan(runtime)->layer_count;
  const struct opline_layer* layers = opline_runtime_layers(runtime);
  for (uint32_t i = 0; i < count; ++i) opline_run_layer(&layers[i], &pools, activations(runtime));
}

static void make_input(const struct opline_runtime* runtime) {
  const struct opline_plan_header* plan = opline_runtime_plan(runtime);
  opline_fill_input(plan->input_seed, activations(runtime) + plan->input, plan->input_bytes);
}

static uint32_t digest_of(const struct opline_layer* layer, const int8_t* base) {
  return opline_crc32(0, base + layer->output, opline_output_bytes(layer));
}

static void digested_run(struct opline_runtime* runtime) {
  const struct opline_pools pools = pools_of(runtime);
  const uint32_t count = opline_runtime_plan(runtime)->layer_count;
  const struct opline_layer* layers = opline_runtime_layers(runtime);
  struct opline_layer_result* r = results(runtime);
  int8_t* base = activations(runtime);
  for (uint32_t i = 0; i < count; ++i) {
    opline_run_layer(&layers[i], &pools, base);
    r[i].digest = digest_of(&layers[i], base);
    r[i].reserved = 0;
  }
}

/* Nothing but kernels and counter reads between the first reading and the last. */
static void measured_run(struct opline_runtime* runtime) {
  const uint32_t count = opline_runtime_plan(runtime)->layer_count;
  const struct opline_layer* layers = opline_runtime_layers(runtime);
  const struct opline_pools pools = pools_of(runtime);
  struct opline_layer_result* r = results(runtime);
  int8_t* base = activations(runtime);
  opline_window_begins();
  const uint64_t start = opline_cycles();
  uint64_t before = start;
  for (uint32_t i = 0; i < count; ++i) {
    opline_run_layer(&layers[i], &pools, base);
    const uint64_t after = opline_cycles();
    r[i].cycles = after - before;
    before = after;
  }
  opline_window_ends();
  runtime->total_cycles = before - start;
  runtime->output_digest = digest_of(&layers[count - 1], base);
}

const char* opline_plan_run(struct opline_runtime* runtime, uint32_t unmeasured) {
  if (!runtime->loaded) return "plan run: no plan is loaded";
  if (unmeasured == 0) return "plan run: expected at least 1 unmeasured run";
  opline_board_same_start();
  for (uint32_t i = 1; i < unmeasured; ++i) {
    make_input(runtime);
    run_layers(runtime);
  }
  make_input(runtime);
  digested_run(runtime);
  make_input(runtime);
  const uint32_t interrupts = opline_interrupts_off();
  measured_run(runtime);
  opline_interrupts_restore(interrupts);
  runtime->has_run = runtime->has_results = 1;
  return NULL;
}

/* ---- Input from the host ---- */

const char* opline_input_expect(struct opline_runtime* runtime, uint32_t bytes) {
  if (!runtime->loaded) return "db load: no plan is loaded";
  const struct opline_plan_header* plan = opline_runtime_plan(runtime);
  if (bytes != plan->input_bytes) return "db load: expected the size of the plan's input";
  const uint32_t used = opline_arena_bytes(plan->bytes, plan->layer_count, plan->activation_bytes);
  if (bytes > runtime->memory.arena_bytes - used)
    return "db load: no room in the arena for a copy of the input";
  runtime->input_copy = used;
  runtime->input_copy_bytes = bytes;
  runtime->input_received = 0;
  return NULL;
}

const char* opline_input_receive(struct opline_runtime* runtime, const uint8_t* bytes,
                                 uint32_t count) {
  if (runtime->input_copy_bytes == 0) return "db: expected 'db load N' before";
  uint8_t* copy = runtime->memory.arena + runtime->input_copy;
  const uint8_t flip = opline_input_flip(runtime);
  for (uint32_t i = 0; i < count && runtime->input_received < runtime->input_copy_bytes; ++i) {
    copy[runtime->input_received++] = bytes[i] ^ flip;
  }
  return NULL;
}

int opline_input_ready(const struct opline_runtime* runtime) {
  return runtime->input_copy_bytes != 0 && runtime->input_received == runtime->input_copy_bytes;
}

void opline_input_infer(struct opline_runtime* runtime) {
  /* The planner may have given the input's place to a later tensor, so every inference needs the
   * input again. */
  int8_t* input = activations(runtime) + opline_runtime_plan(runtime)->input;
  __builtin_memcpy(input, runtime->memory.arena + runtime->input_copy, runtime->input_copy_bytes);
  run_layers(runtime);
  runtime->has_results = 1;
}
