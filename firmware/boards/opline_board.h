/* firmware/boards/opline_board.h - what the runtime asks of a board.
 *
 * Beside what opline_device.h lists under "The board". Boards that have a file get all of it from
 * firmware/boards/from_file; every wait there is bounded, because an emulator may lack a
 * peripheral: the board then reports less instead of hanging. */
#ifndef OPLINE_BOARD_H
#define OPLINE_BOARD_H

#include "firmware/include/opline_device.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Clocks, caches, UART, cycle counter: called once, before any other function of the board. */
void opline_board_start(void);

/* The trigger pin, for power meters; nothing happens on a board without one. */
void opline_board_trigger(int on);

#ifdef __cplusplus
}
#endif

#endif /* OPLINE_BOARD_H */
