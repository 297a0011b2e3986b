// runners/simulator/translate/translation_cache.h - the folder where compiled translations are
// kept.
//
// A library is DIGEST.so; what a compiler reads and writes is beside it as DIGEST.so.*, and removed
// when it ends. A library's time of modification is when it was last used.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace opline::simulator {

struct TranslationCache {
  /// Made where it is missing. It must belong to the user, and nobody else may write to it: what is
  /// in it is executed.
  std::filesystem::path folder = default_folder();
  /// Absent or of another version than the one that built this program: nothing is compiled.
  std::string compiler = default_compiler();
  /// All libraries together; one is some hundred kB. See prune().
  std::uint64_t most_bytes = std::uint64_t{256} << 20;

  /// $XDG_CACHE_HOME/opline/translations, else ~/.cache/opline/translations; empty without either.
  [[nodiscard]] static std::filesystem::path default_folder();
  /// The path of the compiler that built this program.
  [[nodiscard]] static std::string default_compiler();

  /// Makes the folder. Throws Error{io} where it cannot, or it is not the user's own.
  void require_own() const;
  /// The library was used now. Never fails.
  static void mark_used(const std::filesystem::path& library);
  /// Removes the least recently used libraries until the others fit `most_bytes`, but never
  /// `library`; and files of compilers that were killed a day ago or earlier. A library that is
  /// loaded stays so. Other files are left alone. Never fails: what cannot be removed stays.
  void prune(const std::filesystem::path& library) const;
};

}  // namespace opline::simulator
