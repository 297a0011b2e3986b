#include "src/evaluation/calibration/scope.h"

#include <algorithm>
#include <iterator>
#include <sstream>

#include "src/base/digest.h"
#include "src/base/printable.h"

namespace opline::evaluation {
namespace {

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

std::string text_of_field(const Json& value) {
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string shown(const ScopeDifference& one, const std::string& text, const std::string& other) {
  constexpr std::size_t kLongest = 160;
  if (text.empty()) return "unknown";
  if (one.field == "flags" && !other.empty()) return printable(own_words(text, other), kLongest);
  return printable(text, kLongest);
}

}  // namespace

std::string own_words(const std::string& text, const std::string& other) {
  const auto words_of = [](const std::string& line) {
    std::istringstream stream(line);
    return std::vector<std::string>(std::istream_iterator<std::string>(stream), {});
  };
  const std::vector<std::string> others = words_of(other);
  std::string own;
  for (const std::string& word : words_of(text)) {
    if (std::find(others.begin(), others.end(), word) == others.end())
      own += (own.empty() ? "" : " ") + word;
  }
  return own.empty() ? text : own;
}

Json Scope::to_json() const {
  return {{"board", board},
          {"clock_hz", json_or_null(clock_hz)},
          {"runtime", text_or_null(runtime)},
          {"firmware_digest", text_or_null(firmware_digest)},
          {"compiler", text_or_null(compiler)},
          {"flags", text_or_null(flags)},
          {"placement", text_or_null(placement)},
          {"timing_model", text_or_null(timing_model)}};
}

Scope Scope::from_json(StrictObject json) {
  const auto text = [&](const char* key) { return json.optional_text(key).value_or(""); };
  Scope scope;
  scope.board = json.text("board");
  scope.clock_hz = json.optional_integer("clock_hz");
  scope.runtime = text("runtime");
  scope.firmware_digest = text("firmware_digest");
  scope.compiler = text("compiler");
  scope.flags = text("flags");
  scope.placement = text("placement");
  scope.timing_model = text("timing_model");
  json.reject_unknown_keys();
  return scope;
}

std::string Scope::id() const { return digest(to_json().dump()); }

std::string Scope::title() const {
  constexpr std::size_t kDigits = 8;
  return board + ", " + (runtime.empty() ? "runtime unknown" : runtime) + ", scope " +
         id().substr(0, kDigits);
}

Scope scope_of(const measure::Setup& setup) {
  Scope scope;
  scope.board = setup.board;
  scope.clock_hz = setup.clock_hz;
  scope.runtime = setup.runtime.text();
  if (setup.compiler.empty() || setup.flags.empty()) scope.firmware_digest = setup.firmware_digest;
  scope.compiler = setup.compiler;
  scope.flags = setup.flags;
  scope.placement = setup.placement;
  scope.timing_model = setup.timing_model;
  return scope;
}

std::vector<ScopeDifference> differences(const Scope& a, const Scope& b) {
  std::vector<ScopeDifference> found;
  const Json of_a = a.to_json();
  const Json of_b = b.to_json();
  for (const auto& [field, value] : of_a.items()) {
    if (value != of_b.at(field))
      found.push_back({field, text_of_field(value), text_of_field(of_b.at(field))});
  }
  return found;
}

std::string text_of(const std::vector<ScopeDifference>& differences) {
  std::string text;
  for (const ScopeDifference& one : differences)
    text += (text.empty() ? "" : "; ") + one.field + " " + shown(one, one.a, one.b) + " against " +
            shown(one, one.b, one.a);
  return text;
}

}  // namespace opline::evaluation
