// tests/fuzz/memory_file.h - bytes as a file without a disk, for parsers that take a path.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

#include "src/base/files.h"

namespace opline::fuzz {

class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("input", 0)) {
    write_file_atomically(path(), bytes);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  [[nodiscard]] std::filesystem::path path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
  }

 private:
  int descriptor_;
};

}  // namespace opline::fuzz
