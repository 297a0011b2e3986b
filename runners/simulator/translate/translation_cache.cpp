#include "runners/simulator/translate/translation_cache.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "src/base/error.h"

namespace opline::simulator {
namespace fs = std::filesystem;
namespace {

/// Longer than a compiler may take (compiled_translation.cpp).
constexpr auto kAbandoned = std::chrono::hours(24);

/// "DIGEST.so" and what follows it; absent for a file that opline did not name.
std::optional<std::string> after_library(const fs::path& path) {
  constexpr std::size_t kDigestLength = 32;
  constexpr std::string_view kHex = "0123456789abcdef", kExtension = ".so";
  const std::string name = path.filename().string();
  if (name.find_first_not_of(kHex) != kDigestLength) return {};
  if (name.compare(kDigestLength, kExtension.size(), kExtension) != 0) return {};
  return name.substr(kDigestLength + kExtension.size());
}

struct File {
  fs::path path;
  fs::file_time_type used;
  std::uint64_t bytes;
};

/// Of the folder, in no order.
std::vector<File> files_of(const fs::path& folder) {
  std::vector<File> files;
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    std::error_code gone;  // another process may have removed it
    const File file{at->path(), at->last_write_time(gone), at->file_size(gone)};
    if (!gone && at->symlink_status(gone).type() == fs::file_type::regular) files.push_back(file);
  }
  return files;
}

void remove_file(const fs::path& path) {
  std::error_code ignored;
  fs::remove(path, ignored);
}

}  // namespace

fs::path TranslationCache::default_folder() {
  if (const char* const cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/')
    return fs::path(cache) / "opline" / "translations";
  if (const char* const home = std::getenv("HOME"); home != nullptr && *home == '/')
    return fs::path(home) / ".cache" / "opline" / "translations";
  return {};
}

std::string TranslationCache::default_compiler() { return OPLINE_HOST_COMPILER; }

void TranslationCache::require_own() const {
  if (folder.empty())
    throw Error(ErrorCode::io, "no folder for translations; set HOME or XDG_CACHE_HOME");
  std::error_code failed;
  fs::create_directories(folder.parent_path(), failed);
  ::mkdir(folder.c_str(), S_IRWXU);
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    throw Error(ErrorCode::io, "{}: is not a folder and cannot be made", folder.string());
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw Error(ErrorCode::io,
                "{}: belongs to, or may be written by, other users, so that what is in it is not "
                "executed; chmod go-w, or remove it",
                folder.string());
  }
}

void TranslationCache::mark_used(const fs::path& library) {
  std::error_code ignored;
  fs::last_write_time(library, fs::file_time_type::clock::now(), ignored);
}

void TranslationCache::prune(const fs::path& library) const {
  std::vector<File> libraries;
  std::uint64_t bytes = 0;
  for (const File& file : files_of(folder)) {
    const std::optional<std::string> rest = after_library(file.path);
    if (rest == "") {
      bytes += file.bytes;
      if (file.path.filename() != library.filename()) libraries.push_back(file);
    } else if (rest && file.used < fs::file_time_type::clock::now() - kAbandoned) {
      remove_file(file.path);
    }
  }
  std::sort(libraries.begin(), libraries.end(),
            [](const File& one, const File& other) { return one.used < other.used; });
  for (const File& oldest : libraries) {
    if (bytes <= most_bytes) break;
    remove_file(oldest.path);
    bytes -= oldest.bytes;
  }
}

}  // namespace opline::simulator
