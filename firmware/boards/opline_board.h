/* firmware/boards/opline_board.h - what the runtime asks of a board.   Room: firmware.
 *
 * A board is a folder: start-up, linker script, and these functions. Every wait in them is bounded, because
 * an emulator may lack a peripheral: the board then reports less instead of hanging. */
#ifndef OPLINE_BOARD_H
#define OPLINE_BOARD_H

#include <stdint.h>

/* Clocks, caches, UART, cycle counter: called once, before anything else here. */
void opline_board_start(void);

/* Brings the caches into a defined state: called before the unmeasured runs of a plan, so that what was executed before
 * does not show in the measured one, which finds the caches as the unmeasured run left them. */
void opline_board_same_start(void);

/* The core's clock in Hz; 0 when the clock tree could not be set and the frequency is therefore unknown. */
uint32_t opline_board_clock_hz(void);

/* What drives the clock: "hse", "hsi" or "unknown". */
const char* opline_board_clock_source(void);

/* 1 if opline_board_cycles() advances. */
int opline_board_has_cycle_counter(void);

/* The core's free-running 32-bit cycle counter. */
uint32_t opline_board_cycles(void);

/* One byte to the host; gives up after a bounded wait. */
void opline_board_put(char c);

/* The next byte from the host, or -1 if none has arrived. */
int opline_board_get(void);

#endif /* OPLINE_BOARD_H */
