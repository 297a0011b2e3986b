/* firmware/protocol/commands_mlperf.c - the commands of MLPerf Tiny's device under test that need a
 * plan.
 *
 * Replies as mlcommons/tiny benchmark/api/internally_implemented.cpp gives them, so that its runner
 * works unchanged. The benchmark's buffer is the input tensor of the loaded plan. */
#include "firmware/protocol/commands.h"
#include "firmware/runtime/trigger.h"

void opline_mlperf_help(void) {
  opline_line("db load N          : announce N bytes for the plan's input");
  opline_line("db HH[HH]*         : its bytes, until m-load-done");
  opline_line("db print           : what was loaded");
  opline_line("infer [N=1] [W=10] : N inferences after W warm-ups");
  opline_line("results            : the last layer's output");
}

/* "-1.250000"; `value` in 1e-9. */
static void put_decimal_fraction(int64_t value) {
  const uint64_t millionths = (uint64_t)(value < 0 ? -value : value) / 1000u;
  if (value < 0) opline_put("-");
  opline_put_decimal(millionths / 1000000u);
  opline_put(".");
  for (uint32_t digit = 100000u; digit > 0; digit /= 10u)
    opline_put_decimal(millionths / digit % 10u);
}

/* As the benchmark's runner reads them: numbers of the model, which it adds up and compares. */
static void put_own_results(const struct opline_own_network* own, const int8_t* output,
                            uint32_t bytes) {
  opline_put("m-results-[");
  for (uint32_t i = 0; i < bytes; ++i) {
    if (i > 0) opline_put(",");
    put_decimal_fraction((output[i] - own->output_zero_point) * (int64_t)own->output_scale);
  }
  opline_line("]");
}

static void results(const struct opline_runtime* runtime) {
  if (!runtime->has_results) {
    opline_error("results: no inference has run");
    return;
  }
  uint32_t bytes;
  const int8_t* output = opline_runtime_output(runtime, &bytes);
  if (runtime->own != NULL) {
    put_own_results(runtime->own, output, bytes);
  } else {
    opline_put_results(output, bytes);
  }
}

/* Both laps are sent afterwards: nothing but inference lies between the timestamps. */
static void measured_inferences(struct opline_runtime* runtime, uint32_t n) {
  opline_window_begins();
  const uint64_t begin = opline_cycles();
  for (uint32_t i = 0; i < n; ++i) {
    opline_input_infer(runtime);
    opline_cycles(); /* notices a wrap between inferences */
  }
  const uint64_t end = opline_cycles();
  opline_window_ends();
#if OPLINE_ENERGY_MODE
  (void)begin, (void)end;
#else
  opline_put_lap(begin);
  opline_put_lap(end);
#endif
}

static void infer(struct opline_runtime* runtime, const struct opline_words* words) {
  uint32_t n = 1, warmups = 10;
  if (words->count > 1 && (!opline_parse_decimal(words->word[1], &n) || n == 0)) {
    opline_error("Inference iterations must be >0");
    return;
  }
  if (words->count > 2 && !opline_parse_decimal(words->word[2], &warmups)) {
    opline_error("Inference warmup must be >=0");
    return;
  }
  if (!opline_input_ready(runtime)) {
    opline_error("infer: expected a plan and its input ('plan load', 'db load') before");
    return;
  }
  opline_line_decimal("m-warmup-start-", warmups, "");
  for (uint32_t i = 0; i < warmups; ++i) opline_input_infer(runtime);
  opline_line("m-warmup-done");
  opline_line_decimal("m-infer-start-", n, "");
  measured_inferences(runtime, n);
  opline_line("m-infer-done");
  results(runtime);
}

static void db_load(struct opline_runtime* runtime, const struct opline_words* words) {
  uint32_t bytes;
  if (words->count != 3) {
    opline_error("Command 'db load' requires the # of bytes");
  } else if (!opline_parse_decimal(words->word[2], &bytes) || bytes == 0) {
    opline_error("Command 'db load' must be >0 bytes");
  } else {
    const char* error = opline_input_expect(runtime, bytes);
    if (error != NULL) {
      opline_error(error);
    } else {
      opline_line_decimal("m-[Expecting ", bytes, " bytes]");
    }
  }
}

static void db_print(const struct opline_runtime* runtime) {
  const uint8_t* copy = runtime->memory.arena + runtime->input_copy;
  for (uint32_t i = 0; i < runtime->input_received; ++i) {
    opline_put(i % 8u == 0 ? "m-buffer-" : "-");
    opline_put_hex((uint8_t)(copy[i] ^ opline_input_flip(runtime)), 2);
    if (i % 8u == 7u || i + 1u == runtime->input_received) opline_line("");
  }
}

static void db_bytes(struct opline_runtime* runtime, const char* digits) {
  uint8_t bytes[kMaxBytesPerCommand];
  const int32_t count = opline_parse_bytes(digits, bytes, kMaxBytesPerCommand);
  if (count < 0) {
    opline_error("db: expected 'load N', 'print' or pairs of hex digits");
    return;
  }
  const char* error = opline_input_receive(runtime, bytes, (uint32_t)count);
  if (error != NULL) {
    opline_error(error);
  } else if (opline_input_ready(runtime)) {
    opline_line("m-load-done");
  }
}

static void db(struct opline_runtime* runtime, const struct opline_words* words) {
  if (words->count < 2) {
    opline_error("Command 'db' requires a subcommand");
  } else if (opline_equal(words->word[1], "load")) {
    db_load(runtime, words);
  } else if (opline_equal(words->word[1], "print")) {
    db_print(runtime);
  } else {
    db_bytes(runtime, words->word[1]);
  }
}

/* The most words of this command; 0 for an unknown command. */
static uint32_t most_words(const struct opline_words* words) {
  const char* name = words->word[0];
  if (opline_equal(name, "results")) return 1;
  if (opline_equal(name, "infer")) return 3;
  if (opline_equal(name, "db")) return opline_equal(words->word[1], "load") ? 3 : 2;
  return 0;
}

int opline_mlperf_command(struct opline_runtime* runtime, const struct opline_words* words) {
  const char* name = words->word[0];
  const uint32_t most = most_words(words);
  if (most != 0 && words->count > most) {
    opline_error("expected fewer words; see 'help%'");
    return 1;
  }
  if (opline_equal(name, "db")) {
    db(runtime, words);
  } else if (opline_equal(name, "infer")) {
    infer(runtime, words);
  } else if (opline_equal(name, "results")) {
    results(runtime);
  } else {
    return 0;
  }
  return 1;
}
