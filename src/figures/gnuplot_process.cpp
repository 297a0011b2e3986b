#include "src/figures/gnuplot_process.h"

#include <gnuplot-iostream.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "src/base/error.h"

namespace opline::figures {
namespace {

[[noreturn]] void fail_for_resources(const std::string& what) {
  throw Error(ErrorCode::io, "{} ({}); free memory, files or processes and try again", what,
              std::strerror(errno));
}

/// A file in memory, without a name.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("opline-figure", MFD_CLOEXEC)) {
    if (descriptor_ < 0) fail_for_resources("figure: a file in memory cannot be created");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  [[nodiscard]] int descriptor() const { return descriptor_; }

  [[nodiscard]] std::string content() const {
    std::string all;
    char block[1 << 16];
    for (;;) {
      const ssize_t got = ::pread(descriptor_, block, sizeof block, static_cast<off_t>(all.size()));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail_for_resources("figure: what gnuplot wrote cannot be read");
      if (got == 0) return all;
      all.append(block, static_cast<std::size_t>(got));
    }
  }

 private:
  int descriptor_;
};

/// Leaves the file positioned at its start, where the child begins to read.
void write_to(const MemoryFile& file, const std::function<void(std::ostream&)>& write_script) {
  std::FILE* const stream = ::fdopen(::dup(file.descriptor()), "w");
  if (stream == nullptr) fail_for_resources("figure: the script cannot be written");
  gnuplotio::Gnuplot script(stream);  // closes the stream when it goes
  write_script(script);
  script.flush();
  if (!script) fail_for_resources("figure: the script cannot be written");
  if (::lseek(file.descriptor(), 0, SEEK_SET) != 0)
    fail_for_resources("figure: the script cannot be read back");
}

/// The exit status, or 128 + signal. Throws Error for a program that cannot be started.
int run(const std::string& program, const MemoryFile& in, const MemoryFile& out,
        const MemoryFile& messages) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, messages.descriptor(), STDERR_FILENO);
  std::string name = program;
  std::string no_start_up_files = "-d";
  char* const arguments[] = {name.data(), no_start_up_files.data(), nullptr};
  pid_t child = -1;
  const int failed = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT || failed == EACCES) {
    throw Error(ErrorCode::missing_tool,
                "{}: there is no such program; install it: sudo apt-get install "
                "--no-install-recommends gnuplot-nox",
                program);
  }
  errno = failed;
  if (failed != 0) fail_for_resources(program + ": cannot be started");
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

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
  return result.empty() ? "without a message" : result;
}

}  // namespace

std::string run_gnuplot(const std::string& program,
                        const std::function<void(std::ostream& script)>& write_script) {
  const MemoryFile script;
  const MemoryFile picture;
  const MemoryFile messages;
  write_to(script, write_script);
  const int status = run(program, script, picture, messages);
  if (status != 0) {
    throw Error(ErrorCode::io,
                "{}: failed with status {}: {}; check that the installed gnuplot is 5.4 or newer",
                program, status, one_line(messages.content()));
  }
  std::string image = picture.content();
  if (image.empty()) {
    throw Error(ErrorCode::io,
                "{}: succeeded but drew nothing: {}; check that the installed gnuplot is 5.4 or "
                "newer",
                program, one_line(messages.content()));
  }
  return image;
}

}  // namespace opline::figures
