// What a board's file may say, and what is said about mistakes in it.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/board/board.h"
#include "src/board/board_start.h"
#include "tests/error_message.h"

namespace opline::board {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// The example of docs/formats/board.md: a chip that the simulator knows from the file only.
std::string example() {
  const std::string page = read_file(std::string(OPLINE_SOURCE_DIR) + "/docs/formats/board.md");
  const std::string opening = "```toml\n";
  const std::size_t begin = page.find(opening) + opening.size();
  return page.substr(begin, page.find("```\n", begin) - begin);
}

std::filesystem::path written(const std::string& text) {
  std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "example_board.toml";
  write_file_atomically(path, text);
  return path;
}

std::string edited(const std::string& from, const std::string& to) {
  std::string text = example();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string error_of(const std::string& text) {
  const auto path = written(text);
  return message_of([&] { (void)load_board_file(path); });
}

TEST(BoardFile, TheExampleOfTheManualIsABoard) {
  const Board board = load_board_file(written(example()));
  EXPECT_EQ(board.name, "example_board");
  EXPECT_EQ(board.family, "");
  EXPECT_EQ(board.clock_hz, 16'000'000U);
  EXPECT_EQ(board.reset_hz, 4'000'000U);
  EXPECT_EQ(board.flash.latency_register, 0x40022000U);
  EXPECT_EQ(board.flash.enables.data, 0x400U);
  EXPECT_EQ(board.uart.kind, UartKind::stm32_lpuart);
  ASSERT_EQ(board.usb.size(), 1U);
  EXPECT_EQ(board.usb[0].vendor, 0x0483);
  EXPECT_FALSE(board.trigger.has_value());
  EXPECT_FALSE(board.active_watts.has_value());
  EXPECT_EQ(board.placement, "code and weights in flash, arena and stack in sram");
  // { program = "wait_states" } is a write and a reading back.
  ASSERT_EQ(board.clocks.size(), 1U);
  ASSERT_EQ(board.clocks[0].steps.size(), 7U);
  EXPECT_EQ(board.clocks[0].steps[3],
            (RegisterStep{RegisterStep::Kind::modify, 0x40022000, 0xF, 0}));
  EXPECT_EQ(board.clocks[0].steps[4], (RegisterStep{RegisterStep::Kind::poll, 0x40022000, 0xF, 0}));
}

TEST(BoardFile, AllMistakesAreToldAtOnceEachWithItsLine) {
  std::string text = edited("fpv4-sp", "fpv9");
  text.replace(text.find("0x2000_0000"), 11, "0x0800_0000");
  text.replace(text.find("{ set = 0x4002_1000"), 19, "{ set = 0x4002_1001");
  text.replace(text.find("stm32-lpuart"), 12, "uart");
  const auto path = written(text);
  const std::vector<std::string> mistakes = mistakes_of_board_file(path);
  EXPECT_THAT(mistakes, ElementsAre(HasSubstr(":7: fpu: must be fpv4-sp"),
                                    HasSubstr(":25: base: ITCM lies below"),
                                    HasSubstr(":43: kind: must be stm32-usart-v1"),
                                    HasSubstr("must be the address of a 32-bit register")));
  EXPECT_THAT(mistakes, Each(HasSubstr("example_board.toml:")));
  EXPECT_THAT(error_of(text), HasSubstr(":7: fpu"));
}

TEST(BoardFile, AGoodFileHasNoMistakes) {
  EXPECT_THAT(mistakes_of_board_file(written(example())), IsEmpty());
  for (const std::string& name : board_names())
    EXPECT_THAT(mistakes_of_board_file(load_board(name).file), IsEmpty()) << name;
}

TEST(BoardFile, UnknownKeysAreListedBesideOtherMistakes) {
  std::string text = edited("fpv4-sp", "fpv9");
  text.replace(text.find("title"), 5, "titel");
  text.insert(text.find("[uart]") + 6, "\nbald = 9600");
  text += "actve_watts = 1\n";  // [supply] is the last table
  EXPECT_THAT(mistakes_of_board_file(written(text)),
              UnorderedElementsAre(
                  HasSubstr("title: is missing"), HasSubstr("fpu: must be fpv4-sp"),
                  HasSubstr("titel: is not a key that belongs here; did you mean `title`?"),
                  HasSubstr("bald: is not a key that belongs here; did you mean `baud`?"),
                  HasSubstr("actve_watts: is not a key that belongs here; did you mean")));
}

// What a part does not come to is not unknown.
TEST(BoardFile, OneMistakeInAShippedFileIsOneMistake) {
  for (const std::string& name : board_names()) {
    const std::string text = read_file(load_board(name).file);
    for (const auto& [from, to] :
         {std::pair{"version = 1", "version = 2"}, std::pair{"title = ", "title = 1 #"},
          std::pair{"core = \"", "core = \"x"}, std::pair{"fpu = \"", "fpu = \"x"},
          std::pair{"kind = \"", "kind = \"x"}, std::pair{"hz = ", "hz = 1 #"},
          std::pair{"volts = ", "volts = 100 #"}}) {
      std::string broken = text;
      const std::size_t at = broken.find(std::string("\n") + from);
      if (at == std::string::npos) continue;
      broken.replace(at + 1, std::string(from).size(), to);
      const auto path = written(broken);
      EXPECT_THAT(mistakes_of_board_file(path), SizeIs(1)) << name << ": " << to;
    }
  }
}

TEST(BoardFile, TheUartOfAFamilyIsOneThatTheSimulatorKnows) {
  std::string text = read_file(load_board("nucleo-f446re").file);
  const std::size_t base = text.find("base = 0x4000_4400");
  ASSERT_NE(base, std::string::npos);
  text.replace(base, 18, "base = 0x4000_5400");
  EXPECT_THAT(error_of(text), HasSubstr(": base: 0x40005400 is not one of the family's UARTs"));
  text = read_file(load_board("nucleo-f446re").file);
  text.replace(text.find("stm32-usart-v1"), 14, "stm32-usart-v2");
  EXPECT_THAT(error_of(text), HasSubstr(": kind: must be stm32-usart-v1 for the family stm32f4"));
}

TEST(BoardFile, AVersionIsNotARange) {
  EXPECT_THAT(error_of(edited("version = 1", "version = 2")),
              HasSubstr(": version: is 2; it must be 1"));
}

// A FIFO without a writer would block for ever.
TEST(BoardFile, AFifoIsRefused) {
  const auto path = std::filesystem::path(testing::TempDir()) / "fifo.toml";
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(message_of([&] { (void)mistakes_of_board_file(path); }, ErrorCode::io),
              HasSubstr("is not a regular file"));
  std::filesystem::remove(path);
}

TEST(BoardFile, AMistakeOfTheFlashIsNotReportedForItsOperatingPoints) {
  EXPECT_THAT(mistakes_of_board_file(written(edited("2_097_152", "0"))),
              ElementsAre(HasSubstr(": bytes: is 0")));
}

TEST(BoardFile, MemoriesAndTheFlashStayInTheirRegions) {
  EXPECT_THAT(error_of(edited("base = 0x2000_0000", "base = 0x3FFF_0000")),
              HasSubstr(": bytes: must leave the memory below 0x40000000"));
  EXPECT_THAT(error_of(edited("alias = 0x0000_0000", "alias = 0x3")),
              HasSubstr(": alias: must be a multiple of 4"));
  EXPECT_THAT(error_of(edited("alias = 0x0000_0000", "alias = 0x0800_1000")),
              HasSubstr(": alias: must be `base`"));
  EXPECT_THAT(error_of(edited("mask = 0xF }\nenables", "mask = 0x5 }\nenables")),
              HasSubstr(": mask: must be contiguous bits"));
}

TEST(BoardFile, TheFpuIsOneOfItsCore) {
  EXPECT_THAT(error_of(edited("fpv4-sp", "fpv5-sp")), HasSubstr("fpv4-sp of a Cortex-M4"));
}

TEST(BoardFile, AListOfTablesIsWrittenInEitherWay) {
  EXPECT_THAT(error_of(edited("steps = [{ set = 0x4002_105C, bits = 0x1 }]",
                              "steps = { set = 0x4002_105C, bits = 0x1 }")),
              HasSubstr("steps = [{ ... }], or each headed [[steps]]"));
}

TEST(BoardFile, StepsAreOneActionEachOnARegister) {
  const std::string step = "{ set = 0x4002_1000, bits = 0x100 }";
  EXPECT_THAT(error_of(edited(step, "{ sett = 0x4002_1000, bits = 0x100 }")),
              HasSubstr(": steps: a step is one of write"));
  EXPECT_THAT(error_of(edited(step, "{ set = 0x2000_0000, bits = 1 }")),
              HasSubstr("must be the address of a 32-bit register"));
  EXPECT_THAT(error_of(edited(step, "{ modify = 0x4002_1000, mask = 1, value = 2 }")),
              HasSubstr("has bits that the mask"));
  EXPECT_THAT(error_of(edited(step, "{ program = \"clock\" }")), HasSubstr("wait_states"));
  EXPECT_THAT(error_of(edited("  { program = \"wait_states\" },\n", "")),
              HasSubstr("never program the wait states"));
}

TEST(BoardFile, TheArithmeticOfTheClockMustComeOut) {
  const std::string hz = "hz = 16_000_000\nwait";
  EXPECT_THAT(error_of(edited(hz,
                              "hz = 16_000_000\npll = { input_hz = 8_000_000, divide = 2, "
                              "multiply = 5, post = 1 }\nwait")),
              AllOf(HasSubstr("8000000 Hz / 2 x 5 / 1 is 20000000 Hz"), HasSubstr("16000000 Hz")));
  EXPECT_THAT(error_of(edited("uart_hz = 16_000_000", "uart_hz = 32_000")),
              AllOf(HasSubstr("uart_hz"), HasSubstr("cannot make 115200 baud")));
  EXPECT_THAT(error_of(edited("wait_states = 0", "wait_states = 16")), HasSubstr("from 0 to 15"));
}

// They become part of C sources.
TEST(BoardFile, TextsThatReachTheFirmwareArePlain) {
  EXPECT_THAT(error_of(edited("\"hsi\"", "'h\"si'")), HasSubstr("without quotes"));
  EXPECT_THAT(error_of(edited("\"an example\"", "\"*/ int x; /*\"")), HasSubstr("source"));
  EXPECT_THAT(error_of(edited("\"lpuart1\"", "'lp\"uart'")), HasSubstr(": name: is one line"));
  EXPECT_THAT(error_of(edited("name = \"sram\"", "name = 'a\"b'")),
              HasSubstr(": name: is one line"));
  EXPECT_THAT(error_of(edited("\"STM32L4R5ZI\"", "\"a\\nb\"")), HasSubstr(": mcu: is one line"));
}

TEST(BoardFile, ItsNameCanBeSelected) {
  for (const char* name : {"a\"b.toml", "a,b.toml", "a@b.toml", "a\\b.toml"}) {
    const auto path = std::filesystem::path(testing::TempDir()) / name;
    write_file_atomically(path, example());
    EXPECT_THAT(message_of([&] { (void)load_board_file(path); }), HasSubstr("rename the file"));
  }
}

TEST(BoardFile, OperatingPointsAreSelectedByTheirClock) {
  const Board board = load_board("nucleo-f446re");
  const Board slow = at_clock(board, 60'000'000);
  EXPECT_EQ(slow.clock_hz, 60'000'000U);
  EXPECT_EQ(slow.flash.wait_states, 1U);
  EXPECT_EQ(slow.clock, 3U);
  EXPECT_EQ(at_clock(slow, 180'000'000).clock, 0U) << "the first of two with this clock";
  EXPECT_THAT(message_of([&] { (void)at_clock(board, 99'000'000); }, ErrorCode::usage),
              HasSubstr("it has 180, 120, 60 MHz"));
}

TEST(BoardFile, BaudRatesAreDividedAsEachUartDoes) {
  Uart uart;
  EXPECT_EQ(baud_divider(uart, 45'000'000), 391U);
  uart.kind = UartKind::stm32_lpuart;  // RM0432 51.4.4: 256 x clock / baud
  EXPECT_EQ(baud_divider(uart, 80'000'000), 177'778U);
  uart.kind = UartKind::nrf_uarte;  // nRF52840 PS: a table; 9600 is 0x00275000
  uart.baud = 9600;
  EXPECT_EQ(baud_divider(uart, 16'000'000), 0x00275000U);
}

TEST(BoardFile, UsbIdsAreTwoHexadecimalNumbers) {
  EXPECT_THAT(error_of(edited("0483:374b", "0483-374b")), HasSubstr("lsusb"));
  EXPECT_THAT(error_of(edited("0483:374b", "483:374b")), HasSubstr("usb"));
}

}  // namespace
}  // namespace opline::board
