// Opening a study: what is refused is refused before anything could be written to it.
//
// A study is recognised by its first bytes (file_kind.h) and put together by SQLite: a process that
// was killed leaves a journal or a log beside the file, and the file alone may be torn.
#include <SQLiteCpp/Backup.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "src/base/version.h"
#include "src/store/connection.h"
#include "src/store/file_kind.h"
#include "src/store/schema.h"

namespace opline::store {
namespace {

namespace fs = std::filesystem;

/// Whether there is a study at `path`. False: there is nothing, or an empty file. Throws
/// Error{input} for a file that is not ours; it is left as it is.
bool holds_study(const fs::path& path) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (status.type() == fs::file_type::not_found) return false;
  if (status.type() == fs::file_type::none) {
    throw Error(ErrorCode::io, "{}: cannot be opened ({})", path.string(), failed.message());
  }
  if (!fs::is_regular_file(status)) {
    throw Error(ErrorCode::io, "{}: is not a file; name the study's file", path.string());
  }
  if (access(path.c_str(), R_OK) != 0) {
    throw Error(ErrorCode::io, "{}: cannot be read ({})", path.string(), std::strerror(errno));
  }
  switch (file_kind(path)) {
    case FileKind::empty:
      return false;
    case FileKind::study:
      return true;
    case FileKind::sqlite:
      throw Error(ErrorCode::input,
                  "{}: is an SQLite file of another program; it was left as it is: name another "
                  "file for the study",
                  path.string());
    case FileKind::other:
      break;
  }
  throw Error(ErrorCode::input, "{}: is not a study; it was left as it is: name another file",
              path.string());
}

void make_folder(const fs::path& file) {
  std::error_code failed;
  fs::create_directories(file.parent_path(), failed);
  if (failed) {
    throw Error(ErrorCode::io, "{}: cannot create this folder ({})", file.parent_path().string(),
                failed.message());
  }
}

bool writable(const fs::path& path) { return access(path.c_str(), W_OK) == 0; }
bool replaceable(const fs::path& path) { return writable(path) && writable(path.parent_path()); }

void require_writable(const fs::path& path) {
  if (replaceable(path)) return;
  throw Error(ErrorCode::io,
              "{}: no permission to write the study or its folder; grant it, or copy the study to "
              "a folder of yours (opline validate, compare, plot and export read it where it is)",
              path.string());
}

/// A connection that reads. A reader of a WAL study makes side files beside it. Where it cannot, it
/// may do without them as long as there is no log, which a writer at work would have: then the file
/// alone is the whole study.
SQLite::Database open_reader(const fs::path& path, int timeout) {
  const bool logged = fs::exists(path.string() + "-wal") || fs::exists(path.string() + "-journal");
  if (logged || writable(path.parent_path()))
    return {path.string(), SQLite::OPEN_READONLY, timeout};
  return {uri(path, "immutable=1"), SQLite::OPEN_READONLY | SQLite::OPEN_URI, timeout};
}

std::int64_t format_of(SQLite::Database& database) {
  return database.execAndGet("PRAGMA user_version").getInt64();
}

/// Nothing was committed yet: what was there has been rolled back.
bool is_empty(SQLite::Database& database) {
  return format_of(database) == 0 &&
         database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt64() == 0;
}

[[noreturn]] void fail_as_empty(const fs::path& path) {
  throw Error(ErrorCode::input, "{}: is empty; name a study, or create one with opline run",
              path.string());
}

[[noreturn]] void fail_as_unrecovered(const fs::path& path) {
  throw Error(ErrorCode::io,
              "{}: its last writer was interrupted and left a log or a journal beside it, and its "
              "folder cannot be written; copy the study and these files to a folder of yours",
              path.string());
}

/// Format of a study, read by a connection that cannot write. Missing when a crash left a journal
/// that only a writer may roll back.
std::optional<std::int64_t> read_format(SQLite::Database& reader, const fs::path& path) {
  try {
    return format_of(reader);
  } catch (const SQLite::Exception& trouble) {
    if (trouble.getExtendedErrorCode() == SQLITE_READONLY_ROLLBACK) return std::nullopt;
    const int code = trouble.getErrorCode();
    if ((code == SQLITE_READONLY || code == SQLITE_CANTOPEN) && !replaceable(path))
      fail_as_unrecovered(path);
    throw;
  }
}

void require_known_format(const fs::path& path, std::int64_t format) {
  if (format < 1) {
    throw Error(ErrorCode::damaged,
                "{}: the study is damaged (a file of format {}, which does not exist); go back to "
                "a copy of it",
                path.string(), format);
  }
  if (format > current_format()) {
    throw Error(ErrorCode::input,
                "{}: is a study of format {}, written by a newer opline; this one ({}) reads up to "
                "format {}: update opline",
                path.string(), format, version(), current_format());
  }
}

void require_schema(SQLite::Database& database, const fs::path& path) {
  if (const auto fault = schema_fault(database)) {
    throw Error(ErrorCode::damaged, "{}: the study is damaged ({}); go back to a copy of it",
                path.string(), *fault);
  }
}

void harden(SQLite::Database& database) {
  database.exec("PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON");
}

void configure_writer(SQLite::Database& database) {
  harden(database);
  // docs/formats/study.md argues for these two.
  SQLite::Statement journal(database, "PRAGMA journal_mode = WAL");
  journal.executeStep();
  if (journal.getColumn(0).getString() != "wal") {
    throw Error(ErrorCode::io,
                "{}: its file system has no shared memory (a network drive?); put the study on a "
                "local disk",
                database.getFilename());
  }
  database.exec("PRAGMA synchronous = FULL");
}

/// Migrates and switches to WAL. Both need the file for a moment, and SQLite does not wait for it
/// in every case when several processes create one file at once; both can be started again.
void make_current(SQLite::Database& database, const std::string& now,
                  std::chrono::milliseconds busy_timeout) {
  const auto deadline = std::chrono::steady_clock::now() + busy_timeout;
  for (;;) {
    try {
      migrate(database, migrations(), now);
      configure_writer(database);
      return;
    } catch (const SQLite::Exception& trouble) {
      if (trouble.getErrorCode() != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline)
        throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

/// A copy in memory, brought to the current format: an older study is read as it is.
SQLite::Database current_copy(SQLite::Database& older) {
  SQLite::Database copy(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  SQLite::Backup(copy, older).executeStep();
  migrate(copy, migrations(), {});
  return copy;
}

SQLite::Database open_to_read(const fs::path& path, int timeout) {
  SQLite::Database database = open_reader(path, timeout);
  std::optional<std::int64_t> format = read_format(database, path);
  if (!format) {
    if (!replaceable(path)) fail_as_unrecovered(path);
    SQLite::Database recovering(path.string(), SQLite::OPEN_READWRITE, timeout);
    (void)format_of(recovering);  // The first read rolls the journal back.
    format = format_of(database);
  }
  if (is_empty(database)) fail_as_empty(path);
  require_known_format(path, *format);
  if (*format < current_format()) database = current_copy(database);
  harden(database);
  database.exec("PRAGMA query_only = ON");
  require_schema(database, path);
  return database;
}

/// Before a connection that writes is opened: it would recover even what is refused.
void require_known_study(const fs::path& path, int timeout) {
  require_writable(path);
  SQLite::Database reader = open_reader(path, timeout);
  const auto format = read_format(reader, path);
  if (format && !is_empty(reader)) require_known_format(path, *format);
}

SQLite::Database open_to_write(const fs::path& path, bool create, std::string_view now,
                               std::chrono::milliseconds busy_timeout) {
  const int timeout = static_cast<int>(busy_timeout.count());
  const int flags = SQLite::OPEN_READWRITE | (create ? SQLite::OPEN_CREATE : 0);
  SQLite::Database database(path.string(), flags, timeout);
  if (!is_empty(database)) {
    require_known_format(path, format_of(database));
  } else if (!create) {
    fail_as_empty(path);
  }
  // The first tables come in one transaction with the file's mark, still without a WAL: from then
  // on the first bytes of the file alone tell what it is.
  make_current(database, std::string(now), busy_timeout);
  require_schema(database, path);
  return database;
}

}  // namespace

Mode effective_mode(const fs::path& path, Mode mode) {
  if (mode != Mode::write_if_possible) return mode;
  return replaceable(fs::absolute(path)) ? Mode::read_write : Mode::read_only;
}

SQLite::Database open_database(const fs::path& given, Mode mode, std::string_view now,
                               std::chrono::milliseconds busy_timeout) {
  // Absolute, so that SQLite's special names (":memory:", "") mean nothing.
  const fs::path path = fs::absolute(given);
  const int timeout = static_cast<int>(busy_timeout.count());
  if (mode == Mode::create) require_time(now);
  const bool there = holds_study(path);
  if (!there && mode != Mode::create) {
    if (fs::exists(path)) fail_as_empty(path);
    throw Error(ErrorCode::io, "{}: there is no such file; name a study", path.string());
  }
  if (mode == Mode::read_only) return open_to_read(path, timeout);
  if (there) {
    require_known_study(path, timeout);
  } else {
    make_folder(path);
  }
  return open_to_write(path, mode == Mode::create, now, busy_timeout);
}

}  // namespace opline::store
