/* firmware/boards/from_file/uart.h - the UARTs that a board's file can name: 8N1, polled.
 *
 * OPLINE_UART_BASE and OPLINE_UART_KIND come from the generated header. Each kind has three
 * functions: start with a divider, send a byte once there is room, and take a byte or return -1. */
#ifndef OPLINE_BOARD_UART_H
#define OPLINE_BOARD_UART_H

#include "firmware/boards/cortex_m/registers.h"
#include "firmware/boards/from_file/opline_board_file.h" /* generated */

#define OPLINE_UART_STM32_V1 1
#define OPLINE_UART_STM32_V2 2
#define OPLINE_UART_NRF 3
#define OPLINE_UART_CMSDK 4

/* A byte takes 1.04 ms at 9600 baud, 500000 cycles at 480 MHz; a poll at least 5: generous, and
 * bounded. */
enum { kTransmitPatience = 400000 };

#define UART_REGISTER(offset) OPLINE_REGISTER(OPLINE_UART_BASE + (offset))

static inline void wait_to_send(volatile const uint32_t* status, uint32_t mask, uint32_t value) {
  for (int i = 0; i < kTransmitPatience && (*status & mask) != value; ++i) {
  }
}

#if OPLINE_UART_KIND == OPLINE_UART_STM32_V1

/* RM0390 25.6: SR, DR, BRR, CR1. Oversampling by 16. */
static inline void uart_start(uint32_t divider) {
  UART_REGISTER(0x08) = divider;
  UART_REGISTER(0x0C) = 1u << 13 | 1u << 3 | 1u << 2; /* UE, TE, RE */
}

static inline void uart_send(uint8_t byte) {
  wait_to_send(&UART_REGISTER(0x00), 1u << 7, 1u << 7); /* TXE */
  UART_REGISTER(0x04) = byte;
}

/* Reading DR also clears an overrun; without RXNE its byte was delivered before. */
static inline int uart_take(void) {
  const uint32_t status = UART_REGISTER(0x00);
  if ((status & (1u << 5 | 1u << 3)) == 0) return -1; /* RXNE, ORE */
  const uint32_t byte = UART_REGISTER(0x04) & 0xFFu;
  return (status & 1u << 5) != 0 ? (int)byte : -1;
}

#elif OPLINE_UART_KIND == OPLINE_UART_STM32_V2

/* RM0385 31.8; the LPUART has the same registers and bits (RM0432 51.7). */
static inline void uart_start(uint32_t divider) {
  UART_REGISTER(0x0C) = divider;
  UART_REGISTER(0x00) = 1u << 0 | 1u << 3 | 1u << 2; /* UE, TE, RE */
}

static inline void uart_send(uint8_t byte) {
  wait_to_send(&UART_REGISTER(0x1C), 1u << 7, 1u << 7); /* TXE */
  UART_REGISTER(0x28) = byte;
}

/* A lost byte shows as a malformed command or a wrong CRC; the flag would stop nothing, but would
 * stay. */
static inline int uart_take(void) {
  const uint32_t status = UART_REGISTER(0x1C);
  if ((status & 1u << 3) != 0) UART_REGISTER(0x20) = 1u << 3; /* ORE */
  if ((status & 1u << 5) == 0) return -1;                     /* RXNE */
  return (int)(UART_REGISTER(0x24) & 0xFFu);
}

#elif OPLINE_UART_KIND == OPLINE_UART_NRF

/* nRF52840 Product Specification, UARTE: one byte at a time by EasyDMA, which reads and writes RAM
 * only. `divider` is the value of BAUDRATE. */
static uint8_t uart_sent, uart_received;

static void uart_receive_next(void) {
  UART_REGISTER(0x110) = 0;                                   /* EVENTS_ENDRX */
  UART_REGISTER(0x534) = (uint32_t)(uintptr_t)&uart_received; /* RXD.PTR */
  UART_REGISTER(0x538) = 1;                                   /* RXD.MAXCNT */
  UART_REGISTER(0x000) = 1;                                   /* TASKS_STARTRX */
}

static inline void uart_start(uint32_t divider) {
  UART_REGISTER(0x524) = divider;
  UART_REGISTER(0x500) = 8; /* ENABLE */
  UART_REGISTER(0x120) = 1; /* EVENTS_ENDTX: nothing is being sent */
  uart_receive_next();
}

static inline void uart_send(uint8_t byte) {
  wait_to_send(&UART_REGISTER(0x120), 1, 1);
  UART_REGISTER(0x120) = 0;
  uart_sent = byte;
  UART_REGISTER(0x544) = (uint32_t)(uintptr_t)&uart_sent; /* TXD.PTR */
  UART_REGISTER(0x548) = 1;                               /* TXD.MAXCNT */
  UART_REGISTER(0x008) = 1;                               /* TASKS_STARTTX */
}

static inline int uart_take(void) {
  if (UART_REGISTER(0x110) == 0) return -1;
  const int byte = *(volatile uint8_t*)&uart_received;
  uart_receive_next();
  return byte;
}

#elif OPLINE_UART_KIND == OPLINE_UART_CMSDK

/* Cortex-M System Design Kit TRM (DDI 0479) 4.3, table 4-3. */
static inline void uart_start(uint32_t divider) {
  UART_REGISTER(0x10) = divider;
  UART_REGISTER(0x08) = 1u << 0 | 1u << 1; /* TX, RX */
}

static inline void uart_send(uint8_t byte) {
  wait_to_send(&UART_REGISTER(0x04), 1u << 0, 0); /* TX buffer full */
  UART_REGISTER(0x00) = byte;
}

static inline int uart_take(void) {
  if ((UART_REGISTER(0x04) & 1u << 1) == 0) return -1; /* RX buffer full */
  return (int)(UART_REGISTER(0x00) & 0xFFu);
}

#else
#error "unknown OPLINE_UART_KIND"
#endif

#endif /* OPLINE_BOARD_UART_H */
