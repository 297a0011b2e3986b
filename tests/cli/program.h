// tests/cli/program.h - runs the real program as a user would.
#pragma once
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "src/base/files.h"

namespace opline::cli {

struct Result {
  int exit_code = -1;
  std::string out;
  std::string err;
};

inline std::filesystem::path program() {
  return std::filesystem::path(OPLINE_BINARY_DIR) / "opline";
}

/// Starts `opline arguments...` in `folder`, its output in files there. No terminal. Returns the
/// process. `as_nobody`: not with root's rights, where the test has them.
inline pid_t start(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                   bool as_nobody = false) {
  const pid_t child = fork();
  if (child != 0) return child;
  std::vector<std::string> words = {program().string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::filesystem::current_path(folder);
  const bool redirected = freopen("/dev/null", "r", stdin) != nullptr &&
                          freopen("out.txt", "w", stdout) != nullptr &&
                          freopen("err.txt", "w", stderr) != nullptr;
  constexpr uid_t kNobody = 65534;
  if (as_nobody && geteuid() == 0 && setuid(kNobody) != 0) _exit(127);
  if (redirected) execv(argv[0], argv.data());
  _exit(127);
}

/// Runs to the end.
inline Result run(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                  bool as_nobody = false) {
  int status = 0;
  waitpid(start(folder, arguments, as_nobody), &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(folder / "out.txt"),
          read_file(folder / "err.txt")};
}

/// A test with a folder of its own to run the program in.
class ProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  Result opline(const std::vector<std::string>& arguments) { return run(folder_, arguments); }
  void write(const std::string& name, const std::string& text) {
    write_file_atomically(folder_ / name, text);
  }
  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("opline_cli_" + std::to_string(::getpid()));
};

}  // namespace opline::cli
