/* firmware/boards/opline_board.h - what the runtime asks of a board.
 *
 * A board is a folder: start-up, linker script, this function and those that opline_device.h lists
 * under "The board". Every wait in them is bounded, because an emulator may lack a peripheral: the
 * board then reports less instead of hanging. */
#ifndef OPLINE_BOARD_H
#define OPLINE_BOARD_H

#include "firmware/include/opline_device.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Clocks, caches, UART, cycle counter: called once, before any other function of the board. */
void opline_board_start(void);

#ifdef __cplusplus
}
#endif

#endif /* OPLINE_BOARD_H */
