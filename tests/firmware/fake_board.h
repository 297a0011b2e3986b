// tests/firmware/fake_board.h - the board's functions (firmware/boards/opline_board.h) for the
// host.
//
// The protocol and the runtime are the device's own sources; only the wire and the counter are the
// test's.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace opline::firmware_test {

struct FakeBoard {
  std::string sent;  ///< What the device wrote.
  std::uint32_t clock_hz = 100'000'000;
  bool has_cycle_counter = true;
  std::uint32_t cycles = 0;  ///< The counter, 32 bits; advances by `step` with every reading.
  std::uint32_t step = 1000;
  std::vector<int> trigger;                     ///< Levels of the trigger pin, as they were set.
  std::string flash;                            ///< From 0x08000000 on.
  std::function<void()> on_same_start = [] {};  ///< Called where a board empties its caches.
};

/// The one board of the process.
FakeBoard& fake_board();

}  // namespace opline::firmware_test
