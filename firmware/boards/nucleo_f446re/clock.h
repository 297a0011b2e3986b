/* firmware/boards/nucleo_f446re/clock.h - 180 MHz from the ST-LINK's 8 MHz, or from the internal 16 MHz.
 * Room: firmware. */
#ifndef OPLINE_F446_CLOCK_H
#define OPLINE_F446_CLOCK_H

#include <stdint.h>

struct opline_clock {
  uint32_t core_hz;   /* 0: unknown (the PLL never became ready; an emulator) */
  uint32_t apb1_hz;   /* what USART2 runs from, as far as known */
  const char* source; /* "hse", "hsi" or "unknown" */
};

/* Sets voltage scale, over-drive, flash wait states, ART and PLL. Every wait is bounded. */
struct opline_clock opline_start_clock(void);

#endif /* OPLINE_F446_CLOCK_H */
