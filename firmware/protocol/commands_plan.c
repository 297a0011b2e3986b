/* firmware/protocol/commands_plan.c - opline's own commands: plan. */
#include "firmware/protocol/commands.h"
#include "firmware/runtime/trigger.h"

static int has_timing(void) { return opline_board_has_cycle_counter(); }

void opline_plan_setup(const struct opline_runtime* runtime) {
  const struct opline_memory* m = &runtime->memory;
  opline_line_decimal("m-setup-[arena_bytes=", m->arena_bytes, "]");
  opline_line_decimal("m-setup-[weight_pool_bytes=", m->weight_pool_bytes, "]");
  opline_line_decimal("m-setup-[channel_pool_bytes=", m->channel_pool_bytes, "]");
}

void opline_plan_help(void) {
  opline_line("plan load N CRC    : announce a plan of N bytes, CRC-32 in 8 hex digits");
  opline_line("plan HH[HH]*       : its bytes, at most 37 a command, until m-plan-loaded");
  opline_line("plan at P HH[HH]*  : the same from position P on, harmless when repeated");
  opline_line("plan run [W=1]     : W unmeasured runs and the measured one");
  opline_line("plan report        : cycles and digests of that run");
  opline_line("trigger level      : the trigger pin is high during measured runs");
  opline_line("trigger pulse      : it is low for 1 us when one begins and when it ends");
}

static void plan_load(struct opline_runtime* runtime, const struct opline_words* words) {
  uint32_t bytes, crc;
  if (words->count != 4 || !opline_parse_decimal(words->word[2], &bytes) ||
      !opline_parse_hex32(words->word[3], &crc)) {
    opline_error("plan load: expected decimal bytes and a CRC-32 of 8 hex digits");
    return;
  }
  const char* error = opline_plan_expect(runtime, bytes, crc);
  if (error != NULL) {
    opline_error(error);
  } else {
    opline_line_decimal("m-[Expecting ", bytes, " bytes]");
  }
}

static void plan_error(const char* error, int32_t layer) {
  opline_put("e-[");
  if (layer >= 0) {
    opline_put("layer ");
    opline_put_decimal((uint64_t)layer);
    opline_put(": ");
  }
  opline_put(error);
  opline_line("]");
}

static void plan_bytes(struct opline_runtime* runtime, const struct opline_words* words) {
  const int has_position = opline_equal(words->word[1], "at");
  const uint32_t last = has_position ? 3u : 1u;
  uint8_t bytes[kMaxBytesPerCommand];
  uint32_t at = 0;
  const int32_t count = opline_parse_bytes(words->word[last], bytes, kMaxBytesPerCommand);
  if (count <= 0 || words->count != last + 1u ||
      (has_position && !opline_parse_decimal(words->word[2], &at))) {
    opline_error(
        "plan: expected 'load N CRC', 'at P' and pairs of hex digits, these alone, 'run W' or "
        "'report'");
    return;
  }
  int32_t layer;
  const char* error = has_position
                          ? opline_plan_receive_at(runtime, at, bytes, (uint32_t)count, &layer)
                          : opline_plan_receive(runtime, bytes, (uint32_t)count, &layer);
  if (error != NULL) {
    plan_error(error, layer);
  } else if (runtime->loaded) {
    opline_line_decimal("m-plan-loaded-[", opline_runtime_plan(runtime)->layer_count, "]");
  }
}

static void plan_run(struct opline_runtime* runtime, const struct opline_words* words) {
  uint32_t unmeasured = 1;
  if (words->count > 3 ||
      (words->count == 3 && !opline_parse_decimal(words->word[2], &unmeasured))) {
    opline_error("plan run: expected at most one decimal number");
    return;
  }
  const char* error = opline_plan_run(runtime, unmeasured);
  if (error != NULL) {
    opline_error(error);
  } else {
    opline_line("m-run-done");
  }
}

/* Without a cycle counter the places of the cycles stay empty: unknown is not zero. */
static void plan_report(const struct opline_runtime* runtime) {
  if (!runtime->has_run) {
    opline_error("plan report: expected 'plan run' before");
    return;
  }
  const struct opline_layer_result* results = opline_runtime_results(runtime);
  for (uint32_t i = 0; i < opline_runtime_plan(runtime)->layer_count; ++i) {
    opline_put("m-layer-[");
    opline_put_decimal(i);
    opline_put(",");
    if (has_timing()) opline_put_decimal(results[i].cycles);
    opline_line_hex(",", results[i].digest, "]");
  }
  opline_put("m-total-[");
  if (has_timing()) opline_put_decimal(runtime->total_cycles);
  opline_line("]");
  opline_line_hex("m-output-[", runtime->output_digest, "]");
}

static void set_trigger(const struct opline_words* words) {
  const int is_pulse = opline_equal(words->word[1], "pulse");
  if (words->count != 2 || !(is_pulse || opline_equal(words->word[1], "level"))) {
    opline_error("trigger: expected 'level' or 'pulse'");
  } else {
    opline_set_trigger_pulses(is_pulse);
  }
}

int opline_plan_command(struct opline_runtime* runtime, const struct opline_words* words) {
  if (opline_equal(words->word[0], "trigger")) {
    set_trigger(words);
  } else if (!opline_equal(words->word[0], "plan")) {
    return 0;
  } else if (opline_equal(words->word[1], "load")) {
    plan_load(runtime, words);
  } else if (opline_equal(words->word[1], "run")) {
    plan_run(runtime, words);
  } else if (opline_equal(words->word[1], "report")) {
    plan_report(runtime);
  } else {
    plan_bytes(runtime, words);
  }
  return 1;
}
