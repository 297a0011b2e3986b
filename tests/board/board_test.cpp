#include "src/board/board.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/board/core.h"
#include "tests/error_message.h"

namespace opline::board {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;

std::string shipped() { return read_file(resource("data/boards/nucleo-f446re.toml")); }

/// What loading `text` as a board says.
std::string error_of(const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "edited.toml";
  write_file_atomically(path, text);
  return message_of([&] { (void)load_board_file(path); });
}

/// The shipped file with the first `from` replaced.
std::string edited(const std::string& from, const std::string& to) {
  std::string text = shipped();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << "the shipped file no longer holds: " << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Board, NucleoF446reIsWhatTheDataSheetSays) {
  const Board board = load_board("nucleo-f446re");
  EXPECT_EQ(board.name, "nucleo-f446re");
  EXPECT_EQ(board.mcu, "STM32F446RE");
  EXPECT_EQ(board.clock_hz, 180'000'000U);
  EXPECT_EQ(board.flash.base, 0x08000000U);
  EXPECT_EQ(board.flash.bytes, 512U * 1024U);
  EXPECT_EQ(board.sram.bytes, 128U * 1024U);
  EXPECT_EQ(board.flash.instruction_lines, 64U);
  EXPECT_EQ(board.flash.data_lines, 8U);
  EXPECT_EQ(board.uart.name, "usart2");
  ASSERT_TRUE(board.active_watts.has_value());
  EXPECT_NEAR(board.active_watts->value, (40.68e-3 + 70.56e-3) / (0.250 + 0.426), 1e-4);
  EXPECT_THAT(board.active_watts->source, HasSubstr("MicroNets"));
}

TEST(Board, EveryShippedBoardLoadsAndItsCoreToo) {
  const auto names = board_names();
  EXPECT_THAT(names, Contains("nucleo-f446re"));
  for (const std::string& name : names)
    EXPECT_NO_THROW((void)load_core(load_board(name).core)) << name;
}

TEST(Board, RegionsContainTheirEndsOnly) {
  const auto regions = load_board("nucleo-f446re").regions();
  ASSERT_EQ(regions.size(), 3U);
  EXPECT_EQ(regions[0].name, "flash");
  EXPECT_FALSE(regions[1].contains(0x1FFFFFFF));
  EXPECT_TRUE(regions[1].contains(0x20000000));
  EXPECT_TRUE(regions[1].contains(0x2001BFFF));
  EXPECT_FALSE(regions[1].contains(0x2001C000));
  EXPECT_TRUE(regions[2].contains(0x2001FFFF));
  EXPECT_FALSE(regions[2].contains(0x20020000));
}

// RM0385 and RM0410, section 2.2.2; the DTCM, SRAM1 and SRAM2 are one range for programs.
TEST(Board, NucleoF7BoardsAreWhatTheManualsSay) {
  const Board f746 = load_board("nucleo-f746zg"), f767 = load_board("nucleo-f767zi");
  for (const Board* board : {&f746, &f767}) {
    EXPECT_EQ(board->family, "stm32f7");
    EXPECT_EQ(board->core, "cortex-m7");
    EXPECT_EQ(board->clock_hz, 216'000'000U);
    EXPECT_EQ(board->flash.wait_states, 7U);
    EXPECT_EQ(board->flash.alias, 0x00200000U);
    EXPECT_EQ(board->flash.instruction_lines, 0U) << "ART serves the ITCM port only";
    EXPECT_EQ(board->uart.name, "usart3");
    ASSERT_EQ(board->memories.size(), 4U);
    EXPECT_EQ(board->memories[0].kind, MemoryKind::itcm);
    EXPECT_EQ(board->memories[1].kind, MemoryKind::dtcm);
    ASSERT_TRUE(board->caches.has_value());
    EXPECT_EQ(board->caches->line_bytes, 32U);
  }
  EXPECT_EQ(f746.sram.bytes, 320U * 1024U);
  EXPECT_EQ(f746.memories[2].base, 0x20010000U);
  EXPECT_EQ(f746.caches->data.bytes, 4096U);
  EXPECT_EQ(f746.fpu, Fpu::fpv5_single);
  EXPECT_NEAR(f746.active_watts.value().value, 48.6e-3 / 0.109, 5e-4);
  EXPECT_EQ(f767.sram.bytes, 512U * 1024U);
  EXPECT_EQ(f767.memories[2].base, 0x20020000U);
  EXPECT_EQ(f767.caches->instruction.bytes, 16384U);
  EXPECT_EQ(f767.fpu, Fpu::fpv5_double);
  EXPECT_FALSE(f767.active_watts.has_value()) << "nobody has published it";
}

TEST(Board, UnknownNameListsTheKnownOnes) {
  EXPECT_THAT(message_of([] { (void)load_board("nucleo-f446"); }, ErrorCode::usage),
              HasSubstr("nucleo-f446re"));
  EXPECT_THROW((void)load_board("../cores/cortex-m4"), Error);
}

TEST(Board, MisspeltKeyIsAnErrorWithItsPlace) {
  EXPECT_THAT(error_of(edited("wait_states", "wait_sates")), HasSubstr("wait_states: is missing"));
  EXPECT_THAT(error_of(edited("prefetch = true", "prefetch = true\nprefetsch = 1")),
              HasSubstr("did you mean `prefetch`"));
}

TEST(Board, ImpossibleValuesAreRefused) {
  EXPECT_THAT(error_of(edited("line_bytes = 16", "line_bytes = 12")), HasSubstr("power of two"));
  EXPECT_THAT(error_of(edited("wait_states = 5", "wait_states = 16")), HasSubstr("from 0 to 15"));
  EXPECT_THAT(error_of(edited("base = 0x0800_0000", "base = 0x1FFF_0000")),
              HasSubstr("code region"));
  EXPECT_THAT(error_of(edited("bytes = 114_688", "bytes = 114_684")), HasSubstr("contiguous"));
  EXPECT_THAT(error_of(edited("kind = \"sram\"", "kind = \"itcm\"")),
              HasSubstr("below 0x20000000"));
  EXPECT_THAT(error_of(edited("\"fpv4-sp\"", "\"fpv3\"")), HasSubstr("fpv5-sp"));
  EXPECT_THAT(error_of(edited("\"stm32f4\"", "\"stm32z9\"")),
              HasSubstr("the registers are those of the file's steps"));
}

// A figure that no result depends on would only look as if it did.
TEST(Board, KeysThatTheFamilyDoesNotUseAreRefused) {
  const std::string f7 = read_file(resource("data/boards/nucleo-f746zg.toml"));
  std::string with_lines = f7;
  with_lines.replace(with_lines.find("wait_states"), 0, "instruction_lines = 64\n");
  EXPECT_THAT(error_of(with_lines), HasSubstr("instruction_lines"));
  EXPECT_THAT(error_of(edited("[uart]", "[caches]\nline_bytes = 32\n[uart]")), HasSubstr("caches"));
  EXPECT_THAT(error_of(edited("\"cortex-m4\"", "\"cortex-m7\"")), HasSubstr("must be cortex-m4"));
}

/// A home whose data folder is a copy that a test may break.
class BrokenHome : public testing::Test {
 protected:
  BrokenHome() {
    fs::remove_all(home_);
    fs::create_directories(home_ / "data");
    fs::copy(resource("data/boards"), home_ / "data/boards");
    fs::copy(resource("data/cores"), home_ / "data/cores");
    if (const char* home = std::getenv("OPLINE_HOME")) before_ = home;
    ::setenv("OPLINE_HOME", home_.c_str(), 1);
  }
  ~BrokenHome() override {
    before_ ? ::setenv("OPLINE_HOME", before_->c_str(), 1) : ::unsetenv("OPLINE_HOME");
    fs::remove_all(home_);
  }

  fs::path home_ = fs::path(testing::TempDir()) / "broken_home";
  std::optional<std::string> before_;
};

TEST_F(BrokenHome, OneUnreadableBoardDoesNotHideTheOthers) {
  const std::size_t shipped = board_names().size();
  write_file_atomically(home_ / "data/boards/aardvark.toml", "title = \n");
  fs::create_directory(home_ / "data/boards/folder.toml");
  const DataFiles<Board> files = load_boards();
  EXPECT_EQ(files.loaded.size(), shipped);
  ASSERT_EQ(files.unreadable.size(), 2U);
  EXPECT_EQ(files.unreadable[0].name, "aardvark");
  EXPECT_THAT(files.unreadable[0].reason, HasSubstr("aardvark.toml:1"));
  EXPECT_EQ(files.unreadable[1].name, "folder");
  EXPECT_NO_THROW((void)load_board("nucleo-f446re"));
}

TEST(Board, UnknownPowerIsAbsentAndNotZero) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "unpowered.toml";
  write_file_atomically(path, edited("active_watts = 0.1646\nactive_watts_source", "# source"));
  EXPECT_FALSE(load_board_file(path).active_watts.has_value());
}

}  // namespace
}  // namespace opline::board
