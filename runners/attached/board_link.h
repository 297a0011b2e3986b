// runners/attached/board_link.h - how a board is reached: what its serial port needs, and the USB
// ids by which it is found.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/board/board.h"

namespace opline::runners {

/// Of the board's UART, which its debug probe carries over USB (docs/formats/protocol.md).
[[nodiscard]] unsigned baud_rate(const board::Board& board);

struct UsbId {
  std::uint16_t vendor = 0;
  std::optional<std::uint16_t> product;  ///< Missing: any of the vendor.
  std::string probe;                     ///< "ST-LINK/V2-1".
};

/// Debug probes that carry a board's UART: common ones, and those of the files in data/boards.
[[nodiscard]] std::vector<UsbId> debug_probes();

}  // namespace opline::runners
