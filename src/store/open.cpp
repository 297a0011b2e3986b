// Opening a study: what is refused is refused before anything could be written to it.
#include <sqlite3.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <thread>

#include "src/base/version.h"
#include "src/store/connection.h"
#include "src/store/schema.h"

namespace opline::store {
namespace {

namespace fs = std::filesystem;

bool has_content(const fs::path& path) {
  std::error_code failed;
  if (!fs::exists(path, failed)) return false;
  if (!fs::is_regular_file(path, failed)) {
    throw Error(ErrorCode::io, "{}: is not a file; name the study's file", path.string());
  }
  const auto bytes = fs::file_size(path, failed);
  if (failed)
    throw Error(ErrorCode::io, "{}: cannot be read ({})", path.string(), failed.message());
  return bytes > 0;
}

void make_folder(const fs::path& file) {
  std::error_code failed;
  fs::create_directories(file.parent_path(), failed);
  if (failed) {
    throw Error(ErrorCode::io, "{}: the folder cannot be made ({})", file.parent_path().string(),
                failed.message());
  }
}

/// A "file:" URI of `path`; what has a meaning in URIs is escaped.
std::string uri(const fs::path& path, std::string_view parameters) {
  std::string result = "file:";
  for (const char byte : path.string()) {
    const bool plain = std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '/' ||
                       byte == '.' || byte == '-' || byte == '_';
    result +=
        plain ? std::string(1, byte) : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return result + "?" + std::string(parameters);
}

/// Reads the file's mark without locks and without making SQLite's side files beside something that
/// isn't ours. (Through SQLite and not by a file stream: closing one would drop the locks that this
/// process has on the file.)
void require_study(const fs::path& path) {
  std::int64_t application = 0;
  try {
    SQLite::Database probe(uri(path, "immutable=1"), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    application = probe.execAndGet("PRAGMA application_id").getInt64();
  } catch (const SQLite::Exception& trouble) {
    if (trouble.getErrorCode() != SQLITE_NOTADB && trouble.getErrorCode() != SQLITE_CORRUPT) throw;
    throw Error(
        ErrorCode::input,
        "{}: is not a study, or a damaged one ({}); it was left as it is: name another file",
        path.string(), trouble.what());
  }
  if (application != kApplicationId) {
    throw Error(ErrorCode::input,
                "{}: is an SQLite file of another program; it was left as it is: name another file "
                "for the study",
                path.string());
  }
}

bool writable(const fs::path& path) { return access(path.c_str(), W_OK) == 0; }

/// A connection that reads. A reader of a WAL study makes side files beside it; where it can't, it
/// may do without them as long as there is no log, which a writer at work would have: then the file
/// alone is the whole study.
SQLite::Database open_reader(const fs::path& path, int timeout) {
  const bool logged = fs::exists(path.string() + "-wal") || fs::exists(path.string() + "-journal");
  if (logged || writable(path.parent_path()))
    return {path.string(), SQLite::OPEN_READONLY, timeout};
  return {uri(path, "immutable=1"), SQLite::OPEN_READONLY | SQLite::OPEN_URI, timeout};
}

void require_writable(const fs::path& path) {
  if (writable(path) && writable(path.parent_path())) return;
  throw Error(ErrorCode::io,
              "{}: the study or its folder can't be written; allow it, or copy the study to a "
              "folder of yours "
              "(opline validate, compare, plot and export read it where it is)",
              path.string());
}

/// The format of the file, read through a connection that cannot write; missing when a crash has
/// left a journal that only a writer may roll back.
std::optional<std::int64_t> read_format(const fs::path& path, int timeout) {
  try {
    SQLite::Database reader = open_reader(path, timeout);
    return reader.execAndGet("PRAGMA user_version").getInt64();
  } catch (const SQLite::Exception& trouble) {
    if (trouble.getExtendedErrorCode() == SQLITE_READONLY_ROLLBACK) return std::nullopt;
    const int code = trouble.getErrorCode();
    if ((code == SQLITE_READONLY || code == SQLITE_CANTOPEN) && !writable(path.parent_path())) {
      throw Error(ErrorCode::io,
                  "{}: its last writer left a log (-wal) and its folder can't be written; copy the "
                  "study with its "
                  "log to a folder of yours",
                  path.string());
    }
    throw;
  }
}

void require_known_format(const fs::path& path, std::int64_t format, Mode mode) {
  if (format > current_format()) {
    throw Error(ErrorCode::input,
                "{}: is a study of format {}, written by a newer opline; this one ({}) reads up to "
                "format {}: update "
                "opline",
                path.string(), format, version(), current_format());
  }
  if (mode == Mode::read_only && format < current_format()) {
    throw Error(ErrorCode::input,
                "{}: is a study of format {}; open it once for writing to bring it to format {}",
                path.string(), format, current_format());
  }
}

void require_tables(SQLite::Database& database, const fs::path& path) {
  for (const std::string& name : schema_names()) {
    SQLite::Statement find(database, "SELECT count(*) FROM sqlite_schema WHERE name = ?");
    find.bind(1, name);
    find.executeStep();
    if (find.getColumn(0).getInt() != 1) {
      throw Error(ErrorCode::damaged,
                  "{}: the study is damaged (no `{}` in it); go back to a copy of it",
                  path.string(), name);
    }
  }
}

void configure(SQLite::Database& database, bool writes) {
  database.exec("PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON");
  if (!writes) {
    database.exec("PRAGMA query_only = ON");
    return;
  }
  // docs/formats/study.md argues for these two.
  SQLite::Statement journal(database, "PRAGMA journal_mode = WAL");
  journal.executeStep();
  if (journal.getColumn(0).getString() != "wal") {
    throw Error(
        ErrorCode::io,
        "{}: its file system has no shared memory (a network drive?); put the study on a local "
        "disk",
        database.getFilename());
  }
  database.exec("PRAGMA synchronous = FULL");
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Whether the two digits at `position` are in `low` ... `high`.
bool in_range(std::string_view time, std::size_t position, int low, int high) {
  const int value = 10 * (time[position] - '0') + (time[position + 1] - '0');
  return low <= value && value <= high;
}

bool is_time(std::string_view time) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00";
  if (time.size() <= kForm.size() || time.back() != 'Z') return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '0' ? !is_digit(time[i]) : time[i] != kForm[i]) return false;
  }
  const std::string_view fraction = time.substr(kForm.size(), time.size() - kForm.size() - 1);
  if (!fraction.empty() && (fraction.size() < 2 || fraction[0] != '.')) return false;
  for (const char byte : fraction.substr(fraction.empty() ? 0 : 1)) {
    if (!is_digit(byte)) return false;
  }
  return in_range(time, 5, 1, 12) && in_range(time, 8, 1, 31) && in_range(time, 11, 0, 23) &&
         in_range(time, 14, 0, 59) && in_range(time, 17, 0, 60);
}

/// Migrates and switches to WAL. Both need the file for a moment, and SQLite doesn't wait for it in
/// every case when several processes make one file at once; both can be begun anew.
void make_current(SQLite::Database& database, const std::string& now,
                  std::chrono::milliseconds busy_timeout) {
  const auto deadline = std::chrono::steady_clock::now() + busy_timeout;
  for (;;) {
    try {
      migrate(database, migrations(), now);
      configure(database, true);
      return;
    } catch (const SQLite::Exception& trouble) {
      if (trouble.getErrorCode() != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline)
        throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace

void require_time(std::string_view time) {
  if (!is_time(time)) {
    throw Error(ErrorCode::input,
                "`{}` is no time; write it as 2026-01-31T12:00:00Z (ISO 8601, UTC)", time);
  }
}

SQLite::Database open_database(const fs::path& given, Mode mode, std::string_view now,
                               std::chrono::milliseconds busy_timeout) {
  const fs::path path =
      fs::absolute(given);  // So that SQLite's special names (":memory:", "") are none.
  const int timeout = static_cast<int>(busy_timeout.count());
  if (mode == Mode::create) require_time(now);
  if (has_content(path)) {
    require_study(path);
    if (mode != Mode::read_only) require_writable(path);
    if (const auto format = read_format(path, timeout)) {
      require_known_format(given, *format, mode);
    } else if (mode == Mode::read_only) {
      throw Error(ErrorCode::io, "{}: its last writer was interrupted; open it once for writing",
                  given.string());
    }
  } else if (mode != Mode::create) {
    throw Error(fs::exists(path) ? ErrorCode::input : ErrorCode::io, "{}: {}; name a study",
                given.string(), fs::exists(path) ? "is empty" : "there is no such file");
  }
  if (mode == Mode::read_only) {
    SQLite::Database database = open_reader(path, timeout);
    configure(database, false);
    require_tables(database, given);
    return database;
  }
  const int flags = SQLite::OPEN_READWRITE | (mode == Mode::create ? SQLite::OPEN_CREATE : 0);
  if (mode == Mode::create) make_folder(path);
  SQLite::Database database(path.string(), flags, timeout);
  if (mode != Mode::create && database.execAndGet("PRAGMA user_version").getInt64() == 0) {
    throw Error(ErrorCode::input, "{}: making it was interrupted, it is empty; make it again",
                given.string());
  }
  // The first tables come in one transaction with the file's mark, still without a WAL: from the
  // first byte on, the main file alone tells what it is.
  make_current(database, std::string(now), busy_timeout);
  require_tables(database, given);
  return database;
}

}  // namespace opline::store
