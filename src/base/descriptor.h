// src/base/descriptor.h - a POSIX file descriptor that closes itself, and what goes wrong with
// files. Private to src/base.
#pragma once
#include <unistd.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace opline {

/// Throws Error{io} "path: what".
[[noreturn]] void fail_on(const std::filesystem::path& path, const std::string& what);
/// Throws Error{io} "path: what (reason)" with the reason that errno holds.
[[noreturn]] void fail_by_errno(const std::filesystem::path& path, std::string_view what);

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  /// Whether closing it succeeded: some file systems report a full disk only here.
  [[nodiscard]] bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

}  // namespace opline
