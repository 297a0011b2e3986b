#include "src/store/connection.h"

#include <sqlite3.h>

#include <cmath>
#include <iterator>
#include <limits>
#include <sstream>

#include "src/base/printable.h"
#include "src/store/utf8.h"

namespace opline::store {

namespace {

/// What a value is, for a message.
std::string describe(const SQLite::Column& value) {
  switch (value.getType()) {
    case SQLITE_NULL:
      return "NULL";
    case SQLITE_BLOB:
      return "a BLOB";
    case SQLITE_TEXT:
      return fmt::format("the text `{}`", printable(value.getString(), 40));
    default:
      return value.getString();
  }
}

/// Whether rows that are there refuse a new one, rather than the new one being wrong by itself.
bool is_refused_by_rows(int extended_code) {
  return extended_code == SQLITE_CONSTRAINT_UNIQUE ||
         extended_code == SQLITE_CONSTRAINT_PRIMARYKEY ||
         extended_code == SQLITE_CONSTRAINT_ROWID || extended_code == SQLITE_CONSTRAINT_FOREIGNKEY;
}

/// "layers" for "INSERT INTO layers (...": the table that a statement writes.
std::string table_of(const std::string& sql) {
  std::istringstream words(sql);
  std::string word;
  while (words >> word) {
    if (word == "INTO" || word == "FROM" || word == "UPDATE") break;
  }
  words >> word;
  return word;
}

}  // namespace

void rethrow(const SQLite::Exception& trouble, const std::filesystem::path& path) {
  const std::string file = path.string();
  switch (trouble.getErrorCode()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR:  // The schema was checked when the file was opened: what is left is content.
      throw Error(ErrorCode::damaged, "{}: the study is damaged ({}); go back to a copy of it",
                  file, trouble.what());
    case SQLITE_FULL:
      throw Error(ErrorCode::io,
                  "{}: the disk is full; free some space and repeat the command: it resumes", file);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      throw Error(ErrorCode::io, "{}: another process keeps writing to it; wait for it or end it",
                  file);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw Error(ErrorCode::io,
                  "{}: cannot be opened or written ({}); SQLite also needs to write in its folder: "
                  "check the permissions, or copy the study elsewhere",
                  file, trouble.what());
    case SQLITE_IOERR:
      throw Error(ErrorCode::io, "{}: the system refused to read or write ({}); check the disk",
                  file, trouble.what());
    case SQLITE_NOMEM:
      throw Error(ErrorCode::io, "{}: there is not enough memory to read it", file);
    case SQLITE_TOOBIG:
      throw Error(ErrorCode::input, "{}: a text is larger than a study can hold", file);
    case SQLITE_CONSTRAINT:
      if (is_refused_by_rows(trouble.getExtendedErrorCode())) {
        throw Error(ErrorCode::damaged,
                    "{}: the study is damaged (a row cannot be added: {}); go back to a copy of it",
                    file, trouble.what());
      }
      throw Error(ErrorCode::internal, "{}: the schema refused a row: {}", file, trouble.what());
    default:
      throw Error(ErrorCode::internal, "{}: SQLite: {}", file, trouble.what());
  }
}

int Statement::run() {
  try {
    return slot_.statement.exec();
  } catch (const SQLite::Exception& trouble) {
    // Other constraints name their table themselves.
    if (trouble.getExtendedErrorCode() != SQLITE_CONSTRAINT_FOREIGNKEY) throw;
    throw Error(ErrorCode::damaged,
                "{}: the study is damaged: a row of the table `{}` refers to a row that is "
                "missing; go back to a copy of it",
                slot_.path.string(), table_of(slot_.statement.getQuery()));
  }
}

Statement::Statement(Slot& slot) : slot_(slot) {
  OPLINE_ASSERT(!slot.borrowed, "a statement is used inside itself");
  slot_.borrowed = true;
}

Statement::~Statement() {
  slot_.statement.tryReset();
  slot_.borrowed = false;
}

void Statement::fail(int column, std::string_view what) const {
  SQLite::Statement& row = slot_.statement;
  const auto part = [&](int at) {
    return fmt::format("{} {}", row.getColumnName(at),
                       printable(row.getColumn(at).getString(), 40));
  };
  const std::string_view first = row.getColumnName(0);
  std::string name = part(0);
  if ((first == "network" || first == "campaign") && row.getColumnCount() > 1)
    name += ", " + part(1);
  throw Error(ErrorCode::damaged,
              "{}: the study is damaged: in the row with {}, `{}`: {}; go back to a copy of it",
              slot_.path.string(), name, row.getColumnName(column), what);
}

void Statement::require_type(int column, int type, std::string_view expected) const {
  const SQLite::Column value = slot_.statement.getColumn(column);
  if (value.getType() != type)
    fail(column, fmt::format("expected {}, found {}", expected, describe(value)));
}

void Statement::append_row(std::string& text) const {
  for (int column = 0; column < slot_.statement.getColumnCount(); ++column) {
    const SQLite::Column value = slot_.statement.getColumn(column);
    const auto end = std::back_inserter(text);
    switch (value.getType()) {
      case SQLITE_NULL:
        text += "n\n";
        break;
      case SQLITE_INTEGER:
        fmt::format_to(end, "i{}\n", value.getInt64());
        break;
      case SQLITE_FLOAT:
        fmt::format_to(end, "r{}\n", value.getDouble());
        break;
      default:
        fmt::format_to(end, "t{}:{}\n", value.getBytes(), value.getString());
    }
  }
}

std::string Statement::text(int column) const {
  require_type(column, SQLITE_TEXT, "a text");
  std::string value = slot_.statement.getColumn(column).getString();
  if (!is_utf8(value)) fail(column, "expected a text in UTF-8, found other bytes");
  if (value.find('\0') != std::string::npos) fail(column, "expected a text, found a zero byte");
  return value;
}

std::int64_t Statement::integer(int column) const {
  require_type(column, SQLITE_INTEGER, "a whole number");
  return slot_.statement.getColumn(column).getInt64();
}

std::uint64_t Statement::natural(int column) const {
  const std::int64_t value = integer(column);
  if (value < 0) fail(column, fmt::format("expected 0 or more, found {}", value));
  return static_cast<std::uint64_t>(value);
}

std::uint64_t Statement::positive(int column) const {
  const std::int64_t value = integer(column);
  if (value < 1) fail(column, fmt::format("expected a number above 0, found {}", value));
  return static_cast<std::uint64_t>(value);
}

int Statement::extent(int column) const {
  constexpr std::int64_t kMost = 65535;  // network::Shape
  const std::int64_t value = integer(column);
  if (value < 1 || value > kMost)
    fail(column, fmt::format("expected 1 ... 65535, found {}", value));
  return static_cast<int>(value);
}

double Statement::positive_number(int column) const {
  if (slot_.statement.getColumn(column).getType() != SQLITE_INTEGER)
    require_type(column, SQLITE_FLOAT, "a number");
  const double value = slot_.statement.getColumn(column).getDouble();
  if (!std::isfinite(value) || value <= 0)
    fail(column, fmt::format("expected a finite number above 0, found {}", value));
  return value;
}

std::optional<std::string> Statement::optional_text(int column) const {
  return is_null(column) ? std::nullopt : std::optional(text(column));
}

std::optional<std::uint64_t> Statement::optional_natural(int column) const {
  return is_null(column) ? std::nullopt : std::optional(natural(column));
}

std::optional<std::uint64_t> Statement::optional_positive(int column) const {
  return is_null(column) ? std::nullopt : std::optional(positive(column));
}

std::optional<double> Statement::optional_positive_number(int column) const {
  return is_null(column) ? std::nullopt : std::optional(positive_number(column));
}

void Statement::bind(int position, std::uint64_t value) {
  if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    throw Error(ErrorCode::input, "{} is beyond what a study can hold (2^63 - 1)", value);
  }
  slot_.statement.bind(position, static_cast<std::int64_t>(value));
}

Connection::Connection(const std::filesystem::path& path, Mode mode, std::string_view now,
                       std::chrono::milliseconds busy_timeout)
    : path_(path), mode_(effective_mode(path, mode)), busy_timeout_(busy_timeout), database_([&] {
        try {
          return open_database(path, mode_, now, busy_timeout);
        } catch (const SQLite::Exception& trouble) {
          rethrow(trouble, path);
        }
      }()) {}

Statement Connection::query(const char* sql) {
  std::unique_ptr<Statement::Slot>& slot = slots_[sql];
  if (!slot)
    slot = std::make_unique<Statement::Slot>(
        Statement::Slot{SQLite::Statement(database_, sql), path_});
  return Statement(*slot);
}

bool Connection::is_in_place() {
  // SQLite compares the inode of the path with that of the open file, whose number cannot be given
  // to another file while it is open.
  int moved = 0;
  const int result =
      sqlite3_file_control(database_.getHandle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  return result != SQLITE_OK || moved == 0;
}

void Connection::wait_at_most(std::chrono::milliseconds timeout) {
  sqlite3_busy_timeout(database_.getHandle(), static_cast<int>(timeout.count()));
}

void Connection::fail(const SQLite::Exception& trouble) {
  if (trouble.getErrorCode() == SQLITE_CONSTRAINT) {
    try {
      const std::string found = database_.execAndGet("PRAGMA integrity_check(1)").getString();
      if (found != "ok") {
        throw Error(ErrorCode::damaged, "{}: the study is damaged ({}); go back to a copy of it",
                    path_.string(), found);
      }
    } catch (const SQLite::Exception& worse) {
      rethrow(worse, path_);
    }
  }
  rethrow(trouble, path_);
}

}  // namespace opline::store
