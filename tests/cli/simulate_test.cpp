// `opline simulate`: opline's own firmware, and images made here.
#include <gmock/gmock.h>

#include <csignal>
#include <map>
#include <thread>

#include "runners/attached/stream_transport.h"
#include "runners/device_session.h"
#include "src/base/error.h"
#include "src/store/study.h"
#include "tests/cli/documented_keys.h"
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

/// `opline simulate --board ...` in the background, serving.
class Served : public Simulate {
 protected:
  void serve(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"simulate", "--board", "nucleo-f446re"});
    process_ = start(folder_, arguments);
    for (int i = 0; i < 60'000 && where().empty(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  /// The line that it prints: where the board is.
  std::string where() {
    std::error_code missing;
    if (!std::filesystem::exists(folder_ / "out.txt", missing)) return {};
    const std::string text = read_file(folder_ / "out.txt");
    return text.ends_with('\n') ? text.substr(0, text.size() - 1) : "";
  }
  /// Who answers there.
  std::string board_there() {
    runners::StreamTransport transport(ports::Link::open(where(), 115'200));
    runners::DeviceSession session(transport, {10, true});
    session.synchronise();
    return session.capabilities().board;
  }
  int end() {
    int status = 0;
    waitpid(process_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  pid_t process_ = -1;
};

TEST_F(Served, OnAPseudoTerminalUntilTheOtherSideCloses) {
  serve({"--pty", "--once"});
  EXPECT_THAT(where(), testing::StartsWith("/dev/pts/"));
  EXPECT_EQ(board_there(), "nucleo-f446re");
  EXPECT_EQ(end(), 0) << read_file(folder_ / "err.txt");
}

TEST_F(Served, OnATcpPortForOneHostAfterTheOtherUntilASignal) {
  serve({"--tcp", "0"});
  EXPECT_THAT(where(), testing::StartsWith("tcp:127.0.0.1:"));
  EXPECT_EQ(board_there(), "nucleo-f446re");
  EXPECT_EQ(board_there(), "nucleo-f446re");
  kill(process_, SIGTERM);
  EXPECT_EQ(end(), 7);
  EXPECT_THAT(read_file(folder_ / "err.txt"), HasSubstr("SIGTERM"));
}

TEST_F(Served, ACampaignMixesItWithSimulatedBoards) {
  serve({"--pty"});
  const std::string boards =
      "nucleo-f446re@" + where() + ",nucleo-f446re,nucleo-f746zg,nucleo-f767zi";
  const Result result = opline({"run", "--space", "tiny", "--count", "5", "--boards", boards,
                                "--repeats", "2", "--db", "s.db"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("differ by at most 0 %"));
  store::Study study = store::Study::open(folder_ / "s.db", store::Mode::read_only);
  const std::vector<store::Series> series = study.measurements({});
  ASSERT_EQ(series.size(), 4U);
  std::map<measure::Runner, std::map<std::string, std::uint64_t>> cycles;  // of the F446RE
  for (const store::Series& one : series) {
    EXPECT_FALSE(one.rows.empty());
    if (one.setup.setup.board != "nucleo-f446re") continue;
    for (const store::MeasurementRow& row : one.rows)
      cycles[one.setup.setup.runner][row.network] = *row.cycles;
  }
  EXPECT_EQ(cycles[measure::Runner::attached], cycles[measure::Runner::simulated]);
  kill(process_, SIGTERM);
  EXPECT_EQ(end(), 7);
}

// Its flash has the weights of the pools, whatever the file's are.
TEST_F(Served, AFileIsMeasuredOnItWithTheWeightsOfItsPools) {
  serve({"--pty"});
  const std::string board = "nucleo-f446re@" + where();
  ASSERT_EQ(opline({"export", "--space", "tiny", "--index", "0", "--format", "tflite", "--out",
                    "t.tflite"})
                .exit_code,
            0);
  const Result result = opline({"measure", "t.tflite", "--boards", board, "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err << result.out;
  EXPECT_THAT(result.out, HasSubstr("\"outcome\": \"measured\""));
  EXPECT_THAT(result.out, HasSubstr("\"weights\": \"pools\""));
  kill(process_, SIGTERM);
  EXPECT_EQ(end(), 7);
}

TEST_F(Served, ABoardThatIsNotThereIsAnErrorOfTheDevice) {
  const Result result = opline({"run", "--boards", "nucleo-f446re@/dev/ttyNone", "--db", "s.db"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, HasSubstr("nucleo-f446re@/dev/ttyNone: the port cannot be opened"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "s.db"));
  for (const char* other : {"--repeats", "--record"})
    EXPECT_EQ(opline({"run", "--boards", "nucleo-f446re", other, "2", "--db", "s.db"}).exit_code,
              2);
}

TEST_F(Served, TheDoctorFindsABoardReadyOrSaysWhatToDo) {
  serve({"--pty"});
  const std::string port = where();
  const Result ready = opline({"doctor", "--boards", "nucleo-f446re@" + port});
  EXPECT_EQ(ready.exit_code, 0) << ready.out;
  EXPECT_THAT(ready.out, HasSubstr(": ready: the firmware of this build (opline "));
  EXPECT_THAT(ready.out, HasSubstr("180 MHz"));
  const Result other = opline({"doctor", "--boards", "nucleo-f746zg@" + port});
  EXPECT_EQ(other.exit_code, 6);
  EXPECT_THAT(other.out, HasSubstr("is for the board `nucleo-f446re`"));
  const Result unnamed = opline({"doctor", "--boards", "nucleo-f446re"});
  EXPECT_EQ(unnamed.exit_code, 2);
  EXPECT_EQ(unnamed.out, "");
  const Result json = opline({"doctor", "--json", "--boards", "nucleo-f446re@" + port});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  const Json found = parse_json(json.out, "doctor");
  EXPECT_EQ(found["boards"][0]["clock_hz"], 180'000'000);
  EXPECT_EQ(found["boards"][0]["ready"], true);
  EXPECT_EQ(found["tools"][2]["package"], "openocd");
  expect_documented(found, read_file(std::filesystem::path(OPLINE_SOURCE_DIR) / "docs/boards.md"));
  kill(process_, SIGTERM);
  EXPECT_EQ(end(), 7);
}

TEST_F(Served, AProgramThatCrashesEndsIt) {
  serve({image({0x2107, 0xDE01}), "--tcp", "0"});
  try {
    (void)board_there();
  } catch (const Error&) {  // it is gone before it answers
  }
  EXPECT_EQ(end(), 6);
  EXPECT_THAT(read_file(folder_ / "err.txt"), HasSubstr("undefined instruction 0xde01"));
}

TEST_F(Simulate, TheFlashToolIsStartedWithTheImage) {
  const Result dry = opline({"firmware", "flash", "--board", "nucleo-f746zg", "--dry-run"});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_THAT(dry.out, testing::MatchesRegex("openocd -f board/st_nucleo_f7.cfg -c 'program "
                                             "\\{.*nucleo-f746zg.elf\\} verify reset exit'\n"));
  // A tool that writes its arguments down, and one that fails.
  const std::string path = std::getenv("PATH");
  setenv("PATH", (folder_.string() + ":" + path).c_str(), 1);
  write("openocd", "#!/bin/sh\necho \"$@\" > arguments.txt\n");
  std::filesystem::permissions(folder_ / "openocd", std::filesystem::perms::owner_all);
  EXPECT_EQ(opline({"firmware", "flash", "--board", "nucleo-f446re"}).exit_code, 0);
  EXPECT_THAT(read_file(folder_ / "arguments.txt"),
              testing::StartsWith("-f board/st_nucleo_f4.cfg -c program {"));
  write("openocd", "#!/bin/sh\nexit 1\n");
  std::filesystem::permissions(folder_ / "openocd", std::filesystem::perms::owner_all);
  EXPECT_EQ(opline({"firmware", "flash", "--board", "nucleo-f446re"}).exit_code, 6);
  setenv("PATH", folder_.c_str(), 1);
  std::filesystem::remove(folder_ / "openocd");
  const Result missing = opline({"firmware", "flash", "--board", "nucleo-f446re"});
  setenv("PATH", path.c_str(), 1);
  EXPECT_EQ(missing.exit_code, 3);
  EXPECT_THAT(missing.err, HasSubstr("apt-get install"));
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
  EXPECT_THAT(opline({"simulate", "--board", "nucleo-f446re", "--pty", "--tcp", "0"}).err,
              HasSubstr("not both"));
  EXPECT_THAT(opline({"simulate", "--board", "nucleo-f446re", "--pty", "--gdb", "0"}).err,
              HasSubstr("--gdb is not for --pty"));
  EXPECT_THAT(
      opline({"simulate", "--board", "nucleo-f446re", "--pty", "--timing", "no-early-branch"}).err,
      HasSubstr("--timing is not for --pty"));
  EXPECT_THAT(opline({"simulate", image({0xBE00}), "--board", "nucleo-f446re", "--once"}).err,
              HasSubstr("--once is for --pty and --tcp"));
}

}  // namespace
}  // namespace opline::cli
