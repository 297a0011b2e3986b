/* firmware/tools/make_pools.c - writes the image's pools; runs on the build machine.
 *
 *   make_pools SYMBOLS WEIGHTS CHANNELS
 *
 * SYMBOLS is the output of nm for an image without pools: opline_pools_start and opline_flash_end
 * say how much flash is left. OPLINE_CHANNEL_POOL_BYTES of it are the channel pool, the rest is
 * weights. Both are multiples of 16 bytes. */
#include <stdio.h>
#include <string.h>

#include "firmware/include/opline_plan.h"

static int fail(const char* what, const char* name) {
  fprintf(stderr, "make_pools: %s: %s\n", name, what);
  return 1;
}

/* "08001234 A opline_flash_end" */
static int find_symbol(FILE* symbols, const char* wanted, unsigned long* address) {
  char line[512], type, name[400];
  rewind(symbols);
  while (fgets(line, sizeof line, symbols) != NULL) {
    if (sscanf(line, "%lx %c %399s", address, &type, name) == 3 && strcmp(name, wanted) == 0)
      return 1;
  }
  return 0;
}

static int write_weights(const char* path, uint32_t bytes) {
  FILE* file = fopen(path, "wb");
  if (file == NULL) return fail("cannot be written", path);
  for (uint32_t i = 0; i < bytes; ++i) fputc((unsigned char)opline_pool_weight(i), file);
  return fclose(file) == 0 ? 0 : fail("cannot be written", path);
}

static void put_word(FILE* file, int32_t value) {
  for (int byte = 0; byte < 4; ++byte) fputc((int)(((uint32_t)value >> (8 * byte)) & 0xffu), file);
}

static int write_channels(const char* path, uint32_t entries) {
  FILE* file = fopen(path, "wb");
  if (file == NULL) return fail("cannot be written", path);
  for (uint32_t i = 0; i < entries; ++i) {
    const struct opline_channel channel = opline_pool_channel(i);
    put_word(file, channel.bias);
    put_word(file, channel.multiplier);
    put_word(file, channel.shift);
  }
  return fclose(file) == 0 ? 0 : fail("cannot be written", path);
}

int main(int argc, char** argv) {
  if (argc != 4) return fail("expected SYMBOLS WEIGHTS CHANNELS", "usage");
  FILE* symbols = fopen(argv[1], "r");
  if (symbols == NULL) return fail("cannot be read", argv[1]);
  unsigned long start = 0, end = 0;
  const int found = find_symbol(symbols, "opline_pools_start", &start) &&
                    find_symbol(symbols, "opline_flash_end", &end);
  fclose(symbols);
  if (!found || start >= end)
    return fail("opline_pools_start and opline_flash_end leave no flash", argv[1]);
  const uint32_t available = (uint32_t)(end - start) & ~(OPLINE_ALIGNMENT - 1u);
  const uint32_t channel_bytes = OPLINE_CHANNEL_POOL_BYTES;
  if (available <= channel_bytes)
    return fail("leaves too little flash for the channel pool", argv[1]);
  const int error = write_weights(argv[2], available - channel_bytes);
  return error != 0
             ? error
             : write_channels(argv[3], channel_bytes / (uint32_t)sizeof(struct opline_channel));
}
