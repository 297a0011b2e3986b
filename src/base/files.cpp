#include "src/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <new>
#include <stdexcept>
#include <vector>

#include "src/base/descriptor.h"
#include "src/base/error.h"
#include "src/base/file_failure.h"

namespace opline {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kLargestStream = std::size_t{256} << 20;
constexpr std::size_t kBlock = std::size_t{1} << 16;

struct stat status_of(const Descriptor& file, const fs::path& path) {
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) fail_by_errno(path, "cannot be read");
  return status;
}

/// Fills `buffer` as far as the file goes; fewer bytes mean its end.
std::size_t read_up_to(const Descriptor& file, char* buffer, std::size_t size,
                       const fs::path& path) {
  std::size_t count = 0;
  while (count < size) {
    const ssize_t got = ::read(file.number(), buffer + count, size - count);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_by_errno(path, "cannot be read");
    if (got == 0) break;
    count += static_cast<std::size_t>(got);
  }
  return count;
}

/// A file whose size is known beforehand.
std::string read_sized(const Descriptor& file, std::size_t size, const fs::path& path) {
  std::string content(size, '\0');
  char beyond = 0;
  if (read_up_to(file, content.data(), size, path) != size ||
      read_up_to(file, &beyond, 1, path) != 0) {
    fail_on(path, "changed its size while it was read; run again when it is complete");
  }
  return content;
}

/// A stream, or a file of /proc, whose size is known at its end.
std::string read_stream(const Descriptor& file, const fs::path& path) {
  std::string content;
  for (;;) {
    const std::size_t before = content.size();
    content.resize(before + kBlock);
    const std::size_t got = read_up_to(file, content.data() + before, kBlock, path);
    content.resize(before + got);
    if (got < kBlock) return content;
    if (content.size() >= kLargestStream) {
      fail_on(path, fmt::format("is a stream of more than {} MiB; write it to a file first",
                                kLargestStream >> 20));
    }
  }
}

}  // namespace

std::string read_file(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) fail_by_errno(path, "cannot be read");
  const struct stat status = status_of(file, path);
  if (S_ISDIR(status.st_mode)) fail_on(path, "is a folder; name a file");
  const auto size = static_cast<std::size_t>(status.st_size);
  try {
    return S_ISREG(status.st_mode) && size > 0 ? read_sized(file, size, path)
                                               : read_stream(file, path);
  } catch (const std::bad_alloc&) {
    fail_on(path, "cannot be read (too little memory)");
  } catch (const std::length_error&) {
    fail_on(path, fmt::format("cannot be read ({} bytes are too many)", size));
  }
}

namespace {

fs::path program_folder() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::current_path() : program.parent_path();
}

}  // namespace

fs::path resource_root() {
  std::vector<fs::path> places;
  if (const char* home = std::getenv("OPLINE_HOME"); home != nullptr && *home != '\0') {
    places.emplace_back(home);
  } else {
    const fs::path beside = program_folder();
    places = {beside, beside.parent_path(), beside.parent_path() / "share" / "opline"};
  }
  std::string looked;
  for (const fs::path& place : places) {
    if (fs::is_directory(place / "data" / "boards")) return place;
    looked += "\n  " + (place / "data").string();
  }
  throw Error(ErrorCode::missing_tool,
              "opline's data folder is not where it was looked for:{}\nset OPLINE_HOME to the "
              "folder that holds it",
              looked);
}

fs::path resource(const fs::path& relative) {
  fs::path path = resource_root() / relative;
  if (!fs::exists(path)) {
    throw Error(ErrorCode::missing_tool, "{}: is missing; build opline or reinstall it",
                path.string());
  }
  return path;
}

}  // namespace opline
