// src/store/connection.h - one connection to a study file: opening, statements prepared once,
// transactions, errors. Internal to the module.
#pragma once
#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/Savepoint.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "src/base/error.h"
#include "src/store/study.h"

namespace opline::store {

/// Throws the Error that an exception of SQLite's stands for, with what to do about it.
[[noreturn]] void rethrow(const SQLite::Exception& trouble, const std::filesystem::path& path);

/// A prepared statement, borrowed from its connection; giving it back resets it.
///
/// A value is read as what the schema says it is, and anything else is damage: a file may have been
/// changed by another program, or on its disk. The functions that read a column throw
/// Error{damaged} naming the file, the row and the column. So that a row has a name, the first
/// column of a query is what identifies its rows (or the first two, for "network" and "campaign").
class Statement {
 public:
  struct Slot {
    SQLite::Statement statement;
    const std::filesystem::path& path;
    bool borrowed = false;
  };
  explicit Statement(Slot& slot);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Binds every parameter, in order.
  template <typename... Values>
  Statement& with(const Values&... values) {
    slot_.statement.tryReset();
    int position = 0;
    (bind(++position, values), ...);
    return *this;
  }
  /// Runs a statement without a result; returns how many rows it changed. Throws Error{damaged}
  /// where a row that the new one refers to is missing.
  int run();
  /// Goes to the next row of the result; false after the last.
  bool next() { return slot_.statement.executeStep(); }

  /// Appends the whole row as it is stored, for digests: each value as "i" and an integer, "r" and
  /// the shortest decimal form of a number, "t", the bytes of a text, ":" and the text, or "n" for
  /// NULL, each followed by a line feed.
  void append_row(std::string& text) const;

  // Columns of the current row, from 0.
  [[nodiscard]] bool is_null(int column) const {
    return slot_.statement.getColumn(column).isNull();
  }
  [[nodiscard]] std::string text(int column) const;  ///< UTF-8 without zero bytes; may be empty.
  [[nodiscard]] std::int64_t integer(int column) const;    ///< Any.
  [[nodiscard]] std::uint64_t natural(int column) const;   ///< 0 or more.
  [[nodiscard]] std::uint64_t positive(int column) const;  ///< 1 or more.
  [[nodiscard]] int extent(int column) const;              ///< 1 ... 65535.
  [[nodiscard]] double positive_number(int column) const;  ///< Above 0, finite.
  [[nodiscard]] std::optional<std::string> optional_text(int column) const;
  [[nodiscard]] std::optional<std::uint64_t> optional_natural(int column) const;
  [[nodiscard]] std::optional<std::uint64_t> optional_positive(int column) const;
  [[nodiscard]] std::optional<double> optional_positive_number(int column) const;
  /// parse(text(column)), where Error{input} of `parse` is damage.
  template <typename Parse>
  auto parsed(int column, const Parse& parse) const {
    const std::string value = text(column);
    try {
      return parse(value);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      fail(column, error.what());
    }
  }
  /// Throws Error{damaged} for the current row; `what` reads "is 0" or "is there twice".
  [[noreturn]] void fail(int column, std::string_view what) const;

 private:
  void require_type(int column, int type, std::string_view expected) const;
  void bind(int position, std::int64_t value) { slot_.statement.bind(position, value); }
  void bind(int position, int value) { slot_.statement.bind(position, value); }
  void bind(int position, double value) { slot_.statement.bind(position, value); }
  void bind(int position, const std::string& value) { slot_.statement.bind(position, value); }
  void bind(int position, std::string_view value) {
    slot_.statement.bind(position, std::string(value));
  }
  void bind(int position, std::uint64_t value);  ///< Throws Error{input} beyond 2^63 - 1.
  template <typename T>
  void bind(int position, const std::optional<T>& value) {
    if (value) {
      bind(position, *value);
    } else {
      slot_.statement.bind(position);
    }
  }

  Slot& slot_;
};

/// A missing value for an empty text.
[[nodiscard]] inline std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

class Connection {
 public:
  /// See Study::open.
  Connection(const std::filesystem::path& path, Mode mode, std::string_view now,
             std::chrono::milliseconds busy_timeout);

  /// `sql` must be a literal: the statement is prepared once and kept under its address.
  [[nodiscard]] Statement query(const char* sql);

  /// Runs `work` in a transaction (in a savepoint of the one that is under way), rolled back when
  /// it throws.
  template <typename Work>
  void transact(const Work& work) {
    if (in_transaction_) {
      SQLite::Savepoint savepoint(database_, "nested");
      work();
      savepoint.release();
      return;
    }
    SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
    const InTransaction guard(in_transaction_);
    work();
    transaction.commit();
  }

  /// Calls `work` and turns SQLite's exceptions into Errors.
  template <typename Work>
  auto guarded(const Work& work) -> decltype(work()) {
    try {
      return work();
    } catch (const SQLite::Exception& trouble) {
      fail(trouble);
    }
  }

  /// guarded() and transact() for what writes; throws Error{usage} on a connection that only reads.
  template <typename Work>
  void write(const Work& work) {
    if (mode_ == Mode::read_only) {
      throw Error(ErrorCode::usage, "{}: was opened for reading only; open it for writing",
                  path_.string());
    }
    guarded([&] { transact(work); });
  }

  /// guarded() for what reads: all queries of `work` see one state of the file, whatever others
  /// write meanwhile.
  template <typename Work>
  auto read(const Work& work) -> decltype(work()) {
    return guarded([&] {
      if (in_transaction_) return work();
      SQLite::Transaction snapshot(database_);
      const InTransaction guard(in_transaction_);
      auto result = work();
      snapshot.commit();
      return result;
    });
  }

  /// Whether the path still leads to the file that is open.
  [[nodiscard]] bool is_in_place();

  /// Another busy timeout, as long as it lives.
  class BusyTimeout {
   public:
    BusyTimeout(Connection& connection, std::chrono::milliseconds timeout)
        : connection_(connection) {
      connection_.wait_at_most(timeout);
    }
    ~BusyTimeout() { connection_.wait_at_most(connection_.busy_timeout_); }
    BusyTimeout(const BusyTimeout&) = delete;
    BusyTimeout& operator=(const BusyTimeout&) = delete;

   private:
    Connection& connection_;
  };

  [[nodiscard]] SQLite::Database& database() { return database_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  /// rethrow(); a row that the schema refuses is damage where the rows that are there break it,
  /// too.
  [[noreturn]] void fail(const SQLite::Exception& trouble);
  void wait_at_most(std::chrono::milliseconds timeout);

  struct InTransaction {
    explicit InTransaction(bool& flag) : flag_(flag) { flag_ = true; }
    ~InTransaction() { flag_ = false; }
    InTransaction(const InTransaction&) = delete;
    InTransaction& operator=(const InTransaction&) = delete;
    bool& flag_;
  };

  std::filesystem::path path_;
  Mode mode_;
  std::chrono::milliseconds busy_timeout_;
  SQLite::Database database_;
  bool in_transaction_ = false;
  std::unordered_map<const char*, std::unique_ptr<Statement::Slot>>
      slots_;  // Goes before the database.
};

/// `mode`, with read_write or read_only for write_if_possible.
[[nodiscard]] Mode effective_mode(const std::filesystem::path& path, Mode mode);

/// Opens and checks the file as Study::open promises; `mode` is an effective one. Throws Error and
/// SQLite::Exception.
[[nodiscard]] SQLite::Database open_database(const std::filesystem::path& path, Mode mode,
                                             std::string_view now,
                                             std::chrono::milliseconds busy_timeout);

/// Throws Error{input} unless `time` reads "2026-01-31T12:00:00Z" (a fraction of a second is
/// allowed).
void require_time(std::string_view time);

}  // namespace opline::store
