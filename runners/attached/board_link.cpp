#include "runners/attached/board_link.h"

namespace opline::runners {

unsigned baud_rate(const board::Board& board) { return board.uart.baud; }

std::vector<UsbId> debug_probes() {
  // ST: RN0093 (ST-LINK firmware), OpenOCD 0.12 contrib/60-openocd.rules; SEGGER: the same file.
  std::vector<UsbId> probes = {{0x0483, 0x374b, "ST-LINK/V2-1"},
                               {0x0483, 0x3752, "ST-LINK/V2-1"},
                               {0x0483, 0x374e, "STLINK-V3"},
                               {0x1366, std::nullopt, "J-Link"}};
  for (const board::Board& board : board::load_boards().loaded) {
    for (const board::UsbId& id : board.usb)
      probes.push_back({id.vendor, id.product, "the probe of " + board.title});
  }
  return probes;
}

}  // namespace opline::runners
