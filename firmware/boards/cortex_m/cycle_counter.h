/* firmware/boards/cortex_m/cycle_counter.h - DWT->CYCCNT, and whether it is there. */
#ifndef OPLINE_CYCLE_COUNTER_H
#define OPLINE_CYCLE_COUNTER_H

#include "firmware/boards/cortex_m/registers.h"

/* Starts the counter from 0. Returns 1 if it advances; emulators without a DWT read zeros. */
static inline int opline_start_cycle_counter(void) {
  DEMCR |= DEMCR_TRCENA;
  DWT_LAR = DWT_LAR_KEY;
  DWT_CYCCNT = 0;
  DWT_CTRL |= DWT_CTRL_CYCCNTENA;
  const uint32_t before = DWT_CYCCNT;
  for (volatile int i = 0; i < 16; ++i) {
  }
  return DWT_CYCCNT != before;
}

#endif /* OPLINE_CYCLE_COUNTER_H */
