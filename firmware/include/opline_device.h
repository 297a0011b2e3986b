/* firmware/include/opline_device.h - lets any firmware speak opline's protocol:
 * docs/own-runtime.md.
 *
 * This one file, C11 or C++11, no library needed, is the device's side of docs/formats/protocol.md.
 * A firmware that runs .tflite files with TensorFlow Lite Micro, X-CUBE-AI, TinyEngine or another
 * runtime
 *   1. implements the functions under "The board", "The runtime" and defines the two symbols under
 * "The region";
 *   2. has one source file that defines OPLINE_DEVICE_IMPLEMENTATION before it includes this
 * header;
 *   3. calls opline_device_run(), which never returns.
 * opline then places one network after the other in the region and asks for its cycles.
 *
 * opline's own firmware is made of the same file: it defines OPLINE_DEVICE_LINE_ONLY and adds its
 * own commands. */
#ifndef OPLINE_DEVICE_H
#define OPLINE_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The board: you implement these. A wait in them is bounded, so that a missing peripheral
 * doesn't hang ---- */

/* One byte to the host; gives up after a bounded wait. */
void opline_board_put(char c);

/* The next byte from the host, or -1 if none has arrived: the simulator lets time stand still while
 * it is polled. */
int opline_board_get(void);

/* The core's free-running 32-bit cycle counter (DWT->CYCCNT), and 1 if it advances, else 0. */
uint32_t opline_board_cycles(void);
int opline_board_has_cycle_counter(void);

/* The core's clock in Hz, 0 if it is not known; and what drives it: "hse", "hsi" or "unknown". */
uint32_t opline_board_clock_hz(void);
const char* opline_board_clock_source(void);

/* The bytes at [address, address + bytes) of the flash, or NULL where they cannot be read: `crc%`
 * lets the host compare them with the image that it expects. Optional: without one of yours, any
 * address below 0x20000000 (ARMv7-M's code region) is taken to be flash. */
const uint8_t* opline_board_flash(uint32_t address, uint32_t bytes);

/* MLPerf Tiny's energy mode: a timestamp is a pulse on a pin instead of a line with the time, so
 * that a power meter sees when inference begins and ends. Defined as 1, opline_board_pulse() is
 * called for it: yours pulls the pin low for at least 1 us. */
#ifndef OPLINE_ENERGY_MODE
#define OPLINE_ENERGY_MODE 0
#endif
#if OPLINE_ENERGY_MODE
void opline_board_pulse(void);
#endif

/* Brings the caches into a defined state: called before the unmeasured runs, so that what was
 * executed before does not show in the measured one, which finds the caches as the unmeasured run
 * left them. Empty on a core without caches. */
void opline_board_same_start(void);

/* ---- Who this is: you define it ---- */

/* "key=value\n" lines, printed by `setup%`. Needed: board (a name of data/boards), core, runtime
 * (with its version), compiler, flags, placement (what lies in which memory, in words). They become
 * the setup of every measurement. */
extern const char opline_build_info[];

/* ---- The region: two symbols of your linker script ---- */

/* Flash that belongs to opline: [start, end), 16-byte aligned, data only. One .tflite lies at its
 * start. */
extern const uint8_t opline_tensors_start[], opline_tensors_end[];

/* ---- The runtime: you implement these ---- */

enum opline_model_status {
  OPLINE_MODEL_READY = 0,
  OPLINE_MODEL_DOES_NOT_FIT = 1, /* the memory for tensors is too small: an outcome, not an error */
  OPLINE_MODEL_REFUSED =
      2 /* anything else: an operator that is not there, a file that can't be read */
};

/* Of a model that was not taken. */
struct opline_model_trouble {
  const char* reason;    /* for the user, in a line: what isn't printable and brackets are replaced;
                            NULL: none given */
  uint32_t needed_bytes; /* of the arena; 0: not known */
};

/* Bytes that the runtime has for tensors. */
uint32_t opline_model_arena_bytes(void);

/* Prepares the .tflite at `model` (in the region); forgets the one before. */
enum opline_model_status opline_model_load(const uint8_t* model, uint32_t bytes,
                                           struct opline_model_trouble* trouble);

/* The input tensor to fill, and its size. Called before each run. */
int8_t* opline_model_input(uint32_t* bytes);

/* Models of several inputs or outputs: defined as 1, these are called, too. Number `index`, from 1
 * on, in the order of the file; NULL from their number on. Number 0 is that of opline_model_input,
 * opline_model_output. */
#ifndef OPLINE_DEVICE_FURTHER_TENSORS
#define OPLINE_DEVICE_FURTHER_TENSORS 0
#endif
#if OPLINE_DEVICE_FURTHER_TENSORS
int8_t* opline_model_further_input(uint32_t index, uint32_t* bytes);
const int8_t* opline_model_further_output(uint32_t index, uint32_t* bytes);
#endif

/* Models that keep a state between inferences: defined as 1, this is called before each run. It
 * sets the state to what it was after opline_model_load. NULL, or what went wrong. */
#ifndef OPLINE_DEVICE_STATE
#define OPLINE_DEVICE_STATE 0
#endif
#if OPLINE_DEVICE_STATE
const char* opline_model_reset(void);
#endif

/* One inference; NULL, or what went wrong. Around each operator it calls the functions below. Never
 * inlined: by its name `opline profile` finds the runs. */
#ifdef __GNUC__
__attribute__((noinline))
#endif
const char*
opline_model_invoke(void);

/* The output tensor of the last inference. */
const int8_t* opline_model_output(uint32_t* bytes);

/* ---- What you call ---- */

/* The greeting, then commands for ever. */
void opline_device_run(void);

/* From opline_model_invoke, around each operator of the .tflite in the order of execution; an
 * operator needs both. A runtime that can't tell its operators apart calls neither: then only the
 * total is known. */
void opline_device_layer_begin(void);
void opline_device_layer_end(void);

/* Interrupts are masked (PRIMASK) during the measured run. Define OPLINE_DEVICE_KEEP_INTERRUPTS
 * where the runtime needs them; then their handlers are part of what is measured. */

/* Optional, after opline_device_layer_end: the operator's int8 output, so that a difference is
 * traced to its layer. Costs a call in the measured run; the digest is taken in the run before it.
 */
void opline_device_layer_output(const void* output, uint32_t bytes);

/* Operators of a model at most; 12 bytes of RAM each. */
#ifndef OPLINE_DEVICE_LAYERS
#define OPLINE_DEVICE_LAYERS 128
#endif

/* ---- The line: what commands are made of. For firmware with commands of its own, as opline's ----
 */

#define OPLINE_COMMAND_BYTES 80u /* without the terminator '%' */
#define OPLINE_COMMAND_WORDS 4u

/* A command split at its blanks; missing words are empty. */
struct opline_words {
  uint32_t count;
  const char* word[OPLINE_COMMAND_WORDS];
};

struct opline_command_line {
  uint32_t length;     /* of the command so far; beyond OPLINE_COMMAND_BYTES once it was too long */
  uint32_t is_checked; /* it began with '#' */
  char command[OPLINE_COMMAND_BYTES + 1u];
};

/* What a firmware adds to help, name, profile, timestamp and setup. */
struct opline_conversation {
  const char* model; /* of `profile%`: what it executes, "plan" or "tflite" */
  void* context;
  int (*command)(void* context, const struct opline_words* words); /* 0: no command of yours */
  void (*setup)(void* context);                                    /* further lines of `setup%` */
  void (*help)(void* context);                                     /* and of `help%` */
};

/* The greeting. */
void opline_conversation_start(struct opline_command_line* line);
/* Takes one byte; a '%' executes the command and answers, m-ready last. CR and LF are ignored. */
void opline_conversation_receive(const struct opline_conversation* conversation,
                                 struct opline_command_line* line, char byte);

/* Cycles since start, 64 bits made of the board's 32: exact as long as two calls are less than 2^32
 * cycles apart (23 s at 180 MHz; the command loop calls it while it waits). */
uint64_t opline_cycles(void);

/* PRIMASK as it was, after masking interrupts; and back. Nothing where this is not compiled for
 * Arm. */
static inline uint32_t opline_interrupts_off(void) {
  uint32_t before = 0;
#if defined(__arm__) && !defined(OPLINE_DEVICE_KEEP_INTERRUPTS)
  __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
#endif
  return before;
}
static inline void opline_interrupts_restore(uint32_t before) {
#if defined(__arm__) && !defined(OPLINE_DEVICE_KEEP_INTERRUPTS)
  __asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
#else
  (void)before;
#endif
}

/* To the host, through opline_board_put. */
void opline_put(const char* text);
void opline_put_decimal(uint64_t value);
void opline_put_signed(int32_t value);
void opline_put_hex(uint32_t value, uint32_t digits); /* lower case, leading zeros */
/* "<before><value><after>\r\n" and friends: one reply line each. */
void opline_line(const char* text);
void opline_line_decimal(const char* before, uint64_t value, const char* after);
void opline_line_hex(const char* before, uint32_t value, const char* after);
void opline_error(const char* text);                           /* "e-[<text>]\r\n" */
void opline_put_results(const int8_t* output, uint32_t bytes); /* "m-results-[1,-2,...]\r\n" */
void opline_put_lap(uint64_t cycles); /* "m-lap-us-N\r\n", or that time is unknown */

/* From the host: strict, 1 on success. */
int opline_equal(const char* a, const char* b);
int opline_parse_decimal(const char* text, uint32_t* value); /* digits only, at most 2^32 - 1 */
int opline_parse_hex32(const char* text, uint32_t* value);   /* exactly 8 digits */
/* Pairs of digits until the end of the text, at most `capacity` bytes; -1 if that is not what is
 * there. */
int32_t opline_parse_bytes(const char* text, uint8_t* bytes, int32_t capacity);

/* Byte `index` of the input that `seed` stands for; opline_input_byte() of opline_plan.h. */
static inline uint32_t opline_device_mix(uint32_t x) {
  x ^= x >> 16;
  x *= 0x85ebca6bu;
  x ^= x >> 13;
  x *= 0xc2b2ae35u;
  x ^= x >> 16;
  return x;
}
static inline int8_t opline_device_input_byte(uint32_t seed, uint32_t index) {
  return (int8_t)(opline_device_mix(index ^ opline_device_mix(seed + 0x632be5abu)) >> 24);
}

#ifdef __cplusplus
}
#endif
#endif /* OPLINE_DEVICE_H */

#if defined(OPLINE_DEVICE_IMPLEMENTATION) && !defined(OPLINE_DEVICE_IMPLEMENTED)
#define OPLINE_DEVICE_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Checksum ---- */

/* CRC-32 (IEEE 802.3) of what `crc` is of, followed by these bytes; four bits at a time: a table of
 * 64 bytes. */
static uint32_t opline_device_crc32(uint32_t crc, const void* data, uint32_t bytes) {
  static const uint32_t kTable[16] = {0x00000000u, 0x1db71064u, 0x3b6e20c8u, 0x26d930acu,
                                      0x76dc4190u, 0x6b6b51f4u, 0x4db26158u, 0x5005713cu,
                                      0xedb88320u, 0xf00f9344u, 0xd6d6a3e8u, 0xcb61b38cu,
                                      0x9b64c2b0u, 0x86d3d2d4u, 0xa00ae278u, 0xbdbdf21cu};
  const uint8_t* p = (const uint8_t*)data;
  crc = ~crc;
  for (; bytes > 0; --bytes, ++p) {
    crc ^= *p;
    crc = (crc >> 4) ^ kTable[crc & 15u];
    crc = (crc >> 4) ^ kTable[crc & 15u];
  }
  return ~crc;
}

/* Of the checked command and the bytes of its reply so far. */
static uint32_t opline_reply_crc;

/* ---- Text ---- */

static void opline_put_byte(char c) {
  opline_reply_crc = opline_device_crc32(opline_reply_crc, &c, 1);
  opline_board_put(c);
}

void opline_put(const char* text) {
  while (*text != '\0') opline_put_byte(*text++);
}

void opline_put_decimal(uint64_t value) {
  char digits[20];
  uint32_t count = 0;
  do {
    digits[count++] = (char)('0' + value % 10u);
    value /= 10u;
  } while (value != 0);
  while (count > 0) opline_put_byte(digits[--count]);
}

void opline_put_signed(int32_t value) {
  if (value < 0) opline_put_byte('-');
  opline_put_decimal(value < 0 ? (uint64_t)(-(int64_t)value) : (uint64_t)value);
}

void opline_put_hex(uint32_t value, uint32_t digits) {
  while (digits > 0) opline_put_byte("0123456789abcdef"[(value >> (4u * --digits)) & 15u]);
}

void opline_line(const char* text) {
  opline_put(text);
  opline_put("\r\n");
}

void opline_line_decimal(const char* before, uint64_t value, const char* after) {
  opline_put(before);
  opline_put_decimal(value);
  opline_line(after);
}

void opline_line_hex(const char* before, uint32_t value, const char* after) {
  opline_put(before);
  opline_put_hex(value, 8);
  opline_line(after);
}

void opline_error(const char* text) {
  opline_put("e-[");
  opline_put(text);
  opline_line("]");
}

void opline_put_results(const int8_t* output, uint32_t bytes) {
  opline_put("m-results-[");
  for (uint32_t i = 0; i < bytes; ++i) {
    if (i != 0) opline_put(",");
    opline_put_signed(output[i]);
  }
  opline_line("]");
}

int opline_equal(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

int opline_parse_decimal(const char* text, uint32_t* value) {
  uint64_t sum = 0;
  if (*text == '\0') return 0;
  for (; *text != '\0'; ++text) {
    if (*text < '0' || *text > '9') return 0;
    sum = sum * 10u + (uint32_t)(*text - '0');
    if (sum > UINT32_MAX) return 0;
  }
  *value = (uint32_t)sum;
  return 1;
}

static int32_t opline_hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int32_t opline_parse_bytes(const char* text, uint8_t* bytes, int32_t capacity) {
  int32_t count = 0;
  for (; *text != '\0'; text += 2) {
    const int32_t high = opline_hex_digit(text[0]);
    const int32_t low = high < 0 ? -1 : opline_hex_digit(text[1]);
    if (low < 0 || count == capacity) return -1;
    bytes[count++] = (uint8_t)(high * 16 + low);
  }
  return count;
}

int opline_parse_hex32(const char* text, uint32_t* value) {
  uint8_t bytes[4];
  if (opline_parse_bytes(text, bytes, 4) != 4) return 0;
  *value = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
  return 1;
}

/* ---- Cycles ---- */

uint64_t opline_cycles(void) {
  static uint32_t last, wraps;
  const uint32_t now = opline_board_cycles();
  if (now < last) ++wraps;
  last = now;
  return ((uint64_t)wraps << 32) | now;
}

/* ---- Commands that every device answers; name, profile and timestamp as MLPerf Tiny's device
 * under test does (mlcommons/tiny benchmark/api/internally_implemented.cpp) ---- */

/* The value of `key` in opline_build_info, on the line. */
static void opline_put_build_value(const char* key) {
  const char* p = opline_build_info;
  while (*p != '\0') {
    const char* k = key;
    while (*k != '\0' && *p == *k) {
      ++p;
      ++k;
    }
    const int found = *k == '\0' && *p == '=';
    if (found) ++p;
    for (; *p != '\0' && *p != '\n'; ++p) {
      if (found) opline_put_byte(*p);
    }
    if (found) return;
    if (*p == '\n') ++p;
  }
}

static void opline_put_setup(const struct opline_conversation* conversation) {
  for (const char* p = opline_build_info; *p != '\0';) {
    opline_put("m-setup-[");
    for (; *p != '\0' && *p != '\n'; ++p) opline_put_byte(*p);
    opline_line("]");
    if (*p == '\n') ++p;
  }
  opline_line_decimal("m-setup-[clock_hz=", opline_board_clock_hz(), "]");
  opline_put("m-setup-[clock_source=");
  opline_put(opline_board_clock_source());
  opline_line("]");
  opline_line_decimal("m-setup-[cycle_counter=", (uint64_t)opline_board_has_cycle_counter(), "]");
  opline_line("m-setup-[checked=1]");
  conversation->setup(conversation->context);
}

static void opline_put_help(const struct opline_conversation* conversation) {
  opline_put_build_value("runtime");
  opline_line("");
  opline_line("");
  opline_line("help               : this text");
  opline_line("name, profile      : who this is");
  opline_line(OPLINE_ENERGY_MODE ? "timestamp          : a pulse on the trigger pin"
                                 : "timestamp          : microseconds since start");
  opline_line("setup              : capabilities, one m-setup-[key=value] a line");
  opline_line("crc ADDRESS N      : CRC-32 of N bytes of the flash, ADDRESS in 8 hex digits");
  conversation->help(conversation->context);
}

/* Microseconds need a counter and a known clock; where one is missing the host hears so instead of
 * a number. */
void opline_put_lap(uint64_t cycles) {
  const uint32_t hz = opline_board_clock_hz();
  if (hz == 0 || !opline_board_has_cycle_counter()) {
    opline_error("timestamp: the clock or the cycle counter is unknown on this board");
    return;
  }
  /* Whole seconds apart from the rest: cycles * 1000000 wraps after a day. */
  opline_line_decimal("m-lap-us-", cycles / hz * 1000000u + cycles % hz * 1000000u / hz, "");
}

#if defined(__GNUC__)
__attribute__((weak))
#endif
const uint8_t*
opline_board_flash(uint32_t address, uint32_t bytes) {
#if defined(__arm__)
  const uint32_t kCodeRegion = 0x20000000u; /* ARMv7-M ARM, B3.1 */
  if (address < kCodeRegion && bytes <= kCodeRegion - address) return (const uint8_t*)address;
#else
  (void)address, (void)bytes;
#endif
  return NULL;
}

static void opline_put_flash_crc(const struct opline_words* words) {
  uint32_t address, bytes;
  if (words->count != 3 || !opline_parse_hex32(words->word[1], &address) ||
      !opline_parse_decimal(words->word[2], &bytes)) {
    opline_error("crc: expected an address of 8 hex digits and a decimal number of bytes");
    return;
  }
  const uint8_t* flash = opline_board_flash(address, bytes);
  if (flash == NULL) {
    opline_error("crc: these addresses are not in the flash");
  } else {
    opline_line_hex("m-crc-[", opline_device_crc32(0, flash, bytes), "]");
  }
}

/* 0 for any other word. */
static int opline_common_command(const struct opline_conversation* conversation,
                                 const struct opline_words* words) {
  const char* name = words->word[0];
  if (opline_equal(name, "crc")) {
    opline_put_flash_crc(words);
    return 1;
  }
  const int is_name = opline_equal(name, "name"), is_profile = opline_equal(name, "profile");
  const int is_timestamp = opline_equal(name, "timestamp"), is_setup = opline_equal(name, "setup");
  if (!is_name && !is_profile && !is_timestamp && !is_setup && !opline_equal(name, "help"))
    return 0;
  if (words->count > 1) {
    opline_error("expected fewer words; see 'help%'");
  } else if (is_name) {
    opline_line("m-name-dut-[opline]");
  } else if (is_profile) {
    opline_put("m-profile-[");
    opline_put_build_value("runtime");
    opline_line("]");
    opline_put("m-model-[");
    opline_put(conversation->model);
    opline_line("]");
  } else if (is_timestamp) {
#if OPLINE_ENERGY_MODE
    opline_board_pulse();
#else
    opline_put_lap(opline_cycles());
#endif
  } else if (is_setup) {
    opline_put_setup(conversation);
  } else {
    opline_put_help(conversation);
  }
  return 1;
}

/* ---- From bytes to commands ---- */

/* Of a checked command, before its words: 8 digits of CRC-32, 2 of the host's number. */
#define OPLINE_CHECK_BYTES 10u
#define OPLINE_CRC_DIGITS 8u

static struct opline_words opline_split(char* command) {
  struct opline_words words;
  words.count = 0;
  for (uint32_t i = 0; i < OPLINE_COMMAND_WORDS; ++i) words.word[i] = "";
  for (char* p = command; *p != '\0';) {
    while (*p == ' ') *p++ = '\0';
    if (*p == '\0') break;
    if (words.count < OPLINE_COMMAND_WORDS) words.word[words.count] = p;
    ++words.count;
    while (*p != '\0' && *p != ' ') ++p;
  }
  return words;
}

static void opline_execute(const struct opline_conversation* conversation,
                           struct opline_command_line* line) {
  if (line->length > OPLINE_COMMAND_BYTES) {
    opline_error("command: longer than 80 bytes, ignored");
    return;
  }
  line->command[line->length] = '\0';
  const struct opline_words words =
      opline_split(line->command + (line->is_checked ? OPLINE_CHECK_BYTES : 0));
  if (words.count > OPLINE_COMMAND_WORDS) {
    opline_error("command: expected at most 4 words");
    return;
  }
  if (opline_common_command(conversation, &words) ||
      conversation->command(conversation->context, &words))
    return;
  opline_put("e-[unknown command '");
  opline_put(words.word[0]);
  opline_line("': see 'help%']");
}

/* The CRC-32 of a checked command is that of what follows it; 0 where it differs. */
static int opline_is_whole(const struct opline_command_line* line) {
  char digits[OPLINE_CRC_DIGITS + 1u];
  uint32_t crc;
  if (line->length < OPLINE_CHECK_BYTES || line->length > OPLINE_COMMAND_BYTES) return 0;
  for (uint32_t i = 0; i < OPLINE_CRC_DIGITS; ++i) digits[i] = line->command[i];
  digits[OPLINE_CRC_DIGITS] = '\0';
  if (!opline_parse_hex32(digits, &crc)) return 0;
  return crc == opline_device_crc32(0, line->command + OPLINE_CRC_DIGITS,
                                    line->length - OPLINE_CRC_DIGITS);
}

/* The reply's m-ready holds the host's number and a CRC-32 of command and reply. */
static void opline_execute_checked(const struct opline_conversation* conversation,
                                   struct opline_command_line* line) {
  if (!opline_is_whole(line)) {
    opline_line("m-resend");
    opline_line("m-ready");
    return;
  }
  const char number[] = {line->command[OPLINE_CRC_DIGITS], line->command[OPLINE_CRC_DIGITS + 1u],
                         '\0'};
  opline_reply_crc = opline_device_crc32(0, line->command, line->length);
  opline_execute(conversation, line);
  const uint32_t crc = opline_reply_crc;
  opline_put("m-ready-[");
  opline_put(number);
  opline_line_hex(",", crc, "]");
}

void opline_conversation_start(struct opline_command_line* line) {
  line->length = line->is_checked = 0;
  opline_line(OPLINE_ENERGY_MODE ? "m-timestamp-mode-energy" : "m-timestamp-mode-performance");
  opline_line("m-init-done");
  opline_line("m-ready");
}

void opline_conversation_receive(const struct opline_conversation* conversation,
                                 struct opline_command_line* line, char byte) {
  if (byte == '\r' || byte == '\n') return;
  if (byte == '#') { /* whatever was left of a command before it */
    line->length = 0;
    line->is_checked = 1;
    return;
  }
  if (byte != '%') {
    if (line->length < OPLINE_COMMAND_BYTES) line->command[line->length] = byte;
    if (line->length <= OPLINE_COMMAND_BYTES) ++line->length;
    return;
  }
  if (line->is_checked) {
    opline_execute_checked(conversation, line);
  } else {
    opline_execute(conversation, line);
    opline_line("m-ready");
  }
  line->length = line->is_checked = 0;
}

#ifndef OPLINE_DEVICE_LINE_ONLY
/* ---- A model in the region ---- */

struct opline_device_layer {
  uint32_t cycles, digest;
  uint32_t has_digest;
};

enum opline_device_run_kind { OPLINE_RUN_PLAIN, OPLINE_RUN_DIGESTS, OPLINE_RUN_CYCLES };

static struct {
  struct opline_device_layer layers[OPLINE_DEVICE_LAYERS];
  enum opline_device_run_kind kind;
  uint32_t layer_count; /* of the run at hand or the last one; may exceed OPLINE_DEVICE_LAYERS */
  uint32_t began;
  uint64_t total_cycles;
  uint32_t output_digest;
  int loaded, has_run;
} opline_device;

void opline_device_layer_begin(void) { opline_device.began = opline_board_cycles(); }

void opline_device_layer_end(void) {
  const uint32_t now = opline_board_cycles();
  if (opline_device.layer_count < OPLINE_DEVICE_LAYERS) {
    struct opline_device_layer* layer = &opline_device.layers[opline_device.layer_count];
    if (opline_device.kind == OPLINE_RUN_CYCLES) {
      layer->cycles = now - opline_device.began;
    } else {
      layer->has_digest = 0;
    }
  }
  ++opline_device.layer_count;
  opline_cycles(); /* so that the total misses no wrap of the counter */
}

void opline_device_layer_output(const void* output, uint32_t bytes) {
  const uint32_t count = opline_device.layer_count;
  if (opline_device.kind != OPLINE_RUN_DIGESTS || count == 0 || count > OPLINE_DEVICE_LAYERS)
    return;
  opline_device.layers[count - 1u].digest = opline_device_crc32(0, output, bytes);
  opline_device.layers[count - 1u].has_digest = 1;
}

/* A runtime's own words within a reply's brackets: one line, whatever its log holds. */
static void opline_put_reason(const char* reason) {
  for (; *reason != '\0'; ++reason) {
    const char c = *reason;
    if (c == '[' || c == ']') {
      opline_put_byte(c == '[' ? '(' : ')');
    } else if (c >= ' ' && c <= '~') {
      opline_put_byte(c);
    } else if (reason[1] != '\0') {
      opline_put_byte(' ');
    }
  }
}

static void opline_runtime_error(const char* reason) {
  opline_put("e-[");
  opline_put_reason(reason);
  opline_line("]");
}

static void opline_put_not_fitting(const struct opline_model_trouble* trouble) {
  opline_put("m-does-not-fit-[");
  opline_put_reason(trouble->reason != NULL ? trouble->reason : "the arena is too small");
  if (trouble->needed_bytes != 0) {
    opline_put(": needs ");
    opline_put_decimal(trouble->needed_bytes);
    opline_put(" B");
  }
  opline_put("; ");
  opline_put_decimal(opline_model_arena_bytes());
  opline_line(" B of arena are there]");
}

static void opline_model_command_load(const struct opline_words* words) {
  const uint32_t capacity = (uint32_t)(opline_tensors_end - opline_tensors_start);
  uint32_t bytes, crc;
  opline_device.loaded = opline_device.has_run = 0;
  if (words->count != 4 || !opline_parse_decimal(words->word[2], &bytes) ||
      !opline_parse_hex32(words->word[3], &crc)) {
    opline_error("model load: expected decimal bytes and a CRC-32 of 8 hex digits");
    return;
  }
  if (bytes > capacity) {
    opline_error("model load: more bytes than the region has");
    return;
  }
  if (opline_device_crc32(0, opline_tensors_start, bytes) != crc) {
    opline_error("model load: the region holds other bytes; place the .tflite there first");
    return;
  }
  struct opline_model_trouble trouble = {NULL, 0};
  switch (opline_model_load(opline_tensors_start, bytes, &trouble)) {
    case OPLINE_MODEL_READY:
      opline_device.loaded = 1;
      opline_line("m-model-loaded");
      break;
    case OPLINE_MODEL_DOES_NOT_FIT:
      opline_put_not_fitting(&trouble);
      break;
    default:
      opline_runtime_error(trouble.reason != NULL ? trouble.reason
                                                  : "model load: the runtime refuses the model");
  }
}

/* As if the inputs lay one behind the other, each from a multiple of 16 on. */
static void opline_model_fill_inputs(uint32_t seed) {
  uint32_t bytes, start = 0;
  int8_t* input = opline_model_input(&bytes);
  for (uint32_t index = 1; input != NULL; ++index) {
    for (uint32_t i = 0; i < bytes; ++i) input[i] = opline_device_input_byte(seed, start + i);
    start = (start + bytes + 15u) & ~15u;
#if OPLINE_DEVICE_FURTHER_TENSORS
    input = opline_model_further_input(index, &bytes);
#else
    input = NULL;
#endif
  }
}

/* Of all outputs, one behind the other. */
static uint32_t opline_model_output_digest(void) {
  uint32_t bytes, digest = 0;
  const int8_t* output = opline_model_output(&bytes);
  for (uint32_t index = 1; output != NULL; ++index) {
    digest = opline_device_crc32(digest, output, bytes);
#if OPLINE_DEVICE_FURTHER_TENSORS
    output = opline_model_further_output(index, &bytes);
#else
    output = NULL;
#endif
  }
  return digest;
}

static const char* opline_model_once(uint32_t seed, enum opline_device_run_kind kind) {
#if OPLINE_DEVICE_STATE
  const char* trouble = opline_model_reset();
  if (trouble != NULL) return trouble;
#endif
  opline_model_fill_inputs(seed);
  opline_device.kind = kind;
  opline_device.layer_count = 0;
  const uint64_t start = opline_cycles();
  const char* error = opline_model_invoke();
  opline_device.total_cycles = opline_cycles() - start;
  return error;
}

static const char* opline_model_measure(uint32_t seed, uint32_t unmeasured) {
  opline_device.has_run = 0;
  if (!opline_device.loaded) return "model run: expected 'model load' before";
  if (unmeasured == 0) return "model run: expected at least one unmeasured run";
  opline_board_same_start();
  for (uint32_t i = 0; i < unmeasured; ++i) {
    const char* error =
        opline_model_once(seed, i + 1u == unmeasured ? OPLINE_RUN_DIGESTS : OPLINE_RUN_PLAIN);
    if (error != NULL) return error;
  }
  const uint32_t layers = opline_device.layer_count;
  const uint32_t interrupts = opline_interrupts_off();
  const char* error = opline_model_once(seed, OPLINE_RUN_CYCLES);
  opline_interrupts_restore(interrupts);
  if (error != NULL) return error;
  if (opline_device.layer_count != layers)
    return "model run: two runs have different numbers of operators";
  if (layers > OPLINE_DEVICE_LAYERS)
    return "model run: more operators than OPLINE_DEVICE_LAYERS; raise it and build again";
  opline_device.output_digest = opline_model_output_digest();
  opline_device.has_run = 1;
  return NULL;
}

static void opline_model_command_run(const struct opline_words* words) {
  uint32_t seed, unmeasured = 1;
  if (words->count < 3 || !opline_parse_decimal(words->word[2], &seed) ||
      (words->count == 4 && !opline_parse_decimal(words->word[3], &unmeasured))) {
    opline_error("model run: expected a decimal seed and at most one more number");
    return;
  }
  const char* error = opline_model_measure(seed, unmeasured);
  if (error != NULL) {
    opline_runtime_error(error);
  } else {
    opline_line("m-run-done");
  }
}

/* What is not known stays empty: unknown is not zero. */
static void opline_model_command_report(void) {
  const int timed = opline_board_has_cycle_counter();
  if (!opline_device.has_run) {
    opline_error("model report: expected 'model run' before");
    return;
  }
  for (uint32_t i = 0; i < opline_device.layer_count; ++i) {
    const struct opline_device_layer* layer = &opline_device.layers[i];
    opline_put("m-layer-[");
    opline_put_decimal(i);
    opline_put(",");
    if (timed) opline_put_decimal(layer->cycles);
    opline_put(",");
    if (layer->has_digest) opline_put_hex(layer->digest, 8);
    opline_line("]");
  }
  opline_put("m-total-[");
  if (timed) opline_put_decimal(opline_device.total_cycles);
  opline_line("]");
  opline_line_hex("m-output-[", opline_device.output_digest, "]");
}

static void opline_model_command_results(void) {
  uint32_t bytes;
  if (!opline_device.has_run) {
    opline_error("results: no inference has run");
    return;
  }
  const int8_t* output = opline_model_output(&bytes);
  opline_put_results(output, bytes);
}

static int opline_model_command(void* context, const struct opline_words* words) {
  (void)context;
  if (opline_equal(words->word[0], "results") && words->count == 1) {
    opline_model_command_results();
  } else if (!opline_equal(words->word[0], "model")) {
    return 0;
  } else if (opline_equal(words->word[1], "load")) {
    opline_model_command_load(words);
  } else if (opline_equal(words->word[1], "run")) {
    opline_model_command_run(words);
  } else if (opline_equal(words->word[1], "report") && words->count == 2) {
    opline_model_command_report();
  } else {
    opline_error("model: expected 'load N CRC', 'run SEED [W]' or 'report'");
  }
  return 1;
}

static void opline_model_setup(void* context) {
  (void)context;
  opline_line("m-setup-[payload=tflite]");
  opline_line_decimal("m-setup-[arena_bytes=", opline_model_arena_bytes(), "]");
  opline_line_decimal("m-setup-[tensors_address=", (uint64_t)(uintptr_t)opline_tensors_start, "]");
  opline_line_decimal(
      "m-setup-[tensors_bytes=", (uint64_t)(opline_tensors_end - opline_tensors_start), "]");
}

static void opline_model_help(void* context) {
  (void)context;
  opline_line(
      "model load N CRC   : take the .tflite of N bytes that is in the region, CRC-32 in 8 hex "
      "digits");
  opline_line(
      "model run SEED [W] : W unmeasured runs (1) and the measured one, on the input of that seed");
  opline_line("model report       : cycles and digests of that run");
  opline_line("results            : the output of that run");
}

void opline_device_run(void) {
  static struct opline_command_line line;
  static const struct opline_conversation kConversation = {"tflite", NULL, opline_model_command,
                                                           opline_model_setup, opline_model_help};
  opline_conversation_start(&line);
  for (;;) {
    const int byte = opline_board_get();
    if (byte >= 0) {
      opline_conversation_receive(&kConversation, &line, (char)byte);
    } else {
      opline_cycles(); /* so that no wrap of the counter goes unseen */
    }
  }
}
#endif /* OPLINE_DEVICE_LINE_ONLY */

#ifdef __cplusplus
}
#endif
#endif /* OPLINE_DEVICE_IMPLEMENTATION */
