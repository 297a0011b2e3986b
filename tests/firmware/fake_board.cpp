// tests/firmware/fake_board.cpp - see the header.
#include "tests/firmware/fake_board.h"

extern "C" {
#include "firmware/boards/opline_board.h"
#include "firmware/protocol/opline_protocol.h"

const char opline_build_info[] = "board=fake\nkernels=portable\n";
}

namespace opline::firmware_test {

FakeBoard& fake_board() {
  static FakeBoard board;
  return board;
}

}  // namespace opline::firmware_test

using opline::firmware_test::fake_board;

extern "C" {
uint32_t opline_board_clock_hz(void) { return fake_board().clock_hz; }
const char* opline_board_clock_source(void) { return "hse"; }
int opline_board_has_cycle_counter(void) { return fake_board().has_cycle_counter ? 1 : 0; }
uint32_t opline_board_cycles(void) { return fake_board().cycles += fake_board().step; }
void opline_board_same_start(void) { fake_board().on_same_start(); }
const uint8_t* opline_board_flash(uint32_t address, uint32_t bytes) {
  const std::string& flash = fake_board().flash;
  const uint32_t offset = address - 0x08000000u;
  if (offset > flash.size() || bytes > flash.size() - offset) return nullptr;
  return reinterpret_cast<const uint8_t*>(flash.data()) + offset;
}
void opline_board_trigger(int on) { fake_board().trigger.push_back(on); }
void opline_board_put(char c) { fake_board().sent += c; }
}
