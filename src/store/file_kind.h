// src/store/file_kind.h - what a file is, told by its first bytes alone. Internal to the module.
//
// This is asked before SQLite may recover anything, so that a file of another program is neither
// changed nor gets side files. It does not ask whether the file is whole: after a crash the rest of
// a study may be in its journal or log, and putting it together again is SQLite's part.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace opline::store {

enum class FileKind : std::uint8_t {
  empty,   ///< Nothing, or the rest of a first transaction that its journal rolls back to nothing.
  study,   ///< SQLite's magic and kApplicationId.
  sqlite,  ///< An SQLite file of another program.
  other,   ///< Anything else.
};

/// Of the file at `path`, which exists. Throws SQLite::Exception where it cannot be read.
[[nodiscard]] FileKind file_kind(const std::filesystem::path& path);

/// A "file:" URI of `path` with `parameters`; what has a meaning in URIs is escaped.
[[nodiscard]] std::string uri(const std::filesystem::path& path, std::string_view parameters);

}  // namespace opline::store
