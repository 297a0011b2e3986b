#include "src/base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include "src/base/error.h"

namespace opline {
namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    throw Error(ErrorCode::io, "{}: is a folder; name a file", path.string());
  }
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw Error(ErrorCode::io, "{}: cannot be read ({})", path.string(), std::strerror(errno));
  std::ostringstream content;
  content << in.rdbuf();
  return std::move(content).str();
}

namespace {

void write_all(int descriptor, std::string_view content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      throw Error(ErrorCode::io, "{}: cannot be written ({})", path.string(), std::strerror(errno));
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// A file beside the target that disappears unless it was renamed into place.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target) : name_(target.string() + ".XXXXXX") {
    descriptor_ = ::mkstemp(name_.data());
    if (descriptor_ < 0) {
      throw Error(ErrorCode::io, "{}: cannot be created ({}); choose another folder",
                  target.string(), std::strerror(errno));
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!renamed_) ::unlink(name_.c_str());
  }

  void write_and_rename(std::string_view content, const fs::path& target) {
    write_all(descriptor_, content, target);
    ::fchmod(descriptor_, 0644);
    if (::fsync(descriptor_) != 0 || ::rename(name_.c_str(), target.c_str()) != 0) {
      throw Error(ErrorCode::io, "{}: cannot be replaced ({})", target.string(),
                  std::strerror(errno));
    }
    renamed_ = true;
  }

 private:
  std::string name_;
  int descriptor_ = -1;
  bool renamed_ = false;
};

fs::path program_folder() {
  std::error_code failed;
  const fs::path program = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::current_path() : program.parent_path();
}

}  // namespace

void write_file_atomically(const fs::path& path, std::string_view content) {
  if (path.has_parent_path()) {
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    if (failed) {
      throw Error(ErrorCode::io, "{}: the folder cannot be made ({})", path.parent_path().string(),
                  failed.message());
    }
  }
  TemporaryFile(path).write_and_rename(content, path);
}

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
