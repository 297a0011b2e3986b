// runners/simulator/translate/compiled_translation.h - functions of an image translated, compiled
// by the host's compiler and loaded while opline runs; kept in a folder for the next time.
//
// What is compiled is the text of pace.h as this program was built with it (runtime_text.h),
// followed by what translate() writes, by the compiler that built this program. The name of a kept
// library is the digest of all of that, so that a library from another build, image, board or
// compiler is never found. It ends with a digest of its own bytes: a damaged one is compiled again.
// Those that were not used for longest are removed (translation_cache.h).
#pragma once
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "runners/simulator/machine/machine.h"
#include "runners/simulator/translate/translation.h"
#include "runners/simulator/translate/translation_cache.h"

namespace opline::simulator {

class CompiledTranslation {
 public:
  /// Of these functions of what `machine` executes. Throws Error{input} where none of them is worth
  /// translating, Error{missing_tool} where this program was built without translation, Error{io}
  /// for a folder that is not the user's own.
  CompiledTranslation(const Machine& machine, const std::set<std::string>& functions,
                      TranslationCache cache = {});

  /// The kept library; null where there is none, or it is damaged. The result keeps it loaded.
  [[nodiscard]] std::shared_ptr<const Translation> kept() const;
  /// Compiles, keeps and loads it: seconds to a minute. Throws Error{missing_tool} without the
  /// compiler, Error{io} where it fails or the library cannot be written or loaded.
  [[nodiscard]] std::shared_ptr<const Translation> compile() const;

  /// Of the library.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  void run_compiler(const std::filesystem::path& source,
                    const std::filesystem::path& library) const;

  TranslationCache cache_;
  std::string source_;  ///< All that is compiled.
  std::filesystem::path path_;
};

}  // namespace opline::simulator
