#include "src/store/connection.h"

#include <sqlite3.h>

#include <limits>

namespace opline::store {

void rethrow(const SQLite::Exception& trouble, const std::filesystem::path& path) {
  const std::string file = path.string();
  switch (trouble.getErrorCode()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw Error(ErrorCode::damaged, "{}: the study is damaged ({}); go back to a copy of it", file,
                  trouble.what());
    case SQLITE_FULL:
      throw Error(ErrorCode::io,
                  "{}: the disk is full; free some space and repeat the command: it resumes", file);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorCode::io, "{}: another process keeps writing to it; wait for it or end it",
                  file);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw Error(ErrorCode::io,
                  "{}: cannot be opened or written ({}); SQLite also needs to write in its folder: "
                  "check the rights, "
                  "or copy the study elsewhere",
                  file, trouble.what());
    case SQLITE_IOERR:
      throw Error(ErrorCode::io, "{}: the system refused to read or write ({}); check the disk",
                  file, trouble.what());
    case SQLITE_CONSTRAINT:
      throw Error(ErrorCode::internal, "{}: the schema refused a row: {}", file, trouble.what());
    default:
      throw Error(ErrorCode::internal, "{}: SQLite: {}", file, trouble.what());
  }
}

Query::Query(Slot& slot) : slot_(slot) {
  OPLINE_ASSERT(!slot.borrowed, "a statement is used inside itself");
  slot_.borrowed = true;
}

Query::~Query() {
  slot_.statement.tryReset();
  slot_.borrowed = false;
}

std::optional<std::uint64_t> Query::optional_natural(int column) const {
  return is_null(column) ? std::nullopt : std::optional(natural(column));
}

std::optional<double> Query::optional_number(int column) const {
  return is_null(column) ? std::nullopt
                         : std::optional(slot_.statement.getColumn(column).getDouble());
}

std::optional<std::string> Query::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(text(column));
}

void Query::bind(int position, std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    throw Error(ErrorCode::input, "{} is beyond what a study can hold (2^63 - 1)", value);
  }
  slot_.statement.bind(position, static_cast<std::int64_t>(value));
}

Connection::Connection(const std::filesystem::path& path, Mode mode, std::string_view now,
                       std::chrono::milliseconds busy_timeout)
    : path_(path), mode_(mode), database_([&] {
        try {
          return open_database(path, mode, now, busy_timeout);
        } catch (const SQLite::Exception& trouble) {
          rethrow(trouble, path);
        }
      }()) {}

Query Connection::query(const char* sql) {
  std::unique_ptr<Query::Slot>& slot = slots_[sql];
  if (!slot) slot = std::make_unique<Query::Slot>(Query::Slot{SQLite::Statement(database_, sql)});
  return Query(*slot);
}

}  // namespace opline::store
