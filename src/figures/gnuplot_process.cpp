#include "src/figures/gnuplot_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gnuplot-iostream.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <utility>

#include "src/base/error.h"
#include "src/base/files.h"

namespace opline::figures {
namespace fs = std::filesystem;
namespace {

/// A folder of its own below the system's temporary one; gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "opline-figure-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      throw Error(ErrorCode::io,
                  "{}: cannot be made ({}); set TMPDIR to a folder that can be written", name,
                  std::strerror(errno));
    }
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// While it lives, writing to a pipe that nobody reads is an error of the write and not the end of
/// the process.
class NoSigpipe {
 public:
  NoSigpipe() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  NoSigpipe(const NoSigpipe&) = delete;
  NoSigpipe& operator=(const NoSigpipe&) = delete;
  ~NoSigpipe() {
    const timespec now{};
    while (!was_pending_ && sigtimedwait(&pipe_, nullptr, &now) == SIGPIPE) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  [[nodiscard]] const sigset_t& before() const { return before_; }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

[[noreturn]] void fail_to_start(const std::string& program, int reason) {
  if (reason == ENOENT || reason == EACCES) {
    throw Error(ErrorCode::missing_tool,
                "{}: there is no such program; install it: sudo apt-get install "
                "--no-install-recommends gnuplot-nox",
                program);
  }
  throw Error(ErrorCode::io, "{}: cannot be started ({}); free memory or processes and try again",
              program, std::strerror(reason));
}

/// A gnuplot that reads commands from a pipe. Its messages go to a file.
class Process {
 public:
  Process(const std::string& program, const fs::path& messages, const sigset_t& signals) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) fail_to_start(program, errno);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, messages.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    std::string name = program;
    std::string no_start_up_files = "-d";
    char* const arguments[] = {name.data(), no_start_up_files.data(), nullptr};
    const int failed =
        ::posix_spawnp(&pid_, program.c_str(), &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(ends[0]);
    if (failed != 0) {
      ::close(ends[1]);
      fail_to_start(program, failed);
    }
    input_ = ::fdopen(ends[1], "w");
    OPLINE_ASSERT(input_ != nullptr, "a pipe without a stream");
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (input_ != nullptr) std::fclose(input_);
    if (!status_) (void)wait();
  }

  /// The stream's owner from now on is the caller.
  [[nodiscard]] std::FILE* release_input() { return std::exchange(input_, nullptr); }

  /// Waits for the end; the exit status, or 128 + signal.
  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return *status_;
  }

 private:
  pid_t pid_ = -1;
  std::FILE* input_ = nullptr;
  std::optional<int> status_;
};

/// gnuplot's messages on one line, to stand inside an Error.
std::string one_line(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool blank = c == ' ' || (c >= 0 && c < 0x20);
    if (!blank) {
      result += c;
    } else if (!result.empty() && result.back() != ' ') {
      result += ' ';
    }
  }
  while (result.ends_with(' ')) result.pop_back();
  return result.empty() ? "it said nothing" : result;
}

}  // namespace

std::string run_gnuplot(const std::string& program,
                        const std::function<void(std::ostream&, const fs::path&)>& write_script) {
  const TemporaryFolder folder;
  const fs::path output = folder.path() / "figure";
  const fs::path messages = folder.path() / "messages";
  const NoSigpipe no_sigpipe;
  Process process(program, messages, no_sigpipe.before());
  {
    gnuplotio::Gnuplot script(process.release_input());  // closes the pipe when it goes
    write_script(script, output);
  }
  const int status = process.wait();
  if (status != 0) {
    throw Error(ErrorCode::io,
                "{}: failed with status {}: {}; check that the installed gnuplot is 5.4 or newer",
                program, status, one_line(read_file(messages)));
  }
  std::error_code failed;
  if (const auto bytes = fs::file_size(output, failed); failed || bytes == 0) {
    throw Error(ErrorCode::io,
                "{}: ended well but wrote no picture: {}; check the space left in {}", program,
                one_line(read_file(messages)), folder.path().parent_path().string());
  }
  return read_file(output);
}

}  // namespace opline::figures
