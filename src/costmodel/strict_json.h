// src/costmodel/strict_json.h - JSON objects in which nothing is missing, misspelt or of another
// type.
//
// The counterpart of TomlTable for files that opline itself writes. Every error is Error{input} and
// reads "file: key.in.dots: what, and what to do".
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "src/base/json.h"

namespace opline::costmodel {

/// One object that is being read. Refers to the Json it was made from. null stands for unknown
/// where the type is optional; a key is never optional.
class StrictObject {
 public:
  /// `name` stands for the file in messages; `path` for the place of `json` in it ("" for the whole
  /// file).
  StrictObject(const Json& json, std::string name, std::string path = "");

  [[nodiscard]] const Json& value(const std::string& key);
  [[nodiscard]] StrictObject object(const std::string& key);
  [[nodiscard]] std::string text(const std::string& key);
  [[nodiscard]] std::optional<std::string> optional_text(const std::string& key);
  [[nodiscard]] double number(const std::string& key);
  [[nodiscard]] std::optional<double> optional_number(const std::string& key);
  [[nodiscard]] std::uint64_t integer(const std::string& key);
  [[nodiscard]] std::optional<std::uint64_t> optional_integer(const std::string& key);
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

}  // namespace opline::costmodel
