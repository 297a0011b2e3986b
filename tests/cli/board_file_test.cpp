// A board of one's own, as docs/formats/board.md says: checked, its firmware built, measured on.
#include <gmock/gmock.h>

#include "src/base/json.h"
#include "tests/cli/program.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class BoardFile : public ProgramTest {
 protected:
  void write(const std::string& name, const std::string& text) {
    write_file_atomically(folder_ / name, text);
  }
  /// The example of the manual.
  static std::string example() {
    const std::string page = read_file(fs::path(OPLINE_SOURCE_DIR) / "docs/formats/board.md");
    const std::string opening = "```toml\n";
    const std::size_t begin = page.find(opening) + opening.size();
    return page.substr(begin, page.find("```\n", begin) - begin);
  }
  static std::string edited(std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  }
  std::string cycles_on(const std::string& board) {
    const Result result =
        opline({"inspect", "--space", "tiny", "--index", "0", "--boards", board, "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? parse_json(result.out, "inspect")["layers"].dump() : "";
  }
};

TEST_F(BoardFile, FromTheFileAloneToMeasurements) {
  write("mine.toml", example());
  const Result checked = opline({"boards", "check", "mine.toml"});
  EXPECT_EQ(checked.exit_code, 0) << checked.err;
  EXPECT_THAT(checked.out, AllOf(HasSubstr("16 MHz, 0 wait states (hsi)"),
                                 HasSubstr("opline firmware build --board mine.toml")));
  const Result missing = opline({"run", "--boards", "mine.toml", "--db", "s.db"});
  EXPECT_THAT(missing.err, HasSubstr("opline firmware build --board mine.toml"));
  EXPECT_FALSE(fs::exists(folder_ / "s.db"));

  const Result built = opline({"firmware", "build", "--board", "mine.toml"});
  ASSERT_EQ(built.exit_code, 0) << built.err;
  EXPECT_THAT(built.out, HasSubstr("wrote mine.elf: boots in the simulator"));
  EXPECT_THAT(opline({"boards", "check", "mine.toml"}).out, HasSubstr("mine.elf boots at 16 MHz"));
  const Result run = opline({"run", "--space", "tiny", "--count", "5", "--boards",
                             "mine.toml,nucleo-f446re", "--db", "s.db", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(opline({"fit", "--db", "s.db", "--boards", "mine"}).out,
              HasSubstr("tiny on mine (simulated"));
}

TEST_F(BoardFile, WhatItSaysIsWhatTheFirmwareProgramsAndCyclesFollow) {
  const std::string shipped = read_file(resource("data/boards/nucleo-f446re.toml"));
  write("mine.toml", edited(shipped, "wait_states = 5", "wait_states = 7"));
  ASSERT_EQ(opline({"firmware", "build", "--board", "mine.toml"}).exit_code, 0);
  EXPECT_NE(cycles_on("mine.toml"), cycles_on("nucleo-f446re"));
  write("mine.toml", shipped);
  const Result stale =
      opline({"inspect", "--space", "tiny", "--index", "0", "--boards", "mine.toml"});
  EXPECT_NE(stale.exit_code, 0);
  EXPECT_THAT(stale.err, HasSubstr("was built from another version of mine.toml"));
}

TEST_F(BoardFile, EveryMistakeIsListed) {
  write("mine.toml",
        edited(edited(example(), "fpv4-sp", "fpu"), "kind = \"sram\"", "kind = \"ram\""));
  const Result checked = opline({"boards", "check", "mine.toml"});
  EXPECT_EQ(checked.exit_code, 4);
  EXPECT_THAT(checked.err, AllOf(HasSubstr("mine.toml:7: fpu"), HasSubstr("kind: must be sram"),
                                 HasSubstr("mistakes")));
  const Json json = parse_json(opline({"boards", "check", "mine.toml", "--json"}).out, "check");
  EXPECT_EQ(json["format"], "opline-board-check");
  EXPECT_GE(json["mistakes"].size(), 2U);
  EXPECT_TRUE(json["board"].is_null());
  const Result run = opline({"run", "--boards", "mine.toml", "--db", "s.db"});
  EXPECT_EQ(run.exit_code, 4);
  EXPECT_FALSE(fs::exists(folder_ / "s.db"));
}

TEST_F(BoardFile, ClocksAreSetups) {
  const Result run = opline({"study", "--space", "tiny", "--count", "40", "--clock", "60,180",
                             "--db", "s.db", "--out", "r"});
  EXPECT_THAT(run.out, AllOf(HasSubstr("tiny on nucleo-f446re at 60 MHz"),
                             HasSubstr("tiny on nucleo-f446re at 180 MHz")));
  EXPECT_TRUE(fs::exists(folder_ / "r/tiny-nucleo-f446re_at_60_MHz-seed1.svg"));
  EXPECT_THAT(opline({"run", "--clock", "99"}).err, HasSubstr("it has 180, 120, 60 MHz"));
  EXPECT_THAT(opline({"run", "--clock", "fast"}).err, HasSubstr("is not a number of MHz"));
  EXPECT_THAT(opline({"run", "--clock", "60,180,60"}).err,
              HasSubstr("nucleo-f446re at 60 MHz is named twice by --boards or --clock"));
  EXPECT_THAT(
      opline({"profile", "--network", "kws-s", "--board", "nucleo-f446re", "--clock", "60,180"})
          .err,
      HasSubstr("give one clock"));
}

TEST_F(BoardFile, TheCompilersAbsenceIsNamed) {
  const Result built =
      opline({"firmware", "build", "--board", "nucleo-f446re", "--compiler-prefix", "/no/such-"});
  EXPECT_EQ(built.exit_code, 3) << built.err;
  EXPECT_THAT(built.err, HasSubstr("gcc-arm-none-eabi"));
  EXPECT_FALSE(fs::exists(folder_ / "nucleo-f446re.elf"));
}

TEST_F(BoardFile, SourcesForOtherRuntimesAreAFolderForTheIncludePath) {
  ASSERT_EQ(opline({"firmware", "sources", "--board", "nucleo-f746zg", "--out", "b"}).exit_code, 0);
  for (const char* file : {"firmware/include/opline_device.h", "firmware/boards/opline_board.h",
                           "firmware/boards/from_file/opline_board_file.h", "memory.ld"})
    EXPECT_TRUE(fs::is_regular_file(folder_ / "b" / file)) << file;
  EXPECT_THAT(opline({"firmware", "sources", "--board", "nucleo-f746zg", "--out", "b"}).err,
              HasSubstr("is there and not empty"));
  write("file", "");
  for (const char* folder : {"file", "file/b"}) {
    const Result refused =
        opline({"firmware", "sources", "--board", "nucleo-f746zg", "--out", folder});
    EXPECT_EQ(refused.exit_code, 5) << refused.err;
    EXPECT_THAT(refused.err, HasSubstr("cannot create the folder"));
  }
}

}  // namespace
}  // namespace opline::cli
