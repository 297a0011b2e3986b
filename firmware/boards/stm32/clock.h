/* firmware/boards/stm32/clock.h - the full clock from the ST-LINK's 8 MHz, or from the internal 16
 * MHz. */
#ifndef OPLINE_STM32_CLOCK_H
#define OPLINE_STM32_CLOCK_H

#include <stdint.h>

/* What a device wants. The PLL gets 2 MHz and divides its VCO by 2, so its multiplier is the core's
 * clock in MHz. */
struct opline_clock_wish {
  uint32_t core_hz;
  uint32_t pll_q; /* 48 MHz or less for USB, which is not used */
  uint32_t wait_states;
  uint32_t flash_features; /* prefetch and caches: bits of FLASH_ACR */
};

struct opline_clock {
  uint32_t core_hz;   /* 0: unknown (the PLL never became ready; an emulator) */
  uint32_t apb1_hz;   /* what USART2 and USART3 run from, as far as known */
  const char* source; /* "hse", "hsi" or "unknown" */
};

/* Sets voltage scale 1, over-drive, flash wait states and PLL; APB1 gets a quarter, APB2 half of
 * the core's clock. Every wait is bounded. */
struct opline_clock opline_start_clock(const struct opline_clock_wish* wish);

#endif /* OPLINE_STM32_CLOCK_H */
