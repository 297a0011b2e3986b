// src/base/toml.h - TOML in which nothing is silently ignored.
//
// A reader asks for keys; whatever was not asked for is a mistake in the file (a misspelt key must
// not become a default). Every error reads "file:line: key: what, and what to do".
//
//   TomlTable file = TomlTable::from_file("data/boards/nucleo-f446re.toml");
//   TomlTable flash = file.table("flash");
//   auto bytes = flash.integer("bytes", 1, 1 << 26);
//   file.reject_unknown_keys();          // recursively, after everything was read
#pragma once
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace opline {

/// What a key holds, for keys that may be written in more than one way.
enum class TomlKind { absent, boolean, integer, number, text, list, table, time };

/// A table of a TOML file. Copies share the record of which keys were asked for.
class TomlTable {
 public:
  /// Parses. Throws Error{io} or Error{input} with file:line of the first syntax error.
  static TomlTable from_file(const std::filesystem::path& path);
  /// Parses `text`; `name` stands for the file in messages. A key has at most 32 parts joined by
  /// dots, arrays and inline tables are at most 256 deep.
  static TomlTable from_text(std::string_view text, const std::string& name);

  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> keys() const;
  /// Counts as asking for the key.
  [[nodiscard]] TomlKind kind(std::string_view key) const;
  /// Of the first item of a list; absent for an empty one and where there is no list.
  [[nodiscard]] TomlKind item_kind(std::string_view key) const;

  // Each throws Error{input} when the key is missing, of another type or out of range (both ends
  // are legal).
  [[nodiscard]] std::string text(std::string_view key) const;
  [[nodiscard]] bool boolean(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(
      std::string_view key, std::int64_t min = std::numeric_limits<std::int64_t>::min(),
      std::int64_t max = std::numeric_limits<std::int64_t>::max()) const;
  [[nodiscard]] double number(std::string_view key, double min, double max) const;
  [[nodiscard]] std::vector<std::int64_t> integers(std::string_view key) const;
  [[nodiscard]] std::vector<std::vector<std::int64_t>> lists_of_integers(
      std::string_view key) const;
  /// Each from `min` to `max`; integers count as numbers.
  [[nodiscard]] std::vector<double> numbers(std::string_view key, double min, double max) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
  [[nodiscard]] TomlTable table(std::string_view key) const;
  /// [[key]]; an absent key is an empty list.
  [[nodiscard]] std::vector<TomlTable> tables(std::string_view key) const;

  /// "file:line" of `key`, or of the table where the key is absent.
  [[nodiscard]] std::string where(std::string_view key = {}) const;
  /// Throws Error{input} "file:line: key: message".
  [[noreturn]] void fail(std::string_view key, const std::string& message) const;

  /// Throws Error{input} for the keys, here or in any sub-table, that nobody asked for: a line for
  /// each, which names the nearest key that was asked for.
  void reject_unknown_keys() const;

 private:
  struct Document;
  struct Node;
  explicit TomlTable(std::shared_ptr<Node> node);
  std::shared_ptr<Node> node_;
};

}  // namespace opline
