#include "src/base/strict_json.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/error.h"

namespace opline {

StrictObject::StrictObject(const Json& json, std::string name, std::string path)
    : json_(&json), name_(std::move(name)), path_(std::move(path)) {
  if (json.is_object()) return;
  throw Error(ErrorCode::input, "{}: {}{}is not an object; write it in braces", name_, path_,
              path_.empty() ? "the content " : ": ");
}

void StrictObject::fail(const std::string& key, const std::string& message) const {
  throw Error(ErrorCode::input, "{}: {}{}{}: {}", name_, path_, path_.empty() ? "" : ".", key,
              message);
}

const Json& StrictObject::value(const std::string& key) {
  asked_.insert(key);
  const auto found = json_->find(key);
  if (found == json_->end())
    fail(key, "is missing; export the file again with this version of opline");
  return *found;
}

StrictObject StrictObject::object(const std::string& key) {
  return {value(key), name_, path_.empty() ? key : path_ + "." + key};
}

std::optional<StrictObject> StrictObject::optional_object(const std::string& key) {
  if (value(key).is_null()) return std::nullopt;
  return object(key);
}

std::vector<StrictObject> StrictObject::objects(const std::string& key) {
  const Json& list = value(key);
  if (!list.is_array()) fail(key, "must be a list");
  std::vector<StrictObject> result;
  for (std::size_t i = 0; i < list.size(); ++i)
    result.emplace_back(list[i], name_,
                        fmt::format("{}{}{}[{}]", path_, path_.empty() ? "" : ".", key, i));
  return result;
}

std::vector<std::string> StrictObject::texts(const std::string& key) {
  const Json& list = value(key);
  if (!list.is_array() ||
      !std::all_of(list.begin(), list.end(), [](const Json& one) { return one.is_string(); }))
    fail(key, "must be a list of texts in quotes");
  return list.get<std::vector<std::string>>();
}

std::vector<double> StrictObject::numbers(const std::string& key, std::size_t count) {
  const Json& list = value(key);
  if (!list.is_array() || list.size() != count ||
      !std::all_of(list.begin(), list.end(), [](const Json& one) { return one.is_number(); }))
    fail(key, fmt::format("must be a list of {} numbers", count));
  return list.get<std::vector<double>>();
}

bool StrictObject::boolean(const std::string& key) {
  const Json& found = value(key);
  if (!found.is_boolean()) fail(key, "must be true or false");
  return found.get<bool>();
}

bool StrictObject::has(const std::string& key) const { return json_->contains(key); }

std::string StrictObject::text(const std::string& key) {
  const Json& found = value(key);
  if (!found.is_string()) fail(key, "must be text in quotes");
  return found.get<std::string>();
}

std::optional<std::string> StrictObject::optional_text(const std::string& key) {
  if (value(key).is_null()) return std::nullopt;
  return text(key);
}

double StrictObject::number(const std::string& key) {
  const Json& found = value(key);
  if (!found.is_number()) fail(key, "must be a number");
  return found.get<double>();
}

std::optional<double> StrictObject::optional_number(const std::string& key) {
  if (value(key).is_null()) return std::nullopt;
  return number(key);
}

std::uint64_t StrictObject::integer(const std::string& key) {
  const Json& found = value(key);
  // A Json made by a program holds small literals as signed integers.
  const bool whole =
      found.is_number_unsigned() || (found.is_number_integer() && found.get<std::int64_t>() >= 0);
  if (!whole) fail(key, "must be a whole number, 0 or more");
  return found.get<std::uint64_t>();
}

std::optional<std::uint64_t> StrictObject::optional_integer(const std::string& key) {
  if (value(key).is_null()) return std::nullopt;
  return integer(key);
}

void StrictObject::expect_text(const std::string& key, const std::string& wanted,
                               const std::string& remedy) {
  if (const std::string found = text(key); found != wanted) {
    fail(key, fmt::format("is `{}` where `{}` belongs; {}", found, wanted, remedy));
  }
}

void StrictObject::reject_unknown_keys() const {
  for (const auto& [key, value] : json_->items()) {
    if (!asked_.contains(key))
      fail(key, fmt::format("is not a key of this format; there are {}", fmt::join(asked_, ", ")));
  }
}

}  // namespace opline
