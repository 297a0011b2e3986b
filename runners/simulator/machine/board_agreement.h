// runners/simulator/machine/board_agreement.h - the firmware and the board's file agree.
//
// Most figures of a board's file are used by the simulator as they are. Others describe what
// the firmware does, and the simulator takes them from the firmware: the clock and the flash's
// wait states are programmed into registers, and the memories are those that the image was linked
// for. If the file says something else, a result would carry a figure that did not produce it. So
// these are compared once the firmware has booted:
//
//   file                          | firmware
//   clock.hz, external_clock_hz   | the core's clock as its registers are programmed
//   clock.wait_states             | the flash's wait states, likewise
//   uart.baud, clock.uart_hz      | the UART's divider on its clock
//   flash.base, flash.bytes       | symbols opline_flash_start, opline_flash_end
//   memory.base, memory.bytes     | opline_data_region_start and _end, opline_arena_region_start
//                                 | and _end, opline_itcm_start and _end
//
// Each region must begin and end where a run of memories of one kind does. Firmware that lacks a
// pair of symbols (another runtime's) is not asked for it: it uses the memories that it was linked
// for, and a segment outside the board's memories is refused when the image is loaded.
#pragma once
#include "runners/simulator/machine/machine.h"

namespace opline::simulator {

/// Throws Error{device} that names the board's file, the key, both figures and what to do.
/// `machine` has booted and waits for its first command.
void require_agreement(const Machine& machine);

}  // namespace opline::simulator
