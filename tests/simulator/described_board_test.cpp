// A chip that only its board's file describes: its registers, and UARTs of every kind.
#include <gtest/gtest.h>

#include <filesystem>

#include "runners/simulator/machine/peripherals.h"
#include "src/base/files.h"

namespace opline::simulator {
namespace {

using Result = RegisterResult;
constexpr std::uint32_t kRcc = 0x40021000, kFlash = 0x40022000, kLpuart = 0x40008000;

board::Board example() {
  const std::string page = read_file(std::string(OPLINE_SOURCE_DIR) + "/docs/formats/board.md");
  const std::string opening = "```toml\n";
  const std::size_t begin = page.find(opening) + opening.size();
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "described.toml";
  write_file_atomically(path, page.substr(begin, page.find("```\n", begin) - begin));
  return board::load_board_file(path);
}

class DescribedBoard : public ::testing::Test {
 protected:
  std::uint32_t get(std::uint32_t address) {
    std::uint32_t value = 0;
    EXPECT_EQ(p.read(address, value, memory), Result::done) << std::hex << address;
    return value;
  }
  void set(std::uint32_t address, std::uint32_t value) {
    EXPECT_EQ(p.write(address, value, memory), Result::done) << std::hex << address;
  }

  std::array<std::uint8_t, 64> ram{};
  DmaMemory memory{0x20000000, ram};
  Peripherals p{example()};
};

TEST_F(DescribedBoard, RunsAtTheOperatingPointOnceItsStepsWereTakenInOrder) {
  EXPECT_EQ(p.core_clock_hz(), 4'000'000U);
  EXPECT_EQ(get(kRcc) & 0x400U, 0U) << "not ready before it is enabled";
  set(kRcc, 0x100);
  EXPECT_NE(get(kRcc) & 0x400U, 0U) << "ready";
  set(kRcc + 8, 1);
  EXPECT_EQ(get(kRcc + 8) & 0xCU, 0U) << "the wait states come first";
  EXPECT_EQ(p.core_clock_hz(), 4'000'000U);
  set(kFlash, 0x700);  // the accelerator
  set(kFlash, 0x700);  // the wait states
  EXPECT_EQ(get(kFlash) & 0xFU, 0U);
  set(kRcc + 8, 1);
  EXPECT_EQ(p.core_clock_hz(), 4'000'000U);
  EXPECT_EQ(get(kRcc + 8) & 0xCU, 4U) << "SWS";
  EXPECT_EQ(p.core_clock_hz(), 16'000'000U);
}

TEST_F(DescribedBoard, TheFlashIsWhatItsRegistersSay) {
  EXPECT_FALSE(p.flash_access().prefetch);
  set(kFlash, 0x303);
  EXPECT_EQ(p.flash_access().wait_states, 3U);
  EXPECT_TRUE(p.flash_access().prefetch);
  EXPECT_TRUE(p.flash_access().cache_instructions);
  EXPECT_FALSE(p.flash_access().cache_data);
  EXPECT_FALSE(p.flash_access().reset_data) << "no bit empties these caches";
}

TEST_F(DescribedBoard, RegistersThatTheFileDoesNotNameAreNotThere) {
  std::uint32_t value = 0;
  EXPECT_EQ(p.read(kRcc + 4, value, memory), Result::unmapped);
  EXPECT_EQ(p.write(0x40000000, 1, memory), Result::unmapped);
  EXPECT_STREQ(p.refused(kRcc + 4),
               "of this chip only the registers that the board's file names are simulated");
}

TEST_F(DescribedBoard, TheLpuartSendsAndReceives) {
  set(kLpuart + 0x0C, 4'000'000ULL * 256 / 115'200);
  set(kLpuart, 0xD);
  EXPECT_NEAR(p.uart_baud().value(), 115'200, 20);
  set(kLpuart + 0x28, 'x');
  EXPECT_EQ(p.uart.sent, "x");
  p.uart.received = {'a'};
  EXPECT_NE(get(kLpuart + 0x1C) & 0x20U, 0U);
  EXPECT_EQ(get(kLpuart + 0x24), std::uint32_t{'a'});
}

/// A Nordic UARTE at 0x40002000 (nRF52840 Product Specification, 6.34).
class NordicUart : public DescribedBoard {
 protected:
  static constexpr std::uint32_t kUart = 0x40002000, kEndRx = kUart + 0x110, kEndTx = kUart + 0x120;
  NordicUart() {
    board::Board board = example();
    board.uart.kind = board::UartKind::nrf_uarte;
    board.uart.base = kUart;
    board.uart.interrupt = 2;
    p = Peripherals(board);
    set(kUart + 0x524, 0x00275000);  // BAUDRATE: 9600
    set(kUart + 0x500, 8);           // ENABLE
  }
  void receive_one_to(std::uint32_t address) {
    set(kEndRx, 0);
    set(kUart + 0x534, address);  // RXD.PTR
    set(kUart + 0x538, 1);        // RXD.MAXCNT
    set(kUart + 0x000, 1);        // STARTRX
  }
};

TEST_F(NordicUart, SendsFromMemory) {
  EXPECT_NEAR(p.uart_baud().value(), 9600, 5);
  ram = {'h', 'i'};
  set(kUart + 0x544, 0x20000000);  // TXD.PTR
  set(kUart + 0x548, 2);           // TXD.MAXCNT
  EXPECT_EQ(get(kEndTx), 0U);
  set(kUart + 0x008, 1);  // STARTTX
  EXPECT_EQ(p.uart.sent, "hi");
  EXPECT_EQ(get(kEndTx), 1U);
  EXPECT_EQ(get(kUart + 0x54C), 2U) << "TXD.AMOUNT";
  set(kUart + 0x544, 0x08000000);
  EXPECT_EQ(p.write(kUart + 0x008, 1, memory), Result::unmapped) << "EasyDMA reads RAM only";
}

TEST_F(NordicUart, ReceivesIntoMemoryAndWaits) {
  receive_one_to(0x20000004);
  std::uint32_t value = 0;
  for (unsigned i = 0; i < kPollsBeforeWaiting; ++i) EXPECT_EQ(get(kEndRx), 0U);
  EXPECT_EQ(p.read(kEndRx, value, memory), Result::wait);
  p.uart.received = {'a', 'b'};
  EXPECT_EQ(get(kEndRx), 1U);
  EXPECT_EQ(ram[4], 'a');
  EXPECT_EQ(p.uart.received.size(), 1U) << "the second stays until reception is started again";
  receive_one_to(0x20000005);
  EXPECT_EQ(get(kEndRx), 1U);
  EXPECT_EQ(ram[5], 'b');
}

TEST_F(NordicUart, AsksForItsInterrupt) {
  set(kUart + 0x304, 1U << 4);  // INTENSET: ENDRX
  receive_one_to(0x20000000);
  EXPECT_EQ(p.requested_interrupt(), std::nullopt);
  EXPECT_TRUE(p.interrupts_on_input());
  p.uart.received = {'a'};
  EXPECT_EQ(p.requested_interrupt(), 2U);
  EXPECT_EQ(get(kEndRx), 1U);
  EXPECT_EQ(p.requested_interrupt(), 2U);
  set(kEndRx, 0);
  EXPECT_EQ(p.requested_interrupt(), std::nullopt);
  EXPECT_EQ(get(kUart + 0x304), 1U << 4);
  set(kUart + 0x308, 1U << 4);  // INTENCLR
  EXPECT_FALSE(p.interrupts_on_input());
}

}  // namespace
}  // namespace opline::simulator
