// src/base/json.h - JSON as opline writes and reads it.
//
// Keys keep their order. A number that JSON cannot hold (NaN, infinity) is a bug where it is
// written: unknown is null, so use `json_or_null`.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace opline {

using Json = nlohmann::ordered_json;

/// null for a missing value.
template <typename T>
[[nodiscard]] Json json_or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// Two-space indented text with a final newline. Asserts that no number is NaN or infinite.
[[nodiscard]] std::string to_text(const Json& json);

/// Parses; `name` stands for the file in messages. Throws Error{input} with the line of a syntax
/// error, and for lists and objects that are more than 64 deep.
[[nodiscard]] Json parse_json(const std::string& text, const std::string& name);

}  // namespace opline
