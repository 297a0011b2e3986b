// src/store/schema.h - the study file's tables, and how an older file becomes a current one.
//
// Documented in docs/formats/study.md, which a test compares with this.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace SQLite {
class Database;
}

namespace opline::store {

/// "Opln": what marks a SQLite file as a study (bytes 68-71 of its header). Frozen.
inline constexpr std::int64_t kApplicationId = 0x4F706C6E;

/// Script i turns format i into format i + 1; each is applied in one transaction. A script that was
/// released is never edited: a change of the schema is a new script at the end.
[[nodiscard]] std::span<const char* const> migrations();

/// The format this program writes: PRAGMA user_version of its files.
[[nodiscard]] std::int64_t current_format();

/// What of the current format's schema is missing in `database` or different, or a trigger that is
/// not part of it; nothing when all is there. Tables, columns, indices and views of others may be.
[[nodiscard]] std::optional<std::string> schema_fault(SQLite::Database& database);

/// Brings `database` up to format scripts.size(). An empty one gets `kApplicationId` and says since
/// when and by which opline it exists (`now`: ISO 8601 UTC). A migration that fails leaves the file
/// at the format before it. Throws SQLite::Exception, of code SQLITE_CORRUPT when a row refers to
/// another that does not exist.
void migrate(SQLite::Database& database, std::span<const char* const> scripts,
             const std::string& now);

}  // namespace opline::store
