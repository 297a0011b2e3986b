/* firmware/boards/stm32/clock.c - see the header.
 *
 * PLL: 2 MHz in (HSE 8 MHz / 4 or HSI 16 MHz / 8), times the core's MHz, / 2 (VCO input 1 to 2 MHz,
 * 2 recommended; VCO 100 to 432 MHz: RM0390 6.3.2, RM0385 5.3.2, RM0410 5.3.2). Above 168 MHz
 * (F446) and 180 MHz (F7) the core needs over-drive, above 144 MHz voltage scale 1 (RM0390 5.1.4,
 * RM0385 4.1.4, RM0410 4.1.4). */
#include "firmware/boards/stm32/clock.h"

#include "firmware/boards/stm32/registers.h"

enum {
  kHsiHz = 16000000,
  /* Polls of about ten cycles at 16 MHz: 60 ms, twenty times what the slowest oscillator takes. */
  kPatience = 100000,
};

static int wait_for(volatile const uint32_t* reg, uint32_t mask, uint32_t value) {
  for (int i = 0; i < kPatience; ++i) {
    if ((*reg & mask) == value) return 1;
  }
  return 0;
}

/* The ST-LINK drives OSC_IN with its MCO (UM1724 6.7.1, UM1974 6.8), hence the bypass. */
static int start_hse(void) {
  RCC_CR |= RCC_CR_HSEBYP;
  RCC_CR |= RCC_CR_HSEON;
  return wait_for(&RCC_CR, RCC_CR_HSERDY, RCC_CR_HSERDY);
}

static void configure_pll(const struct opline_clock_wish* wish, int hse) {
  const uint32_t divider = hse ? 4u : 8u;
  RCC_PLLCFGR = RCC_PLLCFGR_M(divider) | RCC_PLLCFGR_N(wish->core_hz / 1000000u) | RCC_PLLCFGR_P_2 |
                (hse ? RCC_PLLCFGR_SRC_HSE : 0u) | RCC_PLLCFGR_Q(wish->pll_q) | RCC_PLLCFGR_R(2u);
  RCC_CR |= RCC_CR_PLLON;
}

/* RM0390 5.1.4, RM0385 4.1.4, RM0410 4.1.4: entering over-drive while the PLL locks and before the
 * switch to it. */
static int enter_over_drive(void) {
  PWR_CR |= PWR_CR_ODEN;
  if (!wait_for(&PWR_CSR, PWR_CSR_ODRDY, PWR_CSR_ODRDY)) return 0;
  PWR_CR |= PWR_CR_ODSWEN;
  return wait_for(&PWR_CSR, PWR_CSR_ODSWRDY, PWR_CSR_ODSWRDY);
}

/* RM0390 3.4.1, RM0385 3.3.2, RM0410 3.3.2: the new latency must be read back before the frequency
 * rises. */
static int slow_flash(const struct opline_clock_wish* wish) {
  FLASH_ACR = wish->wait_states | wish->flash_features;
  return wait_for(&FLASH_ACR, FLASH_ACR_LATENCY_MASK, wish->wait_states);
}

static int switch_to_pll(void) {
  if (!wait_for(&RCC_CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY)) return 0;
  RCC_CFGR |= RCC_CFGR_PPRE1_DIV4 | RCC_CFGR_PPRE2_DIV2;
  RCC_CFGR = (RCC_CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_PLL;
  if (wait_for(&RCC_CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL)) return 1;
  RCC_CFGR = (RCC_CFGR & ~RCC_CFGR_SW_MASK) &
             ~(RCC_CFGR_PPRE1_DIV4 | RCC_CFGR_PPRE2_DIV2); /* HSI, undivided, for the UART */
  return 0;
}

struct opline_clock opline_start_clock(const struct opline_clock_wish* wish) {
  RCC_APB1ENR |= RCC_APB1ENR_PWR;
  PWR_CR |= PWR_CR_VOS_SCALE1; /* while the PLL is off: RM0390 5.4.1, RM0385 4.4.1, RM0410 4.4.1 */
  const int hse = start_hse();
  configure_pll(wish, hse);
  if (enter_over_drive() && slow_flash(wish) && switch_to_pll()) {
    const struct opline_clock clock = {wish->core_hz, wish->core_hz / 4, hse ? "hse" : "hsi"};
    return clock;
  }
  const struct opline_clock unknown = {0, kHsiHz, "unknown"};
  return unknown;
}
