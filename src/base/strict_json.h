// src/base/strict_json.h - JSON objects in which nothing is missing, misspelt or of another
// type.
//
// The counterpart of TomlTable for files that opline itself writes. Every error is Error{input} and
// reads "file: key.in.dots: what, and what to do".
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "src/base/json.h"

namespace opline {

/// One object that is being read. Refers to the Json it was made from. null stands for unknown
/// where the type is optional; a key is never optional.
class StrictObject {
 public:
  /// `name` stands for the file in messages; `path` for the place of `json` in it ("" for the whole
  /// file).
  StrictObject(const Json& json, std::string name, std::string path = "");

  [[nodiscard]] const Json& value(const std::string& key);
  [[nodiscard]] StrictObject object(const std::string& key);
  /// None for null.
  [[nodiscard]] std::optional<StrictObject> optional_object(const std::string& key);
  /// A list of objects, maybe empty; an entry is called "key[0]" in messages.
  [[nodiscard]] std::vector<StrictObject> objects(const std::string& key);
  [[nodiscard]] std::vector<std::string> texts(const std::string& key);
  /// A list of exactly `count` numbers.
  [[nodiscard]] std::vector<double> numbers(const std::string& key, std::size_t count);
  [[nodiscard]] bool boolean(const std::string& key);
  [[nodiscard]] bool has(const std::string& key) const;
  [[nodiscard]] std::string text(const std::string& key);
  [[nodiscard]] std::optional<std::string> optional_text(const std::string& key);
  [[nodiscard]] double number(const std::string& key);
  [[nodiscard]] std::optional<double> optional_number(const std::string& key);
  [[nodiscard]] std::uint64_t integer(const std::string& key);
  [[nodiscard]] std::optional<std::uint64_t> optional_integer(const std::string& key);
  /// The value among `values` whose name the key holds; name_of(value) is text.
  template <typename Value, typename NameOf>
  [[nodiscard]] Value choice(const std::string& key, std::initializer_list<Value> values,
                             const NameOf& name_of) {
    return choice(key, std::vector<Value>(values), name_of);
  }
  template <typename Value, typename NameOf>
  [[nodiscard]] Value choice(const std::string& key, const std::vector<Value>& values,
                             const NameOf& name_of) {
    const std::string found = text(key);
    std::string names;
    for (const Value value : values) {
      if (found == name_of(value)) return value;
      names += (names.empty() ? "" : ", ") + std::string(name_of(value));
    }
    fail(key, fmt::format("is `{}`; it must be one of {}", found, names));
  }
  /// The key must hold exactly `wanted`.
  void expect_text(const std::string& key, const std::string& wanted, const std::string& remedy);

  /// Throws for the first key that nobody asked for.
  void reject_unknown_keys() const;
  [[noreturn]] void fail(const std::string& key, const std::string& message) const;

 private:
  const Json* json_;
  std::string name_;
  std::string path_;
  std::set<std::string> asked_;
};

}  // namespace opline
