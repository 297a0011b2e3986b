/* firmware/boards/mps2/board.c - Arm MPS2 (AN386, AN500) as QEMU emulates it: CMSDK UART0, nothing
 * else.
 *
 * For cross-checks of protocol and digests: QEMU executes without timing, so the clock is reported
 * as unknown, whatever the board's oscillator, and the cycle counter as far as it advances. APB
 * UART: Cortex-M System Design Kit TRM (DDI 0479) 4.3, table 4-3; its address: DAI 0386 and DAI
 * 0500, "memory map". */
#include "firmware/boards/cortex_m/cycle_counter.h"
#include "firmware/boards/opline_board.h"

#define UART0_BASE 0x40004000u
#define UART0_DATA OPLINE_REGISTER(UART0_BASE + 0x00u)
#define UART0_STATE OPLINE_REGISTER(UART0_BASE + 0x04u)
#define UART_STATE_TX_FULL (1u << 0)
#define UART_STATE_RX_FULL (1u << 1)
#define UART0_CTRL OPLINE_REGISTER(UART0_BASE + 0x08u)
#define UART_CTRL_TX (1u << 0)
#define UART_CTRL_RX (1u << 1)
#define UART0_BAUDDIV OPLINE_REGISTER(UART0_BASE + 0x10u)

enum {
  kBoardHz = 25000000, /* SYSCLK of the FPGA image: DAI 0386, "clocks"; for the divider only */
  kBaud = 115200,
  kTransmitPatience = 200000,
};

static int counter_advances;

void opline_board_start(void) {
  UART0_BAUDDIV = (kBoardHz + kBaud / 2) / kBaud;
  UART0_CTRL = UART_CTRL_TX | UART_CTRL_RX;
  counter_advances = opline_start_cycle_counter();
}

void opline_board_same_start(void) {}

uint32_t opline_board_clock_hz(void) { return 0; }

const char* opline_board_clock_source(void) { return "unknown"; }

int opline_board_has_cycle_counter(void) { return counter_advances; }

uint32_t opline_board_cycles(void) { return DWT_CYCCNT; }

void opline_board_put(char c) {
  for (int i = 0; i < kTransmitPatience && (UART0_STATE & UART_STATE_TX_FULL) != 0; ++i) {
  }
  UART0_DATA = (uint8_t)c;
}

int opline_board_get(void) {
  if ((UART0_STATE & UART_STATE_RX_FULL) == 0) return -1;
  return (int)(UART0_DATA & 0xFFu);
}
