// src/cli/own_folder.h - a folder in the temporary folder for one study, gone when the program
// ends.
#pragma once
#include <filesystem>

namespace opline::cli {

/// Removed with what is in it by the destructor; and, as long as it lives, when SIGINT or SIGTERM
/// arrives: then the program ends with exit code 7 (interrupted). At most 8 at a time; made and
/// destroyed on one thread.
class OwnFolder {
 public:
  /// Throws Error{io} where TMPDIR can't be written.
  OwnFolder();
  ~OwnFolder();
  OwnFolder(const OwnFolder&) = delete;
  OwnFolder& operator=(const OwnFolder&) = delete;

  /// The study to make in it.
  [[nodiscard]] std::filesystem::path study() const { return path_ / "table.db"; }

 private:
  std::filesystem::path path_;
  std::size_t slot_ = 0;
};

}  // namespace opline::cli
