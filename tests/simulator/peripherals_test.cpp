// The registers of an STM32F4 and F7 and their UARTs as the manuals describe them, word by word.
#include "runners/simulator/machine/peripherals.h"

#include <gtest/gtest.h>

#include "runners/simulator/machine/system_memory_stm32.h"

namespace opline::simulator {
namespace {

using Result = RegisterResult;
constexpr std::uint32_t kRcc = 0x40023800, kPwr = 0x40007000, kFlash = 0x40023C00,
                        kGpioA = 0x40020000, kUsart = 0x40004400;

class ChipRegisters : public ::testing::Test {
 protected:
  std::uint32_t get(std::uint32_t address) {
    std::uint32_t value = 0;
    EXPECT_EQ(p.read(address, value, {}), Result::done) << std::hex << address;
    return value;
  }
  void set(std::uint32_t address, std::uint32_t value) {
    EXPECT_EQ(p.write(address, value, {}), Result::done) << std::hex << address;
  }

  Peripherals p{board::load_board("nucleo-f446re")};
};

TEST_F(ChipRegisters, StartOnTheInternalOscillator) {
  EXPECT_EQ(get(kRcc) & 3U, 3U);
  EXPECT_EQ(p.core_clock_hz(), 16'000'000U);
}

TEST_F(ChipRegisters, ReadyFlagsFollowTheirEnables) {
  set(kRcc, get(kRcc) | 1U << 16 | 1U << 24);
  EXPECT_EQ(get(kRcc) & (1U << 17 | 1U << 25), 1U << 17 | 1U << 25);
  set(kRcc, get(kRcc) & ~(1U << 24));
  EXPECT_EQ(get(kRcc) & 1U << 25, 0U);
}

TEST_F(ChipRegisters, TheClockTreeGives180MHz) {
  set(kRcc, get(kRcc) | 1U << 16 | 1U << 18);
  set(kRcc + 4, 4U | 180U << 6 | 0U << 16 | 1U << 22);  // 8 MHz / 4 x 180 / 2
  set(kRcc, get(kRcc) | 1U << 24);
  set(kPwr, 1U << 16 | 3U << 14);
  EXPECT_NE(get(kPwr + 4) & 1U << 16, 0U) << "ODRDY";
  EXPECT_EQ(get(kPwr + 4) & 1U << 17, 0U) << "ODSWRDY";
  set(kPwr, 3U << 16 | 3U << 14);
  EXPECT_NE(get(kPwr + 4) & 1U << 17, 0U);
  set(kRcc + 8, 5U << 10 | 4U << 13 | 2U);
  EXPECT_EQ(get(kRcc + 8) >> 2 & 3, 2U) << "SWS";
  EXPECT_EQ(p.core_clock_hz(), 180'000'000U);
  set(kRcc + 8, 8U << 4 | 2U);
  EXPECT_EQ(p.core_clock_hz(), 90'000'000U) << "HPRE / 2";
  set(kRcc + 8, 12U << 4 | 2U);
  EXPECT_EQ(p.core_clock_hz(), 180'000'000U / 64);
}

TEST_F(ChipRegisters, AClockThatIsOffIsNotSwitchedTo) {
  set(kRcc + 8, 2);
  EXPECT_EQ(get(kRcc + 8) >> 2 & 3, 0U);
  EXPECT_EQ(p.core_clock_hz(), 16'000'000U);
}

TEST_F(ChipRegisters, AClockInUseIsNotSwitchedOff) {
  set(kRcc, 0);
  EXPECT_EQ(get(kRcc) & 3U, 3U);
}

TEST_F(ChipRegisters, GpioOutputsAreSetAndReset) {
  set(kGpioA + 0x18, 1U << 5);
  EXPECT_EQ(get(kGpioA + 0x14), 1U << 5);
  set(kGpioA + 0x18, 1U << 21);
  EXPECT_EQ(get(kGpioA + 0x14), 0U);
}

TEST_F(ChipRegisters, TheUartNeedsItsClockAndEnableBits) {
  set(kUsart + 4, 'x');
  EXPECT_EQ(p.uart.sent, "");
  set(kRcc + 0x40, 1U << 17);
  set(kUsart + 12, 0x200C);
  set(kUsart + 4, 'x');
  EXPECT_EQ(p.uart.sent, "x");
}

TEST_F(ChipRegisters, PollingAnEmptyReceiverInVainIsWaiting) {
  set(kRcc + 0x40, 1U << 17);
  set(kUsart + 12, 0x200C);
  for (unsigned i = 0; i < kPollsBeforeWaiting; ++i) {
    EXPECT_EQ(get(kUsart) & 0xE0U, 0xC0U) << "transmitter empty and complete, nothing received";
  }
  std::uint32_t value = 0;
  EXPECT_EQ(p.read(kUsart, value, {}), Result::wait);
  EXPECT_EQ(p.read(kUsart, value, {}), Result::wait);
  p.uart.received.push_back('b');
  EXPECT_EQ(get(kUsart) & 0x20U, 0x20U);
  EXPECT_EQ(get(kUsart + 4), static_cast<std::uint32_t>('b'));
  EXPECT_EQ(get(kUsart) & 0x20U, 0U);
}

// The usual driver: wait for TXE, write, wait for TC. It reads the status twice a byte and never
// waits for input.
TEST_F(ChipRegisters, TransmittingIsNotWaiting) {
  set(kRcc + 0x40, 1U << 17);
  set(kUsart + 12, 0x200C);
  for (int byte = 0; byte < 100; ++byte) {
    EXPECT_EQ(get(kUsart) & 0x80U, 0x80U);
    set(kUsart + 4, 'a');
    EXPECT_EQ(get(kUsart) & 0x40U, 0x40U);
  }
}

TEST_F(ChipRegisters, TheUartAsksForItsInterrupt) {
  set(kRcc + 0x40, 1U << 17);
  set(kUsart + 12, 0x202C);  // UE, RXNEIE, TE, RE
  EXPECT_EQ(p.requested_interrupt(), std::nullopt);
  EXPECT_TRUE(p.interrupts_on_input());
  p.uart.received.push_back('a');
  EXPECT_EQ(p.requested_interrupt(), 38U);
  get(kUsart + 4);
  EXPECT_EQ(p.requested_interrupt(), std::nullopt);
  set(kUsart + 12, 0x208C);  // TXEIE: always empty
  EXPECT_EQ(p.requested_interrupt(), 38U);
  EXPECT_FALSE(p.interrupts_on_input());
  set(kUsart + 12, 0x200C);
  EXPECT_EQ(p.requested_interrupt(), std::nullopt);
}

TEST_F(ChipRegisters, WhatIsNotModelledIsNotThere) {
  std::uint32_t value = 0;
  EXPECT_EQ(p.read(0x40000000, value, {}), Result::unmapped);  // TIM2
  EXPECT_EQ(p.write(kFlash + 4, 0x45670123, {}), Result::unmapped);
  EXPECT_EQ(p.read(kGpioA + 0x28, value, {}), Result::unmapped);
  EXPECT_EQ(p.write(kUsart + 20, 1U << 6, {}), Result::unmapped) << "DMAR";
}

// USART6 hangs on APB2, whose clock has bits of its own (RM0390 6.3.14, 6.3.3).
TEST_F(ChipRegisters, AnotherUartOfTheFamilyHasItsOwnClock) {
  board::Board board = board::load_board("nucleo-f446re");
  board.uart.base = 0x40011400;
  p = Peripherals{board};
  set(kRcc + 0x40, 1U << 17);
  set(0x4001140C, 0x200C);
  set(0x40011408, 139);
  EXPECT_FALSE(p.uart_baud().has_value()) << "USART2's clock is another's";
  set(kRcc + 0x44, 1U << 5);
  EXPECT_NEAR(p.uart_baud().value(), 115'200, 600) << "16 MHz, not divided";
  set(kRcc + 8, 4U << 13);
  EXPECT_NEAR(p.uart_baud().value(), 57'600, 300) << "PPRE2 / 2";
}

TEST(SystemMemory, IdentifiesTheChipsOfKnownFamiliesOnly) {
  constexpr std::uint32_t kIdCode = 0xE0042000;
  const auto device = [](const char* name) {
    const auto word = system_memory_word(board::load_board(name), kIdCode);
    return word ? std::optional(*word & 0xFFF) : std::nullopt;
  };
  EXPECT_EQ(device("nucleo-f446re"), 0x421U);
  EXPECT_EQ(device("nucleo-f411re"), 0x431U);
  EXPECT_EQ(device("nucleo-f746zg"), 0x449U);
  EXPECT_EQ(device("nucleo-f767zi"), 0x451U);
  EXPECT_EQ(device("nucleo-l4r5zi"), std::nullopt) << "its file says nothing of it";
}

// RM0385: the same clock tree; USART3 in the layout with a register for each direction.
class F7Registers : public ChipRegisters {
 protected:
  static constexpr std::uint32_t kUsart3 = 0x40004800, kIsr = kUsart3 + 0x1C, kRdr = kUsart3 + 0x24,
                                 kTdr = kUsart3 + 0x28;
  F7Registers() { p = Peripherals{board::load_board("nucleo-f746zg")}; }

  void start() {
    set(kRcc, get(kRcc) | 1U << 16 | 1U << 18);
    set(kRcc + 4, 4U | 216U << 6 | 0U << 16 | 1U << 22 | 9U << 24);  // 8 MHz / 4 x 216 / 2
    set(kRcc, get(kRcc) | 1U << 24);
    set(kPwr, 3U << 16 | 3U << 14);
    set(kFlash, 0x307);
    set(kRcc + 8, 5U << 10 | 4U << 13 | 2U);
    set(kRcc + 0x40, get(kRcc + 0x40) | 1U << 18);
    set(kUsart3 + 0x0C, 54'000'000 / 115'200);
    set(kUsart3, 0xD);  // UE, RE, TE
  }
};

TEST_F(F7Registers, TheClockTreeGives216MHzAndTheUartItsRate) {
  EXPECT_FALSE(p.uart_baud().has_value());
  start();
  EXPECT_EQ(get(kPwr + 4) & 3U << 16, 3U << 16) << "ODRDY, ODSWRDY";
  EXPECT_EQ(p.flash_access().wait_states, 7U);
  EXPECT_EQ(p.core_clock_hz(), 216'000'000U);
  EXPECT_NEAR(p.uart_baud().value(), 115'200, 600);
  set(kRcc + 0x90, 2U << 4);  // DCKCFGR2: USART3 from HSI, which is not modelled
  EXPECT_FALSE(p.uart_baud().has_value());
}

TEST_F(F7Registers, TheUartSendsReceivesAndWaits) {
  start();
  set(kTdr, 'x');
  EXPECT_EQ(p.uart.sent, "x");
  p.uart.received = {'a'};
  EXPECT_NE(get(kIsr) & 1U << 5, 0U) << "RXNE";
  EXPECT_EQ(get(kRdr), std::uint32_t{'a'});
  EXPECT_EQ(get(kIsr) & 1U << 5, 0U);
  std::uint32_t value = 0;
  for (unsigned i = 1; i < kPollsBeforeWaiting; ++i)
    EXPECT_EQ(p.read(kIsr, value, {}), Result::done);
  EXPECT_EQ(p.read(kIsr, value, {}), Result::wait) << "polled again, and still empty";
  set(kUsart3 + 0x20, 8);  // ICR: ORECF
  EXPECT_EQ(get(kIsr) & 1U << 5, 0U) << "another access in between: polled once";
  EXPECT_EQ(p.read(0x40004400, value, {}), Result::unmapped) << "USART2 is not this board's";
}

TEST_F(ChipRegisters, OutputThatNobodyTakesIsBounded) {
  set(kRcc + 0x40, 1U << 17);
  set(kUsart + 0xC, 1U << 13 | 1U << 3);
  constexpr std::size_t kMostUnread = std::size_t{1} << 20;
  for (std::size_t i = 0; i < kMostUnread; ++i) set(kUsart + 4, 'x');
  EXPECT_EQ(p.write(kUsart + 4, 'y', {}), Result::unmapped);
  EXPECT_EQ(p.uart.sent.size(), kMostUnread);
  p.uart.sent.clear();
  set(kUsart + 4, 'z');
  EXPECT_EQ(p.uart.sent, "z");
}

}  // namespace
}  // namespace opline::simulator
