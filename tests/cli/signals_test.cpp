// Closed pipes, full devices and signals: how the program ends, and what it leaves.
#include <gmock/gmock.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "src/store/study.h"
#include "tests/cli/program.h"
#include "tests/simulator/elf_builder.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

class Signals : public ProgramTest {
 protected:
  /// Runs a line of bash, in which $O is the program, with stderr in err.txt. Its exit code.
  int bash(const std::string& line) {
    write("line.sh", "O=" + program().string() + "\nexec 2> err.txt\n" + line + "\n");
    return WEXITSTATUS(std::system(("cd " + folder_.string() + " && bash line.sh").c_str()));
  }
  [[nodiscard]] std::string err() const { return read_file(folder_ / "err.txt"); }

  /// Waits until the process handles (or ignores) what it will: SIGXFSZ is the last it sets.
  static void wait_for_handlers(pid_t child) {
    for (int i = 0; i < 10'000; ++i) {
      std::ifstream status("/proc/" + std::to_string(child) + "/status");
      for (std::string line; std::getline(status, line);) {
        if (!line.starts_with("SigIgn:")) continue;
        if ((std::stoull(line.substr(7), nullptr, 16) >> (SIGXFSZ - 1) & 1) != 0) return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "the program does not start";
  }

  /// Exit code after these signals, each sent when the handlers are there; -1 when one killed it.
  int end_by(const std::vector<std::string>& arguments, const std::vector<int>& signals) {
    const pid_t child = start(folder_, arguments);
    wait_for_handlers(child);
    for (const int signal : signals) kill(child, signal);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  const std::vector<std::string> long_drawing_ = {"sample",   "--space",          "kws",
                                                  "--prior",  "uniform-networks", "--count",
                                                  "90000000", "--summary"};
};

// `opline ... | head` printed "the output could not be written" and exited with 5.
TEST_F(Signals, AClosedPipeEndsTheProgramQuietly) {
  EXPECT_EQ(bash("$O sample --quiet --count 20000 | head -1 > out.txt; exit ${PIPESTATUS[0]}"),
            141);
  EXPECT_THAT(err(), IsEmpty());
}

TEST_F(Signals, AClosedPipeEndsItQuietlyWhereSigpipeIsIgnored) {
  EXPECT_EQ(bash("trap '' PIPE; $O sample --quiet --count 20000 | head -1 > out.txt; exit "
                 "${PIPESTATUS[0]}"),
            141);
  EXPECT_THAT(err(), IsEmpty());
}

TEST_F(Signals, AFullDeviceIsReported) {
  EXPECT_EQ(bash("$O sample > /dev/full"), 5);
  EXPECT_THAT(err(), HasSubstr("standard output: cannot be written (No space left on device)"));
}

TEST_F(Signals, AClosedStandardOutputIsReported) {
  EXPECT_EQ(bash("$O sample >&-"), 5);
  EXPECT_THAT(err(), HasSubstr("standard output: cannot be written"));
}

TEST_F(Signals, EndingWhileDrawingIsSaidAndHasItsCode) {
  EXPECT_EQ(end_by(long_drawing_, {SIGINT}), 7);
  EXPECT_EQ(err(), "opline: SIGINT: interrupted\n");  // nothing is stored while drawing
  EXPECT_EQ(end_by(long_drawing_, {SIGTERM}), 7);
  EXPECT_EQ(end_by(long_drawing_, {SIGHUP}), 7);
  EXPECT_THAT(err(), HasSubstr("SIGHUP"));
}

// It spoke of networks, and of cycles that were used up.
TEST_F(Signals, ASimulationSaysWhereItWasInterrupted) {
  std::string flash;
  simulator::testing::put32(flash, 0x20010000);
  simulator::testing::put32(flash, 0x08000041);
  flash.resize(0x40, '\0');
  // SYS_WRITEC of the byte at 0x08000004 ('A'); NOP; B to it.
  for (const std::uint32_t halfword :
       {0x2108U, 0x0609U, 0x3104U, 0x2003U, 0xBEABU, 0xBF00U, 0xE7FDU})
    simulator::testing::put16(flash, halfword);
  write("loop.elf", simulator::testing::build_elf({{0x08000000, flash}}, {{"main", 0x08000041}}));
  const pid_t child =
      start(folder_, {"simulate", "loop.elf", "--board", "nucleo-f446re", "--seconds", "100000"});
  const auto has_printed = [&] {
    std::error_code missing;
    return fs::file_size(folder_ / "out.txt", missing) == 1 && !missing;
  };
  for (int i = 0; i < 30'000 && !has_printed(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_THAT(err(), testing::StartsWith("opline: SIGINT: ending the simulation; a second"));
  EXPECT_THAT(err(), HasSubstr("\ninterrupted at 0x0800004"));
  EXPECT_THAT(err(), testing::Not(HasSubstr("used up")));
}

TEST_F(Signals, ASignalThatTheParentIgnoresStaysIgnored) {
  signal(SIGHUP, SIG_IGN);  // as nohup does
  const int code = end_by(long_drawing_, {SIGHUP, SIGTERM});
  signal(SIGHUP, SIG_DFL);
  EXPECT_EQ(code, 7);
  EXPECT_THAT(err(), testing::StartsWith("opline: SIGTERM"));
}

TEST_F(Signals, AFileAboveTheSizeLimitIsReported) {
  EXPECT_EQ(bash("ulimit -f 8; $O export --network kws-s --format tflite --out s.tflite"), 5);
  EXPECT_THAT(err(), HasSubstr("s.tflite"));
  EXPECT_THAT(err(), HasSubstr("File too large"));
  for (const auto& left : fs::directory_iterator(folder_))
    EXPECT_FALSE(left.path().filename().string().starts_with("s.tflite")) << left.path();
}

TEST_F(Signals, ACampaignFinishesWhatIsInFlightAndResumes) {
  const std::vector<std::string> campaign = {"run",  "--space", "tiny",      "--count", "3000",
                                             "--db", "s.db",    "--threads", "2"};
  const pid_t child = start(folder_, campaign);
  for (int i = 0; i < 30'000 && !fs::exists(folder_ / "s.db"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_THAT(err(), HasSubstr("SIGINT"));
  EXPECT_EQ(opline({"run", "--space", "tiny", "--count", "20", "--db", "s.db"}).exit_code, 0);
}

}  // namespace
}  // namespace opline::cli
