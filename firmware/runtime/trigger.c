/* firmware/runtime/trigger.c - see the header. */
#include "firmware/runtime/trigger.h"

#include "firmware/boards/opline_board.h"

/* Of a board without a trigger pin. */
__attribute__((weak)) void opline_board_trigger(int on) { (void)on; }

static int pulses = OPLINE_ENERGY_MODE;

/* A reading of the counter takes at least a cycle: 1 us or more, and bounded where no counter is.
 * Of an unknown clock: cycles of 480 MHz, the fastest board's. */
void opline_board_pulse(void) {
  const uint32_t hz = opline_board_clock_hz();
  opline_board_trigger(0);
  for (uint32_t i = (hz != 0 ? hz : 480000000u) / 1000000u + 1u; i > 0; --i) opline_board_cycles();
  opline_board_trigger(1);
}

void opline_set_trigger_pulses(int on) {
  pulses = on;
  opline_board_trigger(on);
}

/* The same in both modes, so that a run takes the same cycles: outside of a run the pin is low
 * where its level marks runs. */
void opline_window_begins(void) { opline_board_pulse(); }

void opline_window_ends(void) {
  if (pulses) {
    opline_board_pulse();
  } else {
    opline_board_trigger(0);
  }
}
