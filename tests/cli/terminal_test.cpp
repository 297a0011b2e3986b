// The program on a real terminal (a pty) and with its messages in a file: progress, --quiet,
// Ctrl-C. A campaign of some seconds, since nothing is reported in the first two.
#include <gmock/gmock.h>
#include <pty.h>

#include <algorithm>
#include <csignal>

#include "tests/cli/program.h"

namespace opline::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class Terminal : public ProgramTest {
 protected:
  /// Runs the program on a pty until it ends; presses Ctrl-C when `press_after` has been shown.
  int run_on_terminal(const std::vector<std::string>& arguments, const std::string& press_after) {
    int terminal = -1;
    const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
    if (child == 0) {
      std::vector<std::string> words = {program().string()};
      words.insert(words.end(), arguments.begin(), arguments.end());
      std::vector<char*> argv;
      for (std::string& word : words) argv.push_back(word.data());
      argv.push_back(nullptr);
      std::filesystem::current_path(folder_);
      execv(argv[0], argv.data());
      _exit(127);
    }
    bool pressed = press_after.empty();
    char block[4096];
    for (ssize_t got = 0; (got = read(terminal, block, sizeof block)) > 0;) {
      shown_.append(block, static_cast<std::size_t>(got));
      if (pressed || shown_.find(press_after) == std::string::npos) continue;
      pressed = write_all(terminal, "\x03");
    }
    int status = 0;
    waitpid(child, &status, 0);
    close(terminal);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  static bool write_all(int descriptor, const std::string& text) {
    return ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }

  const std::vector<std::string> campaign_ = {"run",       "--space", "kws",  "--count", "300",
                                              "--threads", "1",       "--db", "s.db"};
  std::string shown_;
};

TEST_F(Terminal, OneLineIsRedrawnAndGoes) {
  EXPECT_EQ(run_on_terminal(campaign_, ""), 0);
  EXPECT_THAT(shown_,
              ContainsRegex("\r\033\\[Kmeasuring: [0-9]+ of 300 \\([0-9]+ %\\) in [0-9.]+ s, "
                            "about [0-9].* left"));
  EXPECT_THAT(shown_, Not(HasSubstr("opline: measuring")));
  EXPECT_THAT(shown_, HasSubstr("\r\033[K300 outcomes"));  // the line has gone before the result
}

TEST_F(Terminal, ControlCFinishesWhatIsInFlight) {
  EXPECT_EQ(run_on_terminal(campaign_, "measuring: "), 7);
  EXPECT_THAT(shown_, HasSubstr("opline: SIGINT: finishing the networks in flight"));
  EXPECT_THAT(shown_, HasSubstr("interrupted: what was measured is stored"));
}

// A log of 16 minutes stayed empty.
TEST_F(Terminal, ALogHasALineNowAndThen) {
  const Result result = opline(campaign_);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, ContainsRegex("^opline: measuring: [0-9]+ of 300 \\([0-9]+ %\\) in "
                                        "[0-9.]+ s, about [0-9].* left\n"));
  EXPECT_THAT(result.err,
              ContainsRegex("opline: measuring: 300 of 300 \\(100 %\\) in [0-9.]+ s\n$"));
  EXPECT_LE(std::count(result.err.begin(), result.err.end(), '\n'), 12);
}

TEST_F(Terminal, QuietIsQuiet) {
  std::vector<std::string> quiet = campaign_;
  quiet.emplace_back("--quiet");
  const Result result = opline(quiet);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.err, "");
}

}  // namespace
}  // namespace opline::cli
