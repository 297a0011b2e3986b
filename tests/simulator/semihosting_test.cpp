// Calls to the debugger, the ITM, and what identifies the chip; a program of the C library.
#include <gmock/gmock.h>

#include "tests/simulator/elf_builder.h"
#include "tests/simulator/programs.h"

namespace opline::simulator {
namespace {

using testing::build_elf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::put16;
using testing::put32;

constexpr std::uint32_t kCode = 0x08000040, kData = 0x20000100, kText = 0x20000200;

/// A machine that executes one instruction and then BKPT 0.
class OneInstruction {
 public:
  explicit OneInstruction(std::uint32_t instruction, const std::string& board = "nucleo-f446re")
      : machine_(make(instruction, board)) {}

  /// R0 after it, with R0 and R1 as given before it.
  std::uint32_t run(std::uint32_t r0, std::uint32_t r1) {
    Registers all = machine_.registers();
    all.r[0] = r0, all.r[1] = r1, all.r[15] = kCode;
    machine_.set_registers(all);
    stop = machine_.run({1000});
    return machine_.registers().r[0];
  }
  void words(std::uint32_t address, std::initializer_list<std::uint32_t> values) {
    std::string bytes;
    for (const std::uint32_t value : values) put32(bytes, value);
    machine_.write_memory(address, bytes);
  }
  Machine& machine() { return machine_; }
  Stop stop;

 private:
  static Machine make(std::uint32_t instruction, const std::string& name) {
    std::string code;
    put32(code, 0x20001000);
    put32(code, kCode + 1);
    code.resize(kCode - 0x08000000, '\0');
    put16(code, instruction);
    put16(code, 0xBE00);
    const board::Board board = board::load_board(name);
    return {board, board::load_core(board.core),
            ElfImage::from_bytes(build_elf({{0x08000000, code}}), "test")};
  }
  Machine machine_;
};

constexpr std::uint32_t kSemihosting = 0xBEAB, kLoad = 0x6808, kStore = 0x6008,
                        kStoreByte = 0x7008;  // LDR, STR, STRB R0, [R1]

TEST(Semihosting, WritesToTheConsole) {
  OneInstruction host(kSemihosting);
  host.machine().write_memory(kText, std::string("some text\0", 10));
  EXPECT_EQ(host.run(0x04, kText), 0U);  // SYS_WRITE0
  host.run(0x03, kText + 5);             // SYS_WRITEC
  host.words(kData, {2, kText, 4});
  EXPECT_EQ(host.run(0x05, kData), 0U);  // SYS_WRITE
  EXPECT_EQ(host.machine().take_semihosting_output(), "some texttsome");
  EXPECT_EQ(host.machine().take_semihosting_output(), "");
  host.words(kData, {9, kText, 4});
  EXPECT_EQ(host.run(0x05, kData), 4U) << "not written";
  host.words(kData, {2, 0x70000000, 4});
  EXPECT_EQ(host.run(0x05, kData), 4U) << "not memory";
  host.words(kData, {2, kText, 0xFFFFFFFF});
  EXPECT_EQ(host.run(0x05, kData), 0xFFFFFFFFU) << "more than there is";
  EXPECT_EQ(host.run(0x04, 0x30000000), 0xFFFFFFFFU);
  EXPECT_EQ(host.machine().take_semihosting_output(), "");
}

TEST(Semihosting, OpensTheConsoleAndNothingOfTheHost) {
  OneInstruction host(kSemihosting);
  const auto open = [&](const std::string& name, std::uint32_t mode) {
    host.machine().write_memory(kText, name + '\0');
    host.words(kData, {kText, mode, static_cast<std::uint32_t>(name.size())});
    return host.run(0x01, kData);
  };
  EXPECT_EQ(open(":tt", 0), 1U);
  EXPECT_EQ(open(":tt", 4), 2U);
  EXPECT_EQ(open(":tt", 8), 3U);
  for (const char* const name : {"/etc/passwd", "file", "", "/dev/tty", ":tt/../x"}) {
    for (std::uint32_t mode = 0; mode < 12; ++mode) EXPECT_EQ(open(name, mode), 0xFFFFFFFFU);
  }
  EXPECT_EQ(host.run(0x13, 0), 2U) << "SYS_ERRNO: no such file";
  host.machine().write_memory(kText, std::string("/tmp/opline-semihosting\0", 24));
  host.words(kData, {kText, 23, kText, 23});
  for (const std::uint32_t operation : {0x0DU, 0x0EU, 0x0FU, 0x12U})  // TMPNAM ... SYSTEM
    EXPECT_EQ(host.run(operation, kData), 0xFFFFFFFFU) << operation;
  host.words(kData, {1, kText, 16});
  EXPECT_EQ(host.run(0x06, kData), 16U) << "SYS_READ: the input is at its end";
}

TEST(Semihosting, TheClockCountsCycles) {
  OneInstruction host(kSemihosting);
  EXPECT_EQ(host.run(0x31, 0), 16'000'000U) << "SYS_TICKFREQ";
  EXPECT_EQ(host.run(0x30, kData), 0U);  // SYS_ELAPSED
  const std::uint64_t cycles = host.machine().cycles();
  const std::string bytes = host.machine().read_memory(kData, 8);
  EXPECT_LE(static_cast<unsigned char>(bytes[0]), cycles);
  EXPECT_EQ(host.run(0x11, 0), 0U) << "SYS_TIME: a run does not depend on the day";
}

TEST(Semihosting, ExitEndsTheRunWithItsStatus) {
  OneInstruction host(kSemihosting);
  host.run(0x18, 0x20026);
  EXPECT_EQ(host.stop.reason, StopReason::exited);
  EXPECT_EQ(host.machine().exit_status(), 0);
  host.words(kData, {0x20026, 3});
  host.run(0x20, kData);
  EXPECT_EQ(host.machine().exit_status(), 3);
  EXPECT_THAT(host.stop.text, HasSubstr("ended with status 3"));
  host.run(0x18, 0x20023);  // ADP_Stopped_RunTimeErrorUnknown
  EXPECT_EQ(host.machine().exit_status(), 1);
  host.machine().reset();
  EXPECT_EQ(host.machine().exit_status(), std::nullopt);
}

TEST(Semihosting, OutputThatNobodyTakesEndsTheRun) {
  OneInstruction host(kSemihosting);
  host.words(kData, {2, 0x08000000, 512 * 1024});
  EXPECT_EQ(host.run(0x05, kData), 0U);
  EXPECT_EQ(host.stop.reason, StopReason::breakpoint);
  host.run(0x05, kData);
  host.run(0x05, kData);
  EXPECT_EQ(host.stop.reason, StopReason::fault);
  EXPECT_THAT(host.stop.text, HasSubstr("semihosting has sent 1 MiB"));
}

TEST(Itm, KeepsWhatIsWrittenToTheFirstPort) {
  OneInstruction byte(kStoreByte), word(kStore);
  byte.run('a', 0xE0000000);
  byte.run('b', 0xE0000000);
  byte.run('c', 0xE0000004);
  EXPECT_EQ(byte.machine().take_itm_output(), "ab");
  EXPECT_EQ(byte.machine().take_output(), "");
  word.run(0x64636261, 0xE0000000);
  EXPECT_EQ(word.machine().take_itm_output(), "abcd");
  word.run(0, 0xE0000E80);  // ITM_TCR: off
  word.run(0x64636261, 0xE0000000);
  EXPECT_EQ(word.machine().take_itm_output(), "");
}

struct Identified {
  const char* board;
  std::uint32_t unique_id, flash_size, kilobytes, id_code;
};

// RM0390 34, RM0385 41, RM0410 45.
TEST(Identification, IsWhereTheManualsSay) {
  for (const Identified& chip :
       {Identified{"nucleo-f446re", 0x1FFF7A10, 0x1FFF7A20, 512, 0x10000421},
        Identified{"nucleo-f746zg", 0x1FF0F420, 0x1FF0F440, 1024, 0x10000449},
        Identified{"nucleo-f767zi", 0x1FF0F420, 0x1FF0F440, 2048, 0x10000451}}) {
    OneInstruction load(kLoad, chip.board);
    EXPECT_EQ(load.run(0, chip.unique_id), 0x696C706FU) << "opli";
    EXPECT_EQ(load.run(0, chip.unique_id + 8), 0x31306D69U) << "im01";
    EXPECT_EQ(load.run(0, chip.flash_size) >> 16, chip.kilobytes);
    EXPECT_EQ(load.run(0, 0xE0042000), chip.id_code);
  }
}

TEST(Unmodelled, PeripheralsAreNamed) {
  OneInstruction load(kLoad), store(kStore);
  load.run(0, 0x40026410);
  EXPECT_THAT(load.stop.text, HasSubstr("at 0x40026410: DMA2 is not simulated at 0x"));
  store.run(0, 0x40000000);
  EXPECT_THAT(store.stop.text, HasSubstr("TIM2 is not simulated"));
}

TEST(Mpu, SwitchingItOnIsNoted) {
  OneInstruction store(kStore);
  EXPECT_THAT(store.machine().notes(), IsEmpty());
  store.run(5, 0xE000ED94);
  store.run(5, 0xE000ED94);
  ASSERT_EQ(store.machine().notes().size(), 1U);
  EXPECT_THAT(store.machine().notes()[0], HasSubstr("the MPU was switched on"));
}

TEST(Newlib, AProgramOfTheCLibraryRuns) {
  OPLINE_NEEDS_PROGRAMS();
  if (!std::filesystem::exists(testing::program_path("newlib")))
    GTEST_SKIP() << "apt install libnewlib-arm-none-eabi, configure and build again";
  Machine machine = testing::machine_for("newlib");
  const Stop stop = machine.run({10'000'000});
  EXPECT_EQ(stop.reason, StopReason::exited) << stop.text;
  EXPECT_EQ(machine.exit_status(), 7) << "the result of main()";
  // The middle of the sorted numbers was computed apart, in Python.
  EXPECT_EQ(machine.take_semihosting_output(),
            "Hello, newlib: -42 42 beef ! 3.142 1.000000e-20\n"
            "sorted: 1 4934 9999\n"
            "copied and appended, 19 characters\n"
            "sqrt 1.414214 sin 0.841471 pow 1.414\n"
            "strtod 2500, sscanf 2 12 34\n"
            "a file of the host: not found\n"
            "remove: 1, system: 1\n"
            "clock: 1\n"
            "an error\n");
}

}  // namespace
}  // namespace opline::simulator
