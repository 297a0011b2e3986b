/* firmware/boards/nucleo_f7/board.c - NUCLEO-F746ZG and NUCLEO-F767ZI: clock, caches, ST-LINK
 * virtual COM port.
 *
 * USART3 on PD8 (TX) and PD9 (RX), alternate function 7 (STM32F745xx/F746xx data sheet, table 12;
 * STM32F765xx/F767xx data sheet, table 13), goes to the ST-LINK (UM1974 6.9). 115200 baud, 8N1,
 * polled; USART3 runs from APB1 after reset (RCC_DCKCFGR2: RM0385 5.3.26, RM0410 5.3.26).
 *
 * No MPU: ARMv7-M's default memory map (DDI 0403E B3.1) is what is wanted - flash at 0x08000000
 * cacheable and never written, SRAM1 and SRAM2 cacheable with write-back and allocation on writes,
 * DTCM beside the caches, peripherals device memory. Nobody else (DMA, a second core) reads the
 * memory, so the data cache needs no cleaning while a network runs. */
#include "firmware/boards/opline_board.h"

#include "firmware/boards/cortex_m/caches.h"
#include "firmware/boards/cortex_m/cycle_counter.h"
#include "firmware/boards/nucleo_f7/registers.h"
#include "firmware/boards/stm32/clock.h"

enum {
  kBaud = 115200,
  /* A byte takes 87 us, 18800 cycles at 216 MHz; a poll at least 5: generous, and still 0.1 s. */
  kTransmitPatience = 200000,
};

/* 216 MHz needs 7 wait states at 2.7 to 3.6 V (RM0385 3.3.2, table 5; RM0410 3.3.2, table 7). APB1
 * may have 54 MHz, APB2 108 MHz (5.2). ART and its prefetch serve the flash's ITCM port only
 * (3.3.2): they are on, but code and weights are read over AXI, where the core's own caches are. */
static const struct opline_clock_wish kClock = {
    .core_hz = 216000000,
    .pll_q = 9,
    .wait_states = 7,
    .flash_features = FLASH_ACR_PRFTEN | FLASH_ACR_ARTEN,
};

static struct opline_clock the_clock;
static int counter_advances;

static void start_uart(uint32_t apb1_hz) {
  RCC_AHB1ENR |= RCC_AHB1ENR_GPIOD;
  RCC_APB1ENR |= RCC_APB1ENR_USART3;
  (void)RCC_APB1ENR; /* two cycles between enabling a clock and the first access: RM0385 5.2.13,
                        RM0410 5.2.13 */
  GPIO_MODER(GPIOD_BASE) = (GPIO_MODER(GPIOD_BASE) & ~(0xFu << 16)) | (0xAu << 16); /* PD8, PD9 */
  GPIO_AFRH(GPIOD_BASE) = (GPIO_AFRH(GPIOD_BASE) & ~0xFFu) | 0x77u;                 /* AF7 */
  USART3_BRR = (apb1_hz + kBaud / 2) / kBaud; /* oversampling by 16: RM0385 31.5.4, RM0410 34.5.4 */
  USART3_CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
}

void opline_board_start(void) {
  the_clock = opline_start_clock(&kClock);
  opline_start_caches();
  start_uart(the_clock.apb1_hz);
  counter_advances = opline_start_cycle_counter();
}

void opline_board_same_start(void) { opline_empty_caches(); }

uint32_t opline_board_clock_hz(void) { return the_clock.core_hz; }

const char* opline_board_clock_source(void) { return the_clock.source; }

int opline_board_has_cycle_counter(void) { return counter_advances; }

uint32_t opline_board_cycles(void) { return DWT_CYCCNT; }

void opline_board_put(char c) {
  for (int i = 0; i < kTransmitPatience && (USART3_ISR & USART_ISR_TXE) == 0; ++i) {
  }
  USART3_TDR = (uint8_t)c;
}

int opline_board_get(void) {
  const uint32_t status = USART3_ISR;
  /* A lost byte shows as a malformed command or a wrong CRC; the flag would stop nothing, but would
   * stay. */
  if ((status & USART_ISR_ORE) != 0) USART3_ICR = USART_ICR_ORECF;
  if ((status & USART_ISR_RXNE) == 0) return -1;
  return (int)(USART3_RDR & 0xFFu);
}
