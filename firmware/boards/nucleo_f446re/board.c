/* firmware/boards/nucleo_f446re/board.c - NUCLEO-F446RE: clock, ST-LINK virtual COM port, cycle
 * counter.
 *
 * USART2 on PA2 (TX) and PA3 (RX), alternate function 7 (STM32F446xC/E data sheet, table 11), goes
 * to the ST-LINK (UM1724 6.8). 115200 baud, 8N1, polled. */
#include "firmware/boards/opline_board.h"

#include "firmware/boards/cortex_m/cycle_counter.h"
#include "firmware/boards/nucleo_f446re/registers.h"
#include "firmware/boards/stm32/clock.h"

enum {
  kBaud = 115200,
  /* A byte takes 87 us, 15600 cycles at 180 MHz; a poll at least 5: generous, and still 0.1 s. */
  kTransmitPatience = 200000,
};

/* 180 MHz needs 5 wait states at 2.7 to 3.6 V (RM0390 3.4.1, table 5). APB1 may have 45 MHz, APB2
 * 90 MHz (6.2). */
static const struct opline_clock_wish kClock = {
    .core_hz = 180000000,
    .pll_q = 8,
    .wait_states = 5,
    .flash_features = FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN,
};

static struct opline_clock the_clock;
static int counter_advances;

static void start_uart(uint32_t apb1_hz) {
  RCC_AHB1ENR |= RCC_AHB1ENR_GPIOA;
  RCC_APB1ENR |= RCC_APB1ENR_USART2;
  (void)RCC_APB1ENR; /* RM0390 6.2.13: two cycles between enabling a clock and the first access */
  GPIO_MODER(GPIOA_BASE) =
      (GPIO_MODER(GPIOA_BASE) & ~(0xFu << 4)) | (0xAu << 4); /* PA2, PA3: alternate function */
  GPIO_AFRL(GPIOA_BASE) = (GPIO_AFRL(GPIOA_BASE) & ~(0xFFu << 8)) | (0x77u << 8); /* AF7 */
  USART2_BRR = (apb1_hz + kBaud / 2) / kBaud; /* RM0390 25.4.4, oversampling by 16 */
  USART2_CR1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
}

void opline_board_start(void) {
  the_clock = opline_start_clock(&kClock);
  start_uart(the_clock.apb1_hz);
  counter_advances = opline_start_cycle_counter();
}

uint32_t opline_board_clock_hz(void) { return the_clock.core_hz; }

const char* opline_board_clock_source(void) { return the_clock.source; }

/* Nothing to do: the ART's 72 lines hold flash only, and the unmeasured run replaces them. */
void opline_board_same_start(void) {}

int opline_board_has_cycle_counter(void) { return counter_advances; }

uint32_t opline_board_cycles(void) { return DWT_CYCCNT; }

void opline_board_put(char c) {
  for (int i = 0; i < kTransmitPatience && (USART2_SR & USART_SR_TXE) == 0; ++i) {
  }
  USART2_DR = (uint8_t)c;
}

int opline_board_get(void) {
  const uint32_t status = USART2_SR;
  if ((status & (USART_SR_RXNE | USART_SR_ORE)) == 0) return -1;
  const uint32_t byte =
      USART2_DR & 0xFFu; /* also clears an overrun; without RXNE it was delivered before */
  return (status & USART_SR_RXNE) != 0 ? (int)byte : -1;
}
