// A library for LD_PRELOAD: the program as it is, with a fault at a chosen call that changes a
// study's files on the disk.
//
//   OPLINE_FAULT_STUDY  absolute path of the study; its files are this, -wal, -shm and -journal
//   OPLINE_FAULT_LOG    a file that gets a line per call that is counted: "write -wal", "unlink
//                       -journal"; of the study itself "write ", of its folder "sync /"
//   OPLINE_FAULT_AT     number of the call with the fault, from 1
//   OPLINE_FAULT        none
//                       kill   SIGKILL before the call
//                       torn   SIGKILL after the first bytes of a write, fewer than a header of
//                              the file has; other calls: after the call
//                       full   the call fails, and so does whatever needs space from then on
//                       short  as full, but half of the first write is made
//                       io     the call fails, once
//                       pause  SIGSTOP before the call
//
// SQLite calls the C library for everything but the content of the memory-mapped index of the log
// (-shm), which is void after a crash: no other change can be torn apart by a kill.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

enum class Fault { none, kill, torn, full, short_write, io, pause };

struct Plan {
  std::string study;  ///< Its path; the names of its other files begin with it.
  std::string folder;
  Fault fault = Fault::none;
  int at = 0;
  int log = -1;
  std::atomic<int> calls{0};

  Plan() {
    const auto text = [](const char* name) {
      const char* value = std::getenv(name);
      return std::string(value != nullptr ? value : "");
    };
    study = text("OPLINE_FAULT_STUDY");
    folder = study.substr(0, study.rfind('/'));
    at = std::atoi(text("OPLINE_FAULT_AT").c_str());
    const std::string name = text("OPLINE_FAULT");
    int number = 0;
    for (const char* known : {"none", "kill", "torn", "full", "short", "io", "pause"}) {
      if (name == known) fault = static_cast<Fault>(number);
      ++number;
    }
    if (const std::string path = text("OPLINE_FAULT_LOG"); !path.empty()) {
      log = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    }
  }
};

Plan& plan() {
  static Plan one;
  return one;
}

/// The function of this name that the program would call without this library.
template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

/// The end of the file's name ("" for the study itself, "-wal", "/" for its folder); nullptr for
/// files of others.
const char* part_of_study(std::string_view path) {
  const Plan& p = plan();
  if (p.study.empty()) return nullptr;
  if (path == p.folder) return "/";
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    if (path == p.study + suffix) return suffix;
  }
  return nullptr;
}

const char* part_of_study(int descriptor) {
  char link[32];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = readlink(link, path, sizeof path);
  return size < 0 ? nullptr : part_of_study(std::string_view(path, static_cast<size_t>(size)));
}

[[noreturn]] void die() {
  raise(SIGKILL);
  std::abort();
}

/// Counts a call and logs it. True: it fails, with `error`, or is the one to be cut short.
/// `grows`: it needs space on the disk.
bool hit(const char* function, const char* part, bool grows, int error) {
  Plan& p = plan();
  const int call = ++p.calls;
  char line[128];
  const int size = std::snprintf(line, sizeof line, "%s %s\n", function, part);
  if (p.log >= 0) (void)!syscall(SYS_write, p.log, line, size);
  const bool now = call == p.at;
  if (now && p.fault == Fault::kill) die();
  if (now && p.fault == Fault::pause) raise(SIGSTOP);
  const bool full = p.fault == Fault::full || p.fault == Fault::short_write;
  const bool fails = (now && (full || p.fault == Fault::io)) || (full && grows && call > p.at);
  if (fails) errno = p.fault == Fault::io ? EIO : error;
  return fails;
}

bool dies_now() { return plan().fault == Fault::torn && plan().calls == plan().at; }

/// A call that is made as a whole or not at all.
template <typename Call>
auto whole(const char* function, const char* part, bool grows, int error, const Call& call)
    -> decltype(call()) {
  if (part == nullptr) return call();
  if (hit(function, part, grows, error)) return -1;
  const auto result = call();
  if (dies_now()) die();
  return result;
}

/// A write; `call` makes it, of as many bytes as it is given.
template <typename Call>
ssize_t written(const char* function, int descriptor, size_t size, const Call& call) {
  const char* part = part_of_study(descriptor);
  if (part == nullptr) return call(size);
  const bool fails = hit(function, part, true, ENOSPC);
  if (dies_now()) {
    constexpr std::size_t kFirstBytes = 60;
    if (size > 1) call(std::min(size / 2, kFirstBytes));
    die();
  }
  if (!fails) return call(size);
  const int error = errno;
  const bool halved = plan().fault == Fault::short_write && plan().calls == plan().at && size > 1;
  if (halved) return call(size / 2);
  errno = error;
  return -1;
}

int opened(const char* function, const char* path, int flags, mode_t mode) {
  const auto call = [&] { return real<int(const char*, int, ...)>(function)(path, flags, mode); };
  if ((flags & O_CREAT) == 0) return call();
  struct stat status {};
  if (lstat(path, &status) == 0) return call();
  return whole("create", part_of_study(path), true, ENOSPC, call);
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

/// Syncs are counted and not made: what is tested is a killed process, not a power cut.
int synced(const char* function, int descriptor) {
  return whole(function, part_of_study(descriptor), false, EIO, [] { return 0; });
}

int truncated(const char* function, int descriptor, off64_t size) {
  struct stat status {};
  fstat(descriptor, &status);
  return whole("truncate", part_of_study(descriptor), size > status.st_size, ENOSPC,
               [&] { return real<int(int, off64_t)>(function)(descriptor, size); });
}

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static auto* const next = real<ssize_t(int, const void*, size_t)>("write");
  return written("write", descriptor, size, [&](size_t n) { return next(descriptor, bytes, n); });
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  static auto* const next = real<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return written("write", descriptor, size,
                 [&](size_t n) { return next(descriptor, bytes, n, offset); });
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  return pwrite64(descriptor, bytes, size, offset);
}

int ftruncate64(int descriptor, off64_t size) noexcept {
  return truncated("ftruncate64", descriptor, size);
}

int ftruncate(int descriptor, off_t size) noexcept {
  return truncated("ftruncate64", descriptor, size);
}

int unlink(const char* path) noexcept {
  return whole("unlink", part_of_study(path), false, EIO,
               [&] { return real<int(const char*)>("unlink")(path); });
}

int fsync(int descriptor) { return synced("sync", descriptor); }

int fdatasync(int descriptor) { return synced("sync", descriptor); }

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened("open64", path, flags, mode);
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened("open", path, flags, mode);
}

}  // extern "C"
