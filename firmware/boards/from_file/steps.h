/* firmware/boards/from_file/steps.h - what a board's file says its start-up does
 * (docs/formats/board.md), as the generated header opline_board_file.h holds it.
 */
#ifndef OPLINE_BOARD_STEPS_H
#define OPLINE_BOARD_STEPS_H

#include <stdint.h>

enum { OPLINE_STEP_WRITE, OPLINE_STEP_MODIFY, OPLINE_STEP_POLL };

struct opline_step {
  uint32_t kind, address, mask, value;
};

/* One clock, and what the UART gets on it. */
struct opline_operating_point {
  uint32_t hz, uart_divider;
  const char* source;
  const struct opline_step* steps;
  uint32_t count;
};

#endif /* OPLINE_BOARD_STEPS_H */
