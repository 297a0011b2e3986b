#include "src/base/output.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <ostream>

#include "src/base/descriptor.h"
#include "src/base/error.h"
#include "src/base/file_failure.h"
#include "src/base/printable.h"
#include "src/base/sink.h"

namespace opline {
namespace fs = std::filesystem;

void fail_on(const fs::path& path, const std::string& what) {
  throw Error(ErrorCode::io, "{}: {}", printable(path.string(), 300), what);
}

void fail_by_errno(const fs::path& path, std::string_view what) {
  const int reason = errno;
  fail_on(path, fmt::format("{} ({})", what, std::strerror(reason)));
}

namespace {

using Produce = std::function<void(const Sink&)>;

void write_all(int descriptor, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_by_errno(path, "cannot be written");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// A file beside the target that disappears unless it was renamed into place.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target) : file_(create_beside(target, name_)) {
    if (!file_.is_open()) fail_by_errno(target, "cannot be created");
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!renamed_) ::unlink(name_.c_str());
  }

  void write_and_rename(const Produce& produce, const fs::path& target) {
    produce([&](std::string_view part) { write_all(file_.number(), part, target); });
    struct stat old {};
    if (::stat(target.c_str(), &old) == 0) ::fchmod(file_.number(), old.st_mode & 0777);
    if (::fsync(file_.number()) != 0 || !file_.close()) fail_by_errno(target, "cannot be written");
    if (::rename(name_.c_str(), target.c_str()) != 0) fail_by_errno(target, "cannot be replaced");
    renamed_ = true;
  }

 private:
  /// A new file as open(2) makes it, with the permissions that the umask leaves.
  static int create_beside(const fs::path& target, std::string& name) {
    static std::atomic<unsigned> count{0};
    for (;;) {
      name = fmt::format("{}.{}-{}.part", target.string(), ::getpid(), count++);
      const int file = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (file >= 0 || errno != EEXIST) return file;  // EEXIST: left by a process that was killed
    }
  }

  std::string name_;
  Descriptor file_;
  bool renamed_ = false;
};

/// Where writing to a path leads.
struct Target {
  fs::path path;                  ///< Without symbolic links in its last part.
  std::optional<int> descriptor;  ///< An open descriptor of this process.
};

/// The N of /proc/self/fd/N, /dev/fd/N and their like.
std::optional<int> own_descriptor(const fs::path& path) {
  const std::string name = path.filename().string();
  if (name.empty() || name.size() > 6 || name.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  std::error_code failed;
  if (!fs::equivalent(path.parent_path(), "/proc/self/fd", failed) || failed) return std::nullopt;
  return std::stoi(name);
}

Target follow_links(fs::path path) {
  const fs::path asked = path;
  constexpr int kMostLinks = 40;  // Linux's own limit, path_resolution(7)
  for (int links = 0; links < kMostLinks; ++links) {
    if (const std::optional<int> descriptor = own_descriptor(path)) return {path, descriptor};
    std::error_code failed;
    const fs::path next = fs::read_symlink(path, failed);
    if (failed) return {path, std::nullopt};
    path = path.parent_path() / next;  // an absolute link replaces it
  }
  fail_on(asked, "leads through too many symbolic links");
}

void write_into(int number, const Produce& produce, const fs::path& path) {
  Descriptor file(number);
  if (!file.is_open()) fail_by_errno(path, "cannot be written");
  produce([&](std::string_view part) { write_all(file.number(), part, path); });
  if (!file.close()) fail_by_errno(path, "cannot be written");
}

void make_folder_of(const fs::path& path) {
  if (!path.has_parent_path()) return;
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed) {
    fail_on(path.parent_path(), fmt::format("the folder cannot be created ({})", failed.message()));
  }
}

void replace_file(const fs::path& path, const Produce& produce) {
  const Target target = follow_links(path);
  if (target.descriptor) {
    return write_into(::fcntl(*target.descriptor, F_DUPFD_CLOEXEC, 0), produce, path);
  }
  struct stat status {};
  const bool exists = ::stat(target.path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) fail_on(path, "is a folder; name a file");
  if (exists && !S_ISREG(status.st_mode)) {
    return write_into(::open(target.path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY), produce, path);
  }
  if (exists && ::access(target.path.c_str(), W_OK) != 0) fail_by_errno(path, "cannot be replaced");
  make_folder_of(target.path);
  TemporaryFile(target.path).write_and_rename(produce, target.path);
}

}  // namespace

void write_file_atomically(const fs::path& path, std::string_view content) {
  replace_file(path, [&](const Sink& sink) { sink(content); });
}

void write_output(const fs::path& path, std::string_view content, std::ostream& standard_output) {
  write_output(path, Produce([&](const Sink& sink) { sink(content); }), standard_output);
}

void write_output(const fs::path& path, const Produce& produce, std::ostream& standard_output) {
  standard_output.flush();
  if (path != "-") return replace_file(path, produce);
  produce([&](std::string_view part) {
    standard_output.write(part.data(), static_cast<std::streamsize>(part.size()));
  });
  standard_output.flush();
  if (!standard_output) throw Error(ErrorCode::io, "the standard output cannot be written");
}

}  // namespace opline
