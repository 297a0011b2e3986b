// `opline simulate`: opline's own firmware, and images made here.
#include <gmock/gmock.h>

#include "tests/cli/program.h"
#include "tests/simulator/elf_builder.h"

namespace opline::cli {
namespace {

using simulator::testing::build_elf;
using simulator::testing::put16;
using simulator::testing::put32;
using testing::HasSubstr;

class Simulate : public ProgramTest {
 protected:
  static std::string firmware() {
    return (std::filesystem::path(OPLINE_BINARY_DIR) / "firmware/nucleo-f446re.elf").string();
  }
  /// An image that executes `code` at its start, in main(). `hard_fault`: its handler.
  std::string image(const std::vector<std::uint32_t>& code, std::uint32_t hard_fault = 0) {
    std::string flash;
    for (const std::uint32_t word : {0x20010000U, 0x08000041U, 0U, hard_fault}) put32(flash, word);
    flash.resize(0x40, '\0');
    for (const std::uint32_t halfword : code) put16(flash, halfword);
    write_file_atomically(folder_ / "image.elf",
                          build_elf({{0x08000000, flash}}, {{"main", 0x08000041}}));
    return "image.elf";
  }
};

TEST_F(Simulate, RunsOplinesFirmwareAndFeedsItsUart) {
  write_file_atomically(folder_ / "commands.txt", "name%");
  const Result result =
      opline({"simulate", firmware(), "--board", "nucleo-f446re", "--input", "commands.txt"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("m-ready"));
  EXPECT_THAT(result.out, HasSubstr("m-name"));
  EXPECT_THAT(result.err, HasSubstr("waiting for input: the UART's receiver is empty"));
  EXPECT_THAT(result.err, HasSubstr("at 180 MHz; simulated)"));
}

TEST_F(Simulate, ReportsACrash) {
  const Result result =
      opline({"simulate", image({0x2107, 0xDE01}), "--board", "nucleo-f446re"});  // MOVS R1; UDF
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, HasSubstr("unknown instruction: undefined instruction 0xde01"));
  EXPECT_THAT(result.err, HasSubstr("r1  0x00000007"));
  EXPECT_THAT(result.err, HasSubstr("#0  0x08000042 in main+0x2"));
  EXPECT_THAT(result.err, HasSubstr("movs r1, #7")) << "the last instructions";
}

// The text was shortened in the middle, where the cause is.
TEST_F(Simulate, AFaultThatEndsInItsHandlerIsReportedInFull) {
  const std::string file = image({0xDE01, 0xE7FE}, 0x08000043);  // UDF; the handler: B .
  const Result result = opline({"simulate", file, "--board", "nucleo-f446re"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, HasSubstr("0xde01 at 0x08000040 (in main); then, in the handler "
                                    "of HardFault: endless loop: a branch to itself at"));
}

TEST_F(Simulate, SemihostingPrintsAndEnds) {
  // SYS_WRITEC of the byte at 0x08000004 ('A'); SYS_EXIT with another reason than the exit.
  const std::string file = image({0x2108, 0x0609, 0x3104, 0x2003, 0xBEAB, 0x2018, 0x2100, 0xBEAB});
  const Result result = opline({"simulate", file, "--board", "nucleo-f446re"});
  EXPECT_EQ(result.out, "A");
  EXPECT_EQ(result.exit_code, 6) << result.err;
  EXPECT_THAT(result.err, HasSubstr("exited: the program has ended with status 1"));
}

TEST_F(Simulate, TimeEndsALoop) {
  const Result result = opline(
      {"simulate", image({0xBF00, 0xE7FD}), "--board", "nucleo-f446re", "--seconds", "0.001"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("budget exhausted"));
}

TEST_F(Simulate, TimingRulesCanBeLeftOut) {
  // B to the next instruction, 3 cycles without the rule; BKPT.
  const std::string file = image({0xE7FF, 0xBE00});
  const auto cycles = [&](const std::vector<std::string>& options) {
    std::vector<std::string> all{"simulate", file, "--board", "nucleo-f446re"};
    all.insert(all.end(), options.begin(), options.end());
    const std::string text = opline(all).err;
    const std::size_t at = text.find(" instructions, ");
    return at == std::string::npos ? 0 : std::stoi(text.substr(at + 15));
  };
  EXPECT_EQ(cycles({"--timing", "no-early-branch"}), cycles({}) + 1);
  EXPECT_EQ(opline({"simulate", file, "--board", "nucleo-f446re", "--timing", "no-such"}).exit_code,
            2);
}

TEST_F(Simulate, MistakesAreNamed) {
  EXPECT_THAT(opline({"simulate", "--board", "nucleo-f446re"}).err, HasSubstr("one FILE.elf"));
  EXPECT_EQ(opline({"simulate", "none.elf", "--board", "nucleo-f446re"}).exit_code, 5);
  EXPECT_EQ(opline({"simulate", image({0xBE00}), "--board", "nucleo"}).exit_code, 2);
  EXPECT_EQ(
      opline({"simulate", image({0xBE00}), "--board", "nucleo-f446re", "--gdb", "70000"}).exit_code,
      2);
  EXPECT_THAT(opline({"simulate", image({0xBE00}), "--board", "nucleo-f446re", "--gdb", "0",
                      "--seconds", "1"})
                  .err,
              HasSubstr("leave --seconds out"));
}

}  // namespace
}  // namespace opline::cli
