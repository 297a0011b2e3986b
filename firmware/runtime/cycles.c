/* firmware/runtime/cycles.c - 64-bit cycles from the board's 32-bit counter.   Room: firmware. */
#include "firmware/boards/opline_board.h"
#include "firmware/runtime/opline_runtime.h"

static uint32_t last;
static uint32_t wraps;

uint64_t opline_cycles(void) {
  const uint32_t now = opline_board_cycles();
  if (now < last) ++wraps;
  last = now;
  return ((uint64_t)wraps << 32) | now;
}
