/* firmware/boards/nucleo_f446re/clock.c - see the header.   Room: firmware.
 *
 * PLL: 2 MHz in (HSE 8 MHz / 4 or HSI 16 MHz / 8), x 180 = 360 MHz VCO, / 2 = 180 MHz (RM0390 6.3.2: VCO
 * input 1 to 2 MHz, 2 recommended; VCO 100 to 432 MHz). 180 MHz needs voltage scale 1 with over-drive (5.1.4)
 * and 5 wait states at 2.7 to 3.6 V (3.4.1, table 5). APB1 at most 45 MHz, APB2 at most 90 MHz (6.2). */
#include "firmware/boards/nucleo_f446re/clock.h"

#include "firmware/boards/nucleo_f446re/registers.h"

enum {
  kHsiHz = 16000000,
  kCoreHz = 180000000,
  kWaitStates = 5,
  /* Polls of about ten cycles at 16 MHz: 60 ms, twenty times what the slowest oscillator takes. */
  kPatience = 100000,
};

static int wait_for(volatile const uint32_t* reg, uint32_t mask, uint32_t value) {
  for (int i = 0; i < kPatience; ++i) {
    if ((*reg & mask) == value) return 1;
  }
  return 0;
}

/* The ST-LINK drives OSC_IN with its MCO (UM1724 6.7.1), hence the bypass. */
static int start_hse(void) {
  RCC_CR |= RCC_CR_HSEBYP;
  RCC_CR |= RCC_CR_HSEON;
  return wait_for(&RCC_CR, RCC_CR_HSERDY, RCC_CR_HSERDY);
}

static void configure_pll(int hse) {
  const uint32_t divider = hse ? 4u : 8u;
  RCC_PLLCFGR = RCC_PLLCFGR_M(divider) | RCC_PLLCFGR_N(180u) | RCC_PLLCFGR_P_2 |
                (hse ? RCC_PLLCFGR_SRC_HSE : 0u) | RCC_PLLCFGR_Q(8u) | RCC_PLLCFGR_R(2u);
  RCC_CR |= RCC_CR_PLLON;
}

/* RM0390 5.1.4: entering over-drive while the PLL locks and before the switch to it. */
static int enter_over_drive(void) {
  PWR_CR |= PWR_CR_ODEN;
  if (!wait_for(&PWR_CSR, PWR_CSR_ODRDY, PWR_CSR_ODRDY)) return 0;
  PWR_CR |= PWR_CR_ODSWEN;
  return wait_for(&PWR_CSR, PWR_CSR_ODSWRDY, PWR_CSR_ODSWRDY);
}

/* RM0390 3.4.1: the new latency must be read back before the frequency rises. */
static int slow_flash(void) {
  FLASH_ACR = kWaitStates | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
  return wait_for(&FLASH_ACR, FLASH_ACR_LATENCY_MASK, kWaitStates);
}

static int switch_to_pll(void) {
  if (!wait_for(&RCC_CR, RCC_CR_PLLRDY, RCC_CR_PLLRDY)) return 0;
  RCC_CFGR |= RCC_CFGR_PPRE1_DIV4 | RCC_CFGR_PPRE2_DIV2;
  RCC_CFGR = (RCC_CFGR & ~RCC_CFGR_SW_MASK) | RCC_CFGR_SW_PLL;
  return wait_for(&RCC_CFGR, RCC_CFGR_SWS_MASK, RCC_CFGR_SWS_PLL);
}

struct opline_clock opline_start_clock(void) {
  RCC_APB1ENR |= RCC_APB1ENR_PWR;
  PWR_CR |= PWR_CR_VOS_SCALE1; /* while the PLL is off: 5.4.1 */
  const int hse = start_hse();
  configure_pll(hse);
  if (enter_over_drive() && slow_flash() && switch_to_pll()) {
    const struct opline_clock clock = {kCoreHz, kCoreHz / 4, hse ? "hse" : "hsi"};
    return clock;
  }
  const struct opline_clock unknown = {0, kHsiHz, "unknown"};
  return unknown;
}
