#include "runners/attached/board_link.h"

namespace opline::runners {

unsigned baud_rate(const board::Board& board) { return board.uart.baud; }

const std::vector<UsbId>& debug_probes() {
  // ST: RN0093 (ST-LINK firmware), OpenOCD 0.12 contrib/60-openocd.rules; SEGGER: the same file.
  static const std::vector<UsbId> kProbes = {{0x0483, 0x374b, "ST-LINK/V2-1"},
                                             {0x0483, 0x3752, "ST-LINK/V2-1"},
                                             {0x0483, 0x374e, "STLINK-V3"},
                                             {0x1366, std::nullopt, "J-Link"}};
  return kProbes;
}

}  // namespace opline::runners
