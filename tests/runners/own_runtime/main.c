/* tests/runners/own_runtime/main.c - a firmware of its own that speaks the protocol through
 * opline_device.h.
 *
 * The "runtime" takes any file that calls itself a .tflite ("TFL3" at offset 4) as bytes m with
 * three operators on an input x of 16 bytes:
 *   - operator 0: y[i] = x[i] + m[i];
 *   - operator 1: z = sum over the whole file of m[j] * y[j % 16], as 32 bits;
 *   - operator 2: out[i] = byte i of z, 4 of them.
 *
 * Where byte 8 of the file is 0xED there is a second input w of 16 bytes, a second output, y, and
 * a state s, 0 after loading: y[i] = x[i] + m[i] + w[i] + s, then s = s + 1.
 *
 * Its "arena" of ARENA bytes must hold the file: that makes large models not fit. Byte 8 of the
 * file, and words that a test changes in the image, make it misbehave. */
#define OPLINE_DEVICE_IMPLEMENTATION
#define OPLINE_DEVICE_FURTHER_TENSORS 1
#define OPLINE_DEVICE_STATE 1
#include "firmware/boards/opline_board.h"

enum { ARENA = 32768, INPUTS = 16, OUTPUTS = 4 };

const char opline_build_info[] =
    "board=nucleo-f446re\ncore=cortex-m4\nplacement=all over the place\n"
    "runtime=toy 1.0\ncompiler=gcc " __VERSION__ "\nflags=-O2\n";

static const uint8_t* model;
static uint32_t model_bytes;
static int8_t x[INPUTS], w[INPUTS], y[INPUTS], out[OUTPUTS];
static int8_t state;
static uint32_t z;

/* "hostile!", then what setup reports as the arena, and whether to send without end at the start.
 */
static const volatile uint32_t kBehaviour[4] = {0x74736F68u, 0x21656C69u, ARENA, 0};

uint32_t opline_model_arena_bytes(void) { return kBehaviour[2]; }

static void flood(void) {
  for (;;) opline_put("x");
}

enum opline_model_status opline_model_load(const uint8_t* bytes, uint32_t count,
                                           struct opline_model_trouble* trouble) {
  static const char kName[4] = {'T', 'F', 'L', '3'};
  for (uint32_t i = 0; i < 4; ++i) {
    if (count < INPUTS || bytes[4 + i] != (uint8_t)kName[i]) {
      trouble->reason = "toy: no TFL3 at offset 4";
      return OPLINE_MODEL_REFUSED;
    }
  }
  if (count > ARENA) {
    trouble->reason =
        "toy: the file [all of it]\r\ngoes through the arena\n"; /* as a runtime's log may be */
    trouble->needed_bytes = count;
    return OPLINE_MODEL_DOES_NOT_FIT;
  }
  model = bytes;
  model_bytes = count;
  return OPLINE_MODEL_READY;
}

int8_t* opline_model_input(uint32_t* bytes) {
  *bytes = INPUTS;
  return x;
}

static int has_two_ends(void) { return model[8] == 0xED; }

int8_t* opline_model_further_input(uint32_t index, uint32_t* bytes) {
  *bytes = INPUTS;
  return has_two_ends() && index == 1 ? w : NULL;
}

const int8_t* opline_model_further_output(uint32_t index, uint32_t* bytes) {
  *bytes = INPUTS;
  return has_two_ends() && index == 1 ? y : NULL;
}

const char* opline_model_reset(void) {
  state = 0;
  return NULL;
}

static void add(void) {
  for (uint32_t i = 0; i < INPUTS; ++i) {
    const int8_t more = has_two_ends() ? (int8_t)(w[i] + state) : 0;
    y[i] = (int8_t)(uint8_t)((uint8_t)x[i] + model[i] + (uint8_t)more);
  }
  ++state;
}

static void multiply(void) {
  z = 0;
  for (uint32_t j = 0; j < model_bytes; ++j) z += (uint32_t)(model[j] * y[j % INPUTS]);
}

static void spread(void) {
  for (uint32_t i = 0; i < OUTPUTS; ++i) out[i] = (int8_t)(uint8_t)(z >> (8u * i));
}

const char* opline_model_invoke(void) {
  if (model[8] == 0xEE) return "toy: the model [asked]\nfor trouble\n";
  if (model[8] == 0xEF) flood();
  if (model[8] == 0xEC)
    ((void (*)(void))(uintptr_t)(model + 16 + 1))(); /* Thumb code in the file */
  opline_device_layer_begin();
  add();
  opline_device_layer_end();
  opline_device_layer_output(y, sizeof y);
  opline_device_layer_begin();
  multiply();
  opline_device_layer_end();
  opline_device_layer_begin();
  spread();
  opline_device_layer_end();
  opline_device_layer_output(out, sizeof out);
  return NULL;
}

const int8_t* opline_model_output(uint32_t* bytes) {
  *bytes = OUTPUTS;
  return out;
}

int main(void) {
  opline_board_start();
  if (kBehaviour[3] != 0) flood();
  opline_device_run();
  return 0;
}
