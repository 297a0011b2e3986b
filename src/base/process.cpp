#include "src/base/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "src/base/error.h"

namespace opline {
namespace {

constexpr std::size_t kMostOutput = std::size_t{1} << 20;

/// A file in memory: whatever the program writes fits, and no pipe has to be read meanwhile.
class OutputFile {
 public:
  OutputFile() : descriptor_(::memfd_create("output", MFD_CLOEXEC)) {
    if (descriptor_ < 0)
      throw Error(ErrorCode::io, "no memory for a program's output ({})", std::strerror(errno));
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() { ::close(descriptor_); }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::string text() const {
    std::string text(kMostOutput, '\0');
    const ssize_t got = ::pread(descriptor_, text.data(), text.size(), 0);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }

 private:
  int descriptor_;
};

/// The exit code of `child` when it has ended.
int await(pid_t child, const std::function<void()>& each_second) {
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(child, &status, each_second ? WNOHANG : 0);
    if (ended == child) break;
    if (ended == 0) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
      each_second();
    }
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Runs the program to its end, with `actions` on its files, and returns its exit code.
int run_to_end(const std::vector<std::string>& words, const posix_spawn_file_actions_t* actions,
               const std::function<void()>& each_second = {}) {
  std::vector<std::string> copies = words;
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : copies) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int failed =
      ::posix_spawnp(&child, arguments[0], actions, nullptr, arguments.data(), environ);
  if (failed == ENOENT) throw Error(ErrorCode::missing_tool, "{} is missing", words[0]);
  if (failed != 0)
    throw Error(ErrorCode::io, "{}: cannot be started ({})", words[0], std::strerror(failed));
  return await(child, each_second);
}

/// Nothing to read, and `output` for what it writes.
class Redirection {
 public:
  explicit Redirection(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
  }
  Redirection(const Redirection&) = delete;
  Redirection& operator=(const Redirection&) = delete;
  ~Redirection() { posix_spawn_file_actions_destroy(&actions_); }
  [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

Ended run_program(const std::vector<std::string>& words) {
  const OutputFile output;
  const int code = run_to_end(words, Redirection(output.descriptor()).actions());
  return {code, output.text()};
}

int run_program_visibly(const std::vector<std::string>& words,
                        const std::function<void()>& each_second) {
  return run_to_end(words, nullptr, each_second);
}

}  // namespace opline
